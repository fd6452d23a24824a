import re

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalCartPage(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("cart_page", cls.branch)
        cls.stranger = cls._create_portal_user("cart_page_stranger", cls.stranger_company)
        cls.product.default_code = "10037"
        cls.order = cls._create_order(lines=[(cls.product, 3)])
        cls.cart = cls.env["portal.cart"].with_user(cls.user)._open_own()
        cls.cart._add_products([(cls.product, 5)])

    def setUp(self):
        super().setUp()
        self.authenticate(self.user.login, PASSWORD)

    def _post(self, path, **values):
        values["csrf_token"] = Request.csrf_token(self)
        return self.url_open(path, values, allow_redirects=False)

    def _read_form(self):
        """Quantities and hidden fields as the page has them."""
        page = self._get("/my/cart").text
        found = re.findall(r'name="((?:quantity|seen)_\d+)"[^>]*?value="([^"]*)"', page, re.DOTALL)
        return dict(found)

    def _set_roles(self, *codes):
        roles = self.env["partner.access.role"].search([("code", "in", codes)])
        self.user.sudo().access_entry_ids.role_ids = roles

    def _get_orders(self):
        return self.env["sale.order"].search([("portal_user_id", "=", self.user.id)])

    def test_the_page_writes_nothing_and_makes_no_cart(self):
        for user in (self.user, self.stranger):
            self.authenticate(user.login, PASSWORD)
            with self.assertQueriesWriteNothing():
                self.assertEqual(self._get("/my/cart").status_code, 200)
        self.assertFalse(self.env["portal.cart"].search([("user_id", "=", self.stranger.id)]))

    def test_who_may_not_order_has_no_cart(self):
        self._set_roles("returns")
        self.assertEqual(self._get("/my/cart").status_code, 404)
        self.assertEqual(self._post("/my/cart/add", rows="10037 1").status_code, 404)

    def test_who_sees_no_prices_orders_without_them(self):
        self._set_roles("orders")
        page = self._get("/my/cart").text
        self.assertIn("Logitech C930e webcam", page)
        self.assertNotIn("63.21", page)
        self._post("/my/cart/send", **self._read_form())
        self.assertEqual(self._get_orders().state, "draft")

    def test_rows_are_added_and_the_wrong_ones_shown_with_the_reason(self):
        self._post("/my/cart/add", rows="10037 2\r\n<script>alert(1)</script> 3")
        page = self._get("/my/cart").text
        self.assertEqual(self.cart.line_ids.quantity, 7)
        self.assertIn("No article of ours has this number.", page)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; 3", page)
        self.assertNotIn("<script>alert(1)", page)

    def test_an_order_and_its_lines_are_ordered_again_inside_the_own_company_only(self):
        foreign = self._create_order(partner=self.stranger_company)
        own, other = self.order, foreign
        for values, status in (
            ({"order": own.id}, 303),
            ({"line": own.order_line.id}, 303),
            ({"order": other.id}, 404),
            ({"line": other.order_line.id}, 404),
            ({"line": [own.order_line.id, other.order_line.id]}, 404),
            ({"order": "9" * 30}, 404),
            ({}, 404),
        ):
            with self.subTest(str(values)[:40]):
                self.assertEqual(self._post("/my/cart/again", **values).status_code, status)
        self.assertEqual(self.cart.line_ids.quantity, 11)

    def test_a_wrong_quantity_is_answered_beside_what_was_typed(self):
        name = f"quantity_{self.cart.line_ids.id}"
        for path in ("/my/cart/save", "/my/cart/send"):
            answer = self._post(path, **{**self._read_form(), name: "-1"})
            self.assertEqual(answer.status_code, 400)
            self.assertIn("A quantity is a number above 0", answer.text)
            self.assertIn('value="-1"', answer.text)
        self.assertFalse(self._get_orders())

    def test_what_is_typed_is_kept_and_answered_by_the_script(self):
        line = self.cart.line_ids
        values = {f"quantity_{line.id}": "2", "price_unit": "0.01", "wished_date": "2001-01-01"}
        answer = self.make_jsonrpc_request(
            "/my/cart/update", {"values": values, "uid": self.user.id}
        )
        self.assertIn("126.42", answer["lines"][str(line.id)]["amount"])
        self.assertEqual(list(answer["errors"]), ["wished_date"])
        self.assertEqual(line.quantity, 2)
        other = self.make_jsonrpc_request("/my/cart/update", {"values": {}, "uid": 1})
        self.assertEqual(other, {"other_user": self.user.name})

    def test_a_cart_that_is_sent_twice_makes_one_quotation_at_our_price(self):
        form = {**self._read_form(), "price_unit": "0.01", "product_id": "1", "user_id": "1"}
        for _time in range(2):
            answer = self._post("/my/cart/send", **form)
            self.assertEqual(answer.headers["Location"].partition("?")[0], "/my/cart")
        self.assertEqual(self._get_orders().order_line.mapped("price_unit"), [63.21])
        self.assertIn(self.cart.request_id.name, self._get("/my/cart?sent=1").text)

    def test_a_price_or_a_cart_that_changed_meanwhile_is_shown_before_it_is_sent(self):
        form = self._read_form()
        self.product.list_price = 70
        self.assertIn("not as you saw it", self._post("/my/cart/send", **form).text)
        self.assertFalse(self._get_orders())
        form = self._read_form()
        self.cart._add_products([(self._create_product(name="Other tab"), 1)])
        self.assertIn("not as you saw it", self._post("/my/cart/send", **form).text)
        self.assertEqual(self._post("/my/cart/send", **self._read_form()).status_code, 303)
        self.assertEqual(len(self._get_orders()), 1)

    def test_a_reference_that_was_used_is_asked_about_once(self):
        self.order.client_order_ref = "PO 1"
        form = {**self._read_form(), "client_order_ref": "PO\r\n1"}
        self.assertIn("You have used this", self._post("/my/cart/send", **form).text)
        self.assertFalse(self._get_orders())
        self._post("/my/cart/send", is_same="1", **form)
        self.assertEqual(self._get_orders().client_order_ref, "PO 1")

    def test_an_order_confirmed_at_once_leads_to_its_page(self):
        self.branch.portal_order_policy = "confirm"
        answer = self._post("/my/cart/send", **self._read_form())
        self.assertTrue(answer.headers["Location"].endswith(f"/my/orders/{self._get_orders().id}"))

    def test_an_article_that_ended_is_named_with_its_successor(self):
        newer = self._create_product(name="Newer webcam")
        self.product.product_tmpl_id.replaced_by_id = newer.product_tmpl_id
        self.product.sale_ok = False
        self.assertIn("Newer webcam instead", self._get("/my/cart").text)
        line = self.cart.line_ids
        self._post("/my/cart/save", replace=f"{line.id}-{self.order.id}")
        self._post("/my/cart/save", replace=f"{line.id}-{newer.id}")
        self.assertEqual(self.cart.line_ids.product_id, newer)
        self.assertEqual(self.cart.line_ids.quantity, 5)

    def test_queries_of_the_page_do_not_grow_with_the_lines(self):
        counts = []
        products = self.env["product.product"].create([{"name": "Many"}] * 20)
        for size in (2, 20):
            self.cart._add_products([(product, 1) for product in products[:size]])
            counts.append(self._count_queries("/my/cart"))
        self.assertEqual(*counts)
