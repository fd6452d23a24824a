from odoo.tests import HttpCase, tagged

from ..models import portal_search as portal_search_model
from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalSearch(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("search_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("search_stranger", cls.stranger_company)
        product = cls._create_serial_product(
            barcode="5099206045200", maker_part_number="960-000972"
        )
        cls._put_in_stock(product, serials=["SN0001"])
        cls.order = cls._create_order(lines=[(product, 1)], client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order, tracking="1Z999, 1Z888")
        cls.lot = cls.picking.move_line_ids.lot_id
        cls.invoice = cls._invoice(cls.order)

    def _search(self, number):
        return self.url_open("/my/search", params={"q": number}, allow_redirects=False)

    def test_one_hit_goes_straight_there(self):
        self.authenticate(self.user.login, PASSWORD)
        order_url = f"/my/orders/{self.order.id}"
        line_url = f"{order_url}#line-{self.order.order_line.id}"
        serial_url = f"/my/serials/{self.lot.id}"
        cases = {
            self.order.name: order_url,
            self.order.name.lstrip("S0"): order_url,
            "po-7781": order_url,
            "7781": order_url,
            "SN0001": serial_url,
            "s/n sn-0001\t": serial_url,
            " 5099206045200 ": line_url,
            "05099206045200": line_url,
            "(01)05099206045200": line_url,
            "960 000972": line_url,
            self.picking.name.lower(): f"{order_url}#shipment-{self.picking.id}",
            "1z-888": f"{order_url}#shipment-{self.picking.id}",
            self.invoice.name.replace("/", "-"): f"/my/invoices/{self.invoice.id}",
        }
        for number, url in cases.items():
            with self.subTest(number):
                response = self._search(number)
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith(url))

    def test_a_beginning_is_found_when_no_whole_number_is(self):
        self.authenticate(self.user.login, PASSWORD)
        for number in ("PO 77", "sn00", "509920", "9600", "1z88"):
            with self.subTest(number):
                self.assertEqual(self._search(number).status_code, 303)

    def test_a_whole_number_hides_those_that_begin_with_it(self):
        self._create_order(client_order_ref="PO 77812")
        self.assertEqual(self._get("/my/search?q=PO7781", self.user).status_code, 303)

    def test_an_article_of_several_lines_leads_to_them(self):
        self._create_order(lines=[(self.product, 1)])
        self.product.default_code = "AB/1"
        self._create_order(lines=[(self.product, 1)])
        location = self._get("/my/search?q=ab1", self.user).headers["Location"]
        self.assertTrue(location.endswith("/my/lines?article=AB%2F1"))

    def test_the_own_item_number_finds_the_article(self):
        codes = self.env["product.customer.code"]
        product = self.order.order_line.product_id
        for partner in (self.office, self.stranger_company):
            codes.create({"partner_id": partner.id, "product_id": product.id, "code": partner.name})
        self.authenticate(self.user.login, PASSWORD)
        self.assertEqual(self._search(self.office.name).status_code, 303)
        self.assertIn("Nothing of yours", self._search(self.stranger_company.name).text)

    def test_more_than_shown_says_how_many_and_leads_to_them(self):
        for _number in range(12):
            self._create_order(client_order_ref="many")
        page = self._get("/my/search?q=MANY", self.user).text
        self.assertIn("10 of 12 are shown", page)
        self.assertIn("/my/orders?search=MANY", page)
        self.patch(portal_search_model, "COUNT_CAP", 11)
        self.assertIn("10 of 11+ are shown", self._get("/my/search?q=MANY").text)

    def test_what_only_begins_so_is_not_counted(self):
        for _number in range(12):
            self._create_order(client_order_ref="many")
        page = self._get("/my/search?q=MAN", self.user).text
        self.assertIn("10 of 10+ are shown", page)
        self.assertIn("/my/orders?search=MAN", page)

    def test_what_cannot_be_found_is_explained(self):
        self.authenticate(self.user.login, PASSWORD)
        cases = {
            "": "The search knows orders",
            "qx": "Type at least 3 characters",
            "--": "no letters or digits",
            "x" * 10000: "at most 64 characters",
            "nothing": "Nothing of yours",
        }
        for number, text in cases.items():
            with self.subTest(number[:5]):
                response = self._search(number)
                self.assertEqual(response.status_code, 200)
                self.assertIn(text, response.text)

    def test_users_without_prices_find_no_invoice(self):
        entry = self.user.sudo().access_entry_ids
        entry.role_ids = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.env.registry.clear_cache()
        self.assertIn(
            "Nothing of yours", self._get(f"/my/search?q={self.invoice.name}", self.user).text
        )

    def test_more_hits_need_no_more_queries_than_one_to_count_them(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (2, 7, 11):
            for _number in range(number):
                self._create_order(client_order_ref="batch")
            counts.append(self._count_queries("/my/search?q=batch"))
        self.assertEqual(counts, [counts[0], counts[0], counts[0] + 1])

    def test_searching_writes_nothing(self):
        self.authenticate(self.user.login, PASSWORD)
        self._search("SN0001")
        with self.assertQueriesWriteNothing():
            self._search("nothing")

    def test_an_add_on_brings_a_group_of_its_own(self):
        known = type(self.user)._search_portal
        item = {"label": "RMA00031", "note": "", "date": False, "url": "/my/returns/31"}
        group = {"key": "case", "label": "Cases", "items": [item], "total": 1, "more": ""}

        def _search_portal(users, number, prefix=False):
            return [*known(users, number, prefix), *([group] if number == "RMA00031" else [])]

        self.patch(type(self.user), "_search_portal", _search_portal)
        location = self._get("/my/search?q=RMA00031", self.user).headers["Location"]
        self.assertTrue(location.endswith("/my/returns/31"))

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
        numbers = (self.order.name, "PO 7781", "SN0001", "5099206045200", "1Z888", "SN0")
        for number in (*numbers, self.invoice.name, self.picking.name):
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
