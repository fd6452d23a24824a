from odoo.fields import Datetime
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp
from .test_sale_order_hold import HoldCase


@tagged("post_install", "-at_install")
class TestPortalOrderHold(HoldCase, PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._create_portal_user("hold_buyer", cls.stranger_company)
        cls.order = cls._create_order(partner=cls.buyer.partner_id)
        cls.payer = cls._create_portal_user("hold_payer", cls.branch)
        cls.prepaid = cls.held
        cls.env["res.partner.bank"].create(
            {"acc_number": "NL91ABNA0417164300", "partner_id": cls.env.company.partner_id.id}
        )

    def _confirm(self, order, user, reference=""):
        self.authenticate(user.login, PASSWORD)
        data = {"csrf_token": Request.csrf_token(self), "reference": reference}
        return self.url_open(
            f"/my/orders/{order.id}/confirm", data=data, allow_redirects=False, method="POST"
        )

    def test_a_customer_confirms_on_the_page_and_twice_is_once(self):
        page = self._get(f"/my/orders/{self.order.id}", self.buyer).text
        self.assertIn("Waiting for your confirmation", page)
        response = self._confirm(self.order, self.buyer, " PO  77 ")
        self.assertIn("confirmed=1", response.headers["Location"])
        confirmed_on = self.order.customer_confirmed_on
        self.assertEqual(self.order.client_order_ref, "PO 77")
        self.assertFalse(self.order.delivery_hold)
        self._confirm(self.order, self.buyer, "PO 78")
        self.assertEqual(self.order.customer_confirmed_on, confirmed_on)
        self.assertEqual(self.order.client_order_ref, "PO 77")

    def test_a_reference_that_is_too_long_is_answered_and_stays_in_the_field(self):
        typed = "X" * 101
        response = self._confirm(self.order, self.buyer, typed)
        self.assertEqual(response.status_code, 200)
        self.assertIn("more than 100 characters", response.text)
        self.assertIn(typed, response.text)
        self.assertFalse(self.order.customer_confirmed_on)

    def test_strangers_quotations_and_those_without_the_roles_confirm_nothing(self):
        quotation = self._create_order(partner=self.buyer.partner_id, confirm=False)
        rows = [(self.order, self.payer), (quotation, self.buyer)]
        for order, user in rows:
            with self.subTest(user.login):
                self.assertEqual(self._confirm(order, user).status_code, 404)
        self._set_roles(self.buyer, "orders")
        self.assertEqual(self._confirm(self.order, self.buyer).status_code, 404)
        self.assertFalse(self.order.customer_confirmed_on)

    def _set_roles(self, user, *codes):
        roles = self.env["partner.access.role"].search([("code", "in", codes)])
        user.sudo().access_entry_ids.role_ids = roles

    def test_the_page_says_what_is_to_be_paid_where_and_with_which_reference(self):
        page = self._get(f"/my/orders/{self.prepaid.id}", self.payer).text
        for text in ("Waiting for your payment", "100.00", "NL91ABNA0417164300", self.prepaid.name):
            with self.subTest(text):
                self.assertIn(text, page)
        invoice = self._invoice(self.prepaid)
        self.env.flush_all()
        page = self._get(f"/my/orders/{self.prepaid.id}").text
        hold = page[page.index('id="portal_order_hold"') : page.index("op-steps")]
        self.assertIn(invoice.payment_reference, hold)

    def test_who_sees_no_prices_reads_the_reason_and_no_amount(self):
        self._set_roles(self.payer, "orders")
        page = self._get(f"/my/orders/{self.prepaid.id}", self.payer).text
        self.assertIn("Waiting for your payment", page)
        for text in ("100.00", "NL91ABNA0417164300"):
            self.assertNotIn(text, page)

    def test_a_branch_does_not_read_how_far_its_head_office_is_above_the_limit(self):
        self.branch.payment_before_delivery = "credit_limit"
        order = self._create_order(
            partner=self.payer.partner_id,
            partner_invoice_id=self.office.id,
            customer_confirmed_on=Datetime.now(),
            client_order_ref="PO 5",
        )
        page = self._get(f"/my/orders/{order.id}", self.payer).text
        hold = page[page.index('id="portal_order_hold"') : page.index("op-steps")]
        self.assertIn("Above your credit limit", hold)
        self.assertNotIn("100.00", hold)

    def test_a_free_order_shows_nothing_of_it(self):
        self.branch.payment_before_delivery = "free"
        page = self._get(f"/my/orders/{self.prepaid.id}", self.payer).text
        self.assertNotIn("portal_order_hold", page)
