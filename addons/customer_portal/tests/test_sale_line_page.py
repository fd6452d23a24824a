import base64
import json

from odoo.tests import TransactionCase, tagged

from ..models import sale_line_page
from .common import PortalFactories

GARBAGE = ("", "x", "²", "e30", "W10", "bnVsbA", "\x00", "A" * 9000, "-1", "IiI=")


def write_token(*content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@tagged("post_install", "-at_install")
class TestSaleLinePage(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("line_page_buyer", cls.office)
        cls.stranger = cls._create_portal_user("line_page_stranger", cls.stranger_company)
        products = [
            cls._create_product(name=f"Article {number % 3}", default_code=code, barcode=barcode)
            for number, (code, barcode) in enumerate(
                [("B-2", False), ("A-1", "111"), (False, False), ("C-3", "222"), ("A-9", "333")]
            )
        ]
        cls._put_in_stock(products[0], quantity=3)
        for number, partner in enumerate([cls.branch, cls.other_branch, cls.office] * 2):
            lines = [(product, number % 4 + 1) for product in products]
            order = cls._create_order(partner=partner, lines=lines)
            order.confirmed_on = f"2026-03-0{number % 3 + 1} 08:00:00"
        cls.shipped = cls._ship(order)
        cls._create_purchase(5, "2031-12-11", products[1])
        cls._create_purchase(5, "2031-11-11", products[3])
        cls._create_order(partner=cls.stranger_company)
        cls.env.flush_all()
        cls.lines = cls.env["sale.order.line"].search(
            [("order_partner_id", "child_of", cls.office.id)]
        )

    def _get_pages(self, sort, direction="after", token=None, limit=4, filters=None):
        """All pages from one end to the other."""
        model, pages = self.env["sale.line.page"].with_user(self.user), []
        while True:
            page = model._get_page(filters or {}, sort, **{direction: token}, limit=limit)
            pages.append(page["ids"])
            token = page[direction]
            if not token:
                return pages, page

    def _get_sorts(self):
        keys = self.env["sale.line.list"].with_user(self.user)._get_sorts()
        return [(key, descends) for key in keys for descends in (False, True)]

    def _check_pages(self):
        for sort in self._get_sorts():
            with self.subTest(sort):
                pages, last = self._get_pages(sort)
                ids = [line_id for page in pages for line_id in page]
                self.assertEqual(sorted(ids), sorted(self.lines.ids))
                back, _first = self._get_pages(sort, "before", last["before"])
                self.assertEqual([*reversed(back), pages[-1]], pages)

    def test_pages_have_every_line_once_in_every_order_there_and_back(self):
        self._check_pages()

    def test_many_lines_are_read_by_customer_and_status_alike(self):
        few = {sort: self._get_pages(sort)[0] for sort in self._get_sorts()}
        self.patch(sale_line_page, "COUNT_LIMIT", 3)
        self._check_pages()
        for sort, pages in few.items():
            with self.subTest(sort):
                self.assertEqual(self._get_pages(sort)[0], pages)

    def test_lines_stand_in_the_order_that_is_asked_for(self):
        statuses = list(dict(self.lines._fields["customer_status"].selection))
        values = {
            "confirmed_on": lambda line: line.confirmed_on,
            "article": lambda line: line.article_number,
            "quantity": lambda line: line.product_uom_qty,
            "open": lambda line: line.customer_open_qty,
            "eta": lambda line: line.eta_first,
            "status": lambda line: statuses.index(line.customer_status),
            "ean": lambda line: line.product_id.barcode,
            "order": lambda line: line.order_id.name,
            "delivery_address": lambda line: line.order_id.partner_shipping_id.complete_name,
        }
        for key, get_value in values.items():
            for descends in (False, True):
                with self.subTest(key=key, descends=descends):
                    pages, _last = self._get_pages((key, descends))
                    ids = [line_id for page in pages for line_id in page]
                    found = [get_value(line) for line in self.lines.browse(ids)]
                    named = [value for value in found if value not in (False, None)]
                    self.assertEqual(named, sorted(named, reverse=descends))
                    self.assertEqual(found[: len(named)], named, "those without one come last")

    def test_a_licence_sorts_by_the_day_it_was_sent(self):
        order = self._create_order(partner=self.office, lines=[(self._create_license(), 1)])
        values = {"sale_line_id": order.order_line.id, "quantity": 1, "date": "2025-03-04"}
        self.env["sale.line.delivery"].create(values)
        self.env.flush_all()
        pages, _last = self._get_pages(("shipped_on", False))
        self.assertEqual(pages[0][0], order.order_line.id)

    def test_filters_hold_on_every_page(self):
        self.patch(sale_line_page, "COUNT_LIMIT", 3)
        pages, _last = self._get_pages(("eta", False), filters={"article": "A"})
        ids = [line_id for page in pages for line_id in page]
        self.assertEqual(len(ids), 12)
        self.assertEqual(set(self.lines.browse(ids).mapped("article_number")), {"A-1", "A-9"})

    def test_lines_of_many_orders_are_those_of_few(self):
        self.lines.order_id.client_order_ref = "shared"
        self.env.flush_all()
        numbers = self.registry["sale.line.number"]
        for filters in ({"reference": "sha"}, {"address": self.branch.name}):
            expected = self._get_pages(("eta", False), filters=filters)[0]
            self.assertTrue(expected[0])
            for orders, lines in ((1, 3), (1, 1000), (0, 3), (500, 3)):
                with self.subTest(filters=filters, orders=orders, lines=lines):
                    self.patch(numbers, "ORDER_LIMIT", orders)
                    self.patch(sale_line_page, "COUNT_LIMIT", lines)
                    self.assertEqual(self._get_pages(("eta", False), filters=filters)[0], expected)

    def test_a_page_knows_its_neighbours_and_the_number_of_lines(self):
        model = self.env["sale.line.page"].with_user(self.user)
        first = model._get_page({}, ("confirmed_on", True), limit=4)
        self.assertEqual(first["count"], 30)
        self.assertFalse(first["before"])
        second = model._get_page({}, ("confirmed_on", True), after=first["after"], limit=4)
        self.assertTrue(second["before"] and second["after"])

    def test_more_lines_than_the_limit_are_not_counted(self):
        self.patch(sale_line_page, "COUNT_LIMIT", 10)
        model = self.env["sale.line.page"].with_user(self.user)
        self.assertEqual(model._count({}), 11)

    def test_nonsense_is_no_token(self):
        model = self.env["sale.line.page"].with_user(self.user)
        tokens = [
            *GARBAGE,
            write_token("article", 0, "A-1", 1),
            write_token("confirmed_on", 0, "yesterday", 1),
            write_token("confirmed_on", 0, None, 1),
            write_token("confirmed_on", 9, "2026-03-01 08:00:00", 1),
            write_token("confirmed_on", 0, "2026-03-01 08:00:00", 2**31),
            write_token("confirmed_on", 0, "2026-03-01 08:00:00", "1"),
            write_token("confirmed_on", 0, 7, 1),
            write_token("confirmed_on", 0),
            base64.urlsafe_b64encode(b"[" * 2900).decode(),
        ]
        expected = model._get_page({}, ("confirmed_on", True), limit=4)
        for token in tokens:
            for direction in ("after", "before"):
                with self.subTest(token=token[:60], direction=direction):
                    page = model._get_page(
                        {}, ("confirmed_on", True), **{direction: token}, limit=4
                    )
                    self.assertEqual(page, expected)

    def test_values_of_a_token_are_of_the_kind_of_the_order(self):
        model = self.env["sale.line.page"].with_user(self.user)
        cases = {
            "open": ("x", "NaN", "1e9", "9" * 40),
            "eta": ("x", "2031-02-30"),
            "article": ("a\x00b", "a" * 2000),
        }
        for key, values in cases.items():
            for value in values:
                with self.subTest(key=key, value=value[:20]):
                    self.assertIsNone(
                        model._read_token((key, False), write_token(key, 0, value, 1))
                    )

    def test_a_text_of_a_token_is_one_that_a_database_can_hold(self):
        model = self.env["sale.line.page"].with_user(self.user)
        for value in ({}, [], 7, True, "\ud800", "a\x00b"):
            with self.subTest(value=value):
                token = write_token("article", 0, value, 1)
                self.assertIsNone(model._read_token(("article", False), token))

    def test_behind_the_last_line_the_list_begins_again(self):
        model = self.env["sale.line.page"].with_user(self.user)
        token = write_token("confirmed_on", 0, "1999-01-01 00:00:00", 1)
        page = model._get_page({}, ("confirmed_on", True), after=token, limit=4)
        self.assertEqual(page, model._get_page({}, ("confirmed_on", True), limit=4))

    def test_a_token_opens_nothing_of_others(self):
        token = write_token("confirmed_on", 0, "2030-01-01 00:00:00", 1)
        model = self.env["sale.line.page"].with_user(self.stranger)
        page = model._get_page({}, ("confirmed_on", True), after=token, limit=100)
        found = self.lines.browse(page["ids"])
        self.assertEqual(found.order_partner_id, self.stranger_company)

    def test_who_sees_only_the_own_orders_gets_no_others(self):
        self.office.portal_scope = "own"
        self.env.flush_all()
        model = self.env["sale.line.page"].with_user(self.user)
        self.assertEqual(model._get_page({}, ("confirmed_on", True))["ids"], [])
        order = self._create_order(partner=self.user.partner_id)
        page = model._get_page({}, ("confirmed_on", True))
        self.assertEqual(page["ids"], order.order_line.ids)
