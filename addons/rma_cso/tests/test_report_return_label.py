from unittest.mock import patch

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReportReturnLabel(RmaCommon):
    def render(self, case):
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("rma_cso.report_return_label", case.ids)[0].decode()

    def test_the_label_names_number_receiver_and_sender(self):
        address = self._create_customer(name="RMA dock", street="Havenweg 8", city="Rotterdam")
        sender = self._create_customer(name="Kade warehouse", street="Maaskade 12", city="Delft")
        self.env.company.cso_receiving_partner_id = address
        cart = self._create_cart(return_address_id=sender.id)
        case = self._create_case(self._create_delivered_line(1), cart=cart).rma_id
        text = self.render(case)
        for part in (case.name, "Havenweg 8", "Maaskade 12", "RMA department", "Position 1"):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_each_parcel_has_a_label_of_its_own(self):
        case = self._create_case(self._create_delivered_line(1)).rma_id
        second = self._create_case(self._create_delivered_line(1))
        sendings = case._get_sendings() + second.rma_id._get_sendings()
        with self.patch_sendings(sendings):
            self.assertEqual(self.render(case).count('class="label"'), 2)

    def patch_sendings(self, sendings):
        """Have a case that goes to two addresses."""
        return patch.object(self.registry["cso.rma"], "_get_sendings", lambda case: sendings)

    def test_without_goods_to_send_there_is_no_label(self):
        case = self._create_case(self._create_delivered_line(), "shortage").rma_id
        text = self.render(case)
        self.assertIn("Please do not send anything now", text)
        self.assertNotIn('class="label"', text)
