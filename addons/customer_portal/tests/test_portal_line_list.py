import re
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import HttpCase, tagged

from ..controllers import portal_line_list
from .common import PASSWORD, PortalHttp

GARBAGE = (
    *("", "x", "²", "%00", "%25", "-1", "0", "99999999999999999999", "[]", "%C3%28", "'"),
    *("a" * 3000, "NaN", "2031-02-30", "%F0%9F%98%80"),
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@tagged("post_install", "-at_install")
class TestPortalLineList(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("line_page_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("line_page_stranger", cls.stranger_company)
        maker = cls._create_customer(name="Logitech Europe")
        cls.product.write(
            {"maker_part_number": "960-000972", "default_code": "LOG-960", "maker_id": maker.id}
        )
        cls._put_in_stock(quantity=4)
        cls.order = cls._create_order(
            partner=cls.user.partner_id, client_order_ref="PO <b>7781</b>"
        )
        cls.slip = cls._ship(cls.order)
        cls._create_purchase(6, "2031-12-11")
        cls.invoice = cls._invoice(cls.order)

    def _post(self, path, **data):
        page = self._get("/my/lines?open=1", self.user).text
        data["csrf_token"] = TOKEN.search(page)[1]
        return self.url_open(f"/my/lines/{path}", data=data, allow_redirects=False)

    def _keep_columns(self, *keys):
        self.user.sudo().portal_line_columns = ",".join(keys)
        self.env.flush_all()

    def test_a_row_shows_what_happened_to_the_line(self):
        page = self._get("/my/lines", self.user).text
        link = f'href="/my/orders/{self.order.id}#line-{self.order.order_line.id}"'
        for text in (
            *(self.order.name, "PO &lt;b&gt;7781&lt;/b&gt;", "LOG-960 · 960-000972"),
            *("Partially fulfilled", "11 Dec 2031", link, "1 line", "what our suppliers tell us"),
        ):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_every_column_can_be_chosen(self):
        keys = self.env["sale.line.list"].with_user(self.user)._get_columns()
        self._keep_columns(*keys)
        page = self._get("/my/lines", self.user).text
        for text in (self.slip.name, self.invoice.name, "Logitech Europe", "63.21"):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_prices_are_for_those_who_see_prices(self):
        self._keep_columns("order", "price_unit", "price_subtotal", "invoices")
        role = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.access_entry_ids.role_ids = role
        page = self._get("/my/lines", self.user).text
        for text in ("63.21", self.invoice.name, "Unit price"):
            with self.subTest(text):
                self.assertNotIn(text, page)

    def test_no_supplier_and_no_purchase_is_named(self):
        self._keep_columns(*self.env["sale.line.list"]._get_columns())
        page = self._get("/my/lines", self.user).text
        purchase = self.env["purchase.order"].search([("partner_id", "=", self.vendor.id)])
        self.assertNotIn(self.vendor.name, page)
        self.assertFalse([name for name in purchase.mapped("name") if name in page])

    def test_a_stranger_sees_an_explained_empty_page(self):
        page = self._get("/my/lines", self.stranger).text
        self.assertIn("No lines yet", page)
        self.assertIn("3 working days", page)
        self.assertNotIn(self.order.name, page)

    def test_who_is_not_signed_in_signs_in(self):
        self.assertEqual(self._get("/my/lines").status_code, 303)

    def test_filters_are_chips_that_can_be_dropped_one_by_one(self):
        page = self._get("/my/lines?open=1&maker=logi&eta_from=2031-12-01&sort=eta", self.user).text
        for href in (
            "/my/lines?maker=logi&amp;eta_from=2031-12-01&amp;sort=eta",
            "/my/lines?open=1&amp;eta_from=2031-12-01&amp;sort=eta",
            "/my/lines?open=1&amp;maker=logi&amp;sort=eta",
        ):
            with self.subTest(href):
                hrefs = [
                    set(found.split("?")[-1].split("&amp;")) for found in self._find_links(page)
                ]
                self.assertIn(set(href.split("?")[1].split("&amp;")), hrefs)
        self.assertIn("/my/lines/export?open=1", page)

    def _find_links(self, page):
        return re.findall(r'href="(/my/lines[^"]*)"', page)

    def test_filters_and_order_survive_turning_the_page(self):
        self.order.copy({"client_order_ref": "two"}).action_confirm()
        with patch.object(portal_line_list, "PAGE_SIZE", 1):
            page = self._get("/my/lines?article=LOG&sort=eta", self.user).text
            link = next(href for href in self._find_links(page) if "after=" in href)
            self.assertIn("article=LOG&amp;sort=eta", link)
            other = self._get(link.replace("&amp;", "&")).text
        self.assertIn("before=", other)
        self.assertRegex(page, r">\s*PO &lt;b&gt;7781")
        self.assertRegex(other, r">\s*two\s*<")

    def test_the_head_says_how_the_list_is_sorted(self):
        for query, expected in (
            ("", ["descending"]),
            ("?sort=eta", ["ascending"]),
            ("?sort=-open", ["descending"]),
            ("?sort=maker", []),
        ):
            with self.subTest(query):
                page = self._get(f"/my/lines{query}", self.user).text
                self.assertEqual(re.findall(r'aria-sort="(\w+)"', page), expected)

    def test_what_nobody_understands_is_named(self):
        page = self._get("/my/lines?eta_from=tomorrow&status=late&maker=logi", self.user).text
        self.assertIn("Not understood and left out: <b>ETA, Status</b>", page)

    def test_where_nothing_matches_the_page_says_what_to_drop(self):
        page = self._get("/my/lines?open=1&reference=99", self.user).text
        self.assertIn("No line matches", page)
        self.assertIn("without “Your reference: 99”: 1 line", page)
        page = self._get("/my/lines?maker=zz&reference=99", self.user).text
        self.assertIn("“Maker: zz” matches no line of yours", page)

    def test_nonsense_in_the_address_is_no_error(self):
        self.authenticate(self.user.login, PASSWORD)
        keys = ("after", "before", "sort", "status", "order", "eta_to", "serial", "address")
        for key in keys:
            for value in GARBAGE:
                with self.subTest(key=key, value=value[:20]):
                    path = f"/my/lines?{key}={value}&{key}=1"
                    self.assertIn(self._get(path).status_code, (200, 404))

    def test_the_page_writes_nothing(self):
        self._keep_columns(*self.env["sale.line.list"]._get_columns())
        self._get("/my/lines", self.user)
        with self.assertQueriesWriteNothing():
            self._get("/my/lines?open=1&sort=-eta")

    def test_the_page_needs_no_more_queries_for_more_lines(self):
        self._keep_columns(*self.env["sale.line.list"].with_user(self.user)._get_columns())
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (1, 18):
            for _number in range(number):
                order = self.order.copy()
                order.action_confirm()
                self._invoice(order)
            self.env.flush_all()
            counts.append(self._count_queries("/my/lines?article=LOG"))
        self.assertEqual(len(set(counts)), 1, counts)

    def test_columns_are_kept(self):
        response = self._post("columns", column=["maker", "order", "nonsense"], query="open=1&x=2")
        self.assertEqual(response.headers["Location"].split("/my/")[1], "lines?open=1")
        self.assertEqual(self.user.sudo().portal_line_columns, "order,maker")
        self._post("columns", column=["maker"], reset="1")
        self.assertFalse(self.user.sudo().portal_line_columns)

    def test_a_filter_is_saved_applied_and_deleted(self):
        self._post("filters", name="December arrivals", query="eta_from=2031-12-01&evil=1")
        saved = self.env["portal.saved.filter"].search([("user_id", "=", self.user.id)])
        self.assertEqual((saved.name, saved.query), ("December arrivals", "eta_from=2031-12-01"))
        page = self._get("/my/lines?eta_from=2031-12-01", self.user).text
        self.assertRegex(page, r"★\s*December arrivals")
        self._post(f"filters/{saved.id}/delete")
        self.assertFalse(saved.exists())

    def test_a_refusal_stands_on_the_page(self):
        response = self._post("filters", name=" ", query="open=1")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Give the filter a name.", response.text)

    def test_who_had_to_sign_in_first_comes_back_to_the_filtered_lines(self):
        page = self._get("/my/lines?open=1", self.user).text
        actions = re.findall(r'action="(/my/lines/(?:filters|columns)[^"]*)"', page)
        self.assertEqual(len(actions), 2)
        for path in (*actions, "/my/lines/filters/1/delete?query=open%3D1"):
            with self.subTest(path):
                answer = self._get(path)
                self.assertEqual(answer.headers["Location"].split("/my/")[1], "lines?open=1")
        self.assertEqual(self._get("/my/downloads/1/retry").status_code, 303)

    def test_a_second_click_at_the_same_moment_saves_nothing_twice(self):
        model = self.registry["portal.saved.filter"]
        with patch.object(model, "_save", side_effect=UniqueViolation):
            response = self._post("filters", name="Twice", query="open=1")
        self.assertEqual(response.headers["Location"].split("/my/")[1], "lines?open=1")

    def test_a_filter_of_somebody_else_does_not_exist(self):
        theirs = self.env["portal.saved.filter"].create(
            {"name": "Theirs", "user_id": self.stranger.id}
        )
        for number in (theirs.id, 0, 2**31, 10**30):
            with self.subTest(number):
                self.assertEqual(self._post(f"filters/{number}/delete").status_code, 404)
        self.assertTrue(theirs.exists())
        self.assertNotIn("Theirs", self._get("/my/lines", self.user).text)
