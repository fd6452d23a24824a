import base64

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReportReturnForm(RmaCommon):
    def render(self, case):
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("rma_cso.report_return_form", case.ids)[0].decode()

    def test_the_form_names_number_validity_and_our_address(self):
        address = self._create_customer(name="RMA dock", street="Havenweg 8", city="Rotterdam")
        self.env.company.cso_receiving_partner_id = address
        self.env.company.cso_returns_email = "returns@distributor.example"
        case = self._create_case(self._create_delivered_line(1)).rma_id
        text = self.render(case)
        for part in (case.name, "Valid until", "Havenweg 8", "returns@distributor.example"):
            with self.subTest(part=part):
                self.assertIn(part, text)
        self.assertIn("never promises a credit", text)

    def test_a_position_under_review_is_printed_as_not_yet(self):
        line = self._create_delivered_line(1, product=self.product, price=50.0)
        case = self._create_case(line, "buyback").rma_id
        text = self.render(case)
        self.assertIn("not yet", text)
        self.assertIn("Please do not send anything now", text)
        self.assertNotIn("Valid until", text)

    def test_the_barcode_is_a_drawing_in_the_page(self):
        uri = self.env["report.rma_cso.report_return_form"]._get_barcode_uri("RMA00031")
        kind, data = uri.split(",")
        self.assertEqual(kind, "data:image/svg+xml;base64")
        self.assertIn(b"<svg", base64.b64decode(data))
