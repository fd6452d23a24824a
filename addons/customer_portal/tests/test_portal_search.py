from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalSearch(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("search_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("search_stranger", cls.stranger_company)
        product = cls._create_serial_product(barcode="5099206045200")
        cls._put_in_stock(product, serials=["SN0001"])
        cls.order = cls._create_order(lines=[(product, 1)], client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order)
        cls.invoice = cls._invoice(cls.order)

    def test_one_hit_goes_straight_there(self):
        self.authenticate(self.user.login, PASSWORD)
        order_url = f"/my/orders/{self.order.id}"
        line_url = f"{order_url}#line-{self.order.order_line.id}"
        cases = {
            self.order.name: order_url,
            "po 7781": order_url,
            "SN0001": line_url,
            " 5099206045200 ": line_url,
            self.picking.name: f"{order_url}#shipment-{self.picking.id}",
            self.invoice.name: f"/my/invoices/{self.invoice.id}",
        }
        for number, url in cases.items():
            with self.subTest(number):
                response = self.url_open("/my/search", params={"q": number}, allow_redirects=False)
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith(url))

    def test_several_hits_are_a_list(self):
        other = self._create_order(client_order_ref="PO 7781")
        page = self._get("/my/search?q=PO 7781", self.user).text
        self.assertIn(self.order.name, page)
        self.assertIn(other.name, page)

    def test_no_hit_says_so(self):
        page = self._get("/my/search?q=nothing", self.user)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Nothing of yours", page.text)

    def test_what_others_have_is_not_found(self):
        self.authenticate(self.stranger.login, PASSWORD)
        for number in (self.order.name, "PO 7781", "SN0001", "5099206045200", self.invoice.name):
            with self.subTest(number):
                self.assertIn("Nothing of yours", self._get(f"/my/search?q={number}").text)

    def test_strange_input_is_no_error(self):
        self.authenticate(self.user.login, PASSWORD)
        for number in ("", "%", "_", "\\", "'", '"><script>', "x" * 500):
            with self.subTest(number):
                response = self.url_open("/my/search", params={"q": number}, allow_redirects=False)
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("<script>alert", response.text)

    def test_the_public_signs_in_first(self):
        self.assertEqual(self._get("/my/search?q=x").status_code, 303)
