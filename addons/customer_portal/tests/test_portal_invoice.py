from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalInvoice(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("invoice_buyer", cls.branch)
        cls.sibling = cls._create_portal_user("invoice_sibling", cls.other_branch)
        cls._put_in_stock()
        order = cls._create_order(partner_invoice_id=cls.office.id)
        cls._ship(order)
        cls.invoice = cls._invoice(order)

    def test_a_branch_opens_the_invoice_of_its_order_to_the_head_office(self):
        self.authenticate(self.user.login, PASSWORD)
        self.assertIn(self.invoice.name, self._get("/my/invoices").text)
        self.assertEqual(self._get(f"/my/invoices/{self.invoice.id}").status_code, 200)

    def test_another_branch_gets_404(self):
        self.authenticate(self.sibling.login, PASSWORD)
        self.assertNotIn(self.invoice.name, self._get("/my/invoices").text)
        for query in ("", "?report_type=pdf&download=true", "?access_token=x"):
            with self.subTest(query):
                path = f"/my/invoices/{self.invoice.id}{query}"
                self.assertEqual(self._get(path).status_code, 404)

    def test_a_token_from_a_mail_still_opens_the_invoice(self):
        self.assertEqual(self._get(self.invoice.get_portal_url()).status_code, 200)

    def test_nonsense_in_the_address_of_the_list_does_no_harm(self):
        self.authenticate(self.user.login, PASSWORD)
        for query in (
            "sortby=x",
            "filterby=x",
            "date_begin=abc&date_end=abc",
            "date_begin=2026-01-01&date_end=2026-13-01",
        ):
            with self.subTest(query):
                self.assertEqual(self._get(f"/my/invoices?{query}").status_code, 200)
        page = self._get("/my/invoices?date_begin=2001-01-01&date_end=2001-12-31")
        self.assertNotIn(self.invoice.name, page.text)
