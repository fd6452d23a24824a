from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from ..models import sale_line_list
from .common import PortalFactories

GARBAGE = (
    *("", " ", "\x00", "²", "%", "_", "'", "2031-02-30", "99999-01-01", "9" * 400, "-1"),
    *("2**31", "NaN", "<b>", "nonsense"),
)


@tagged("post_install", "-at_install")
class TestSaleLineList(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("line_list_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("line_list_stranger", cls.stranger_company)
        maker = cls._create_customer(name="Logitech Europe")
        template = {"maker_id": maker.id, "maker_part_number": "960-000972"}
        cls.webcam = cls._create_serial_product(
            barcode="5099206045200", default_code="LOG-960", **template
        )
        cls.cable = cls._create_product(name="Goobay patch cable, blue", default_code="GB-11258")
        cls.depot = cls.env["res.partner"].create(
            {"name": "Depot Noord", "parent_id": cls.branch.id, "city": "Zwolle"}
        )
        cls._put_in_stock(cls.webcam, serials=["SN-4711"])
        cls.old = cls._create_order(
            lines=[(cls.webcam, 1)], client_order_ref="PO 7781", partner_shipping_id=cls.depot.id
        )
        cls.slip = cls._ship(cls.old)
        cls.invoice = cls._invoice(cls.old)
        cls.old.confirmed_on = "2026-03-05 22:30:00"
        cls.new = cls._create_order(lines=[(cls.cable, 10)], client_order_ref="PO 9000")
        cls._create_purchase(4, "2031-12-11", cls.cable)
        cls._create_order(partner=cls.stranger_company, lines=[(cls.webcam, 1)])
        cls.env.flush_all()
        cls.lists = cls.env["sale.line.list"].with_user(cls.user)

    def _find(self, **params):
        lists = self.env["sale.line.list"].with_user(self.user)
        domain = lists._get_domain(lists._get_filters(params))
        return self.env["sale.order.line"].search(domain).order_id

    def test_each_filter_finds_its_lines(self):
        old, new, none = self.old, self.new, self.env["sale.order"]
        cases = [
            ({}, old | new),
            ({"order": self.old.name}, old),
            ({"order": self.old.name[:-1] + "x"}, none),
            ({"reference": "po7781"}, old),
            ({"reference": "PO"}, old | new),
            ({"article": "gb 112"}, new),
            ({"part": "960000972"}, old),
            ({"ean": "5099206045200"}, old),
            ({"ean": "50992"}, none),
            ({"maker": "europe LOGI"}, old),
            ({"description": "blue goobay"}, new),
            ({"description": "%"}, none),
            ({"serial": "sn 4711"}, old),
            ({"shipment": self.slip.name}, old),
            ({"invoice": self.invoice.name}, old),
            ({"address": "zwolle noord"}, old),
            ({"open": "1"}, new),
            ({"late": "1"}, none),
            ({"arriving": "1"}, none),
            ({"status": "confirmed"}, new),
            ({"status": ["fulfilled", "confirmed"]}, old | new),
            ({"status": "partial,fulfilled"}, old),
            ({"eta_from": "2031-12-11", "eta_to": "2031-12-11"}, new),
            ({"eta_from": "2031-12-12"}, none),
            ({"date_from": "2026-03-06", "date_to": "2026-03-06"}, none),
            ({"date_to": "2026-03-05"}, old),
            ({"period": "week"}, new),
        ]
        for params, expected in cases:
            with self.subTest(params):
                self.assertEqual(self._find(**params), expected)

    def test_very_many_articles_are_compared_and_find_the_same_lines(self):
        self.patch(sale_line_list, "FEW_PRODUCTS", 0)
        self.assertEqual(self._find(description="blue goobay"), self.new)
        self.assertEqual(self._find(maker="europe logi"), self.old)

    def test_filters_combine(self):
        cases = [
            ({"open": "1", "article": "GB"}, self.new),
            ({"open": "1", "article": "LOG"}, self.env["sale.order"]),
            ({"open": "1", "status": "fulfilled"}, self.env["sale.order"]),
            ({"maker": "logitech", "reference": "7781", "serial": "SN-4711"}, self.old),
        ]
        for params, expected in cases:
            with self.subTest(params):
                self.assertEqual(self._find(**params), expected)

    def test_days_are_those_of_the_user(self):
        self.user.tz = "Asia/Tokyo"
        self.assertEqual(self._find(date_from="2026-03-06", date_to="2026-03-06"), self.old)

    def test_shipping_costs_sections_and_quotations_are_no_lines(self):
        self.old.order_line.copy({"order_id": self.old.id, "is_delivery": True})
        self.new.order_line = [(0, 0, {"display_type": "line_section", "name": "Extra"})]
        self._create_order(confirm=False).action_quotation_sent()
        self.env.flush_all()
        domain = self.lists._get_domain({})
        self.assertEqual(self.env["sale.order.line"].search_count(domain), 2)

    def test_a_stranger_finds_his_own_lines_only(self):
        lists = self.env["sale.line.list"].with_user(self.stranger)
        for filters in ({}, {"article": "LOG-960"}, {"reference": "PO"}, {"serial": "SN-4711"}):
            with self.subTest(filters):
                found = self.env["sale.order.line"].search(lists._get_domain(filters))
                self.assertLessEqual(found.order_partner_id, self.stranger_company)

    def test_nonsense_is_dropped(self):
        for key in ("date_from", "eta_to", "status", "period", "open", "late"):
            for value in GARBAGE:
                with self.subTest(key=key, value=value):
                    self.assertEqual(self.lists._get_filters({key: value}), {})

    def test_nonsense_in_a_text_finds_nothing_of_others_and_breaks_nothing(self):
        for key in ("order", "serial", "maker", "address", "invoice", "description"):
            for value in GARBAGE:
                with self.subTest(key=key, value=value):
                    self.assertLessEqual(self._find(**{key: value}), self.old | self.new)

    def test_cleaned_filters_stay_as_they_are(self):
        params = {"open": "1", "status": ["partial", "confirmed"], "eta_from": "2031-12-01"}
        filters = self.lists._get_filters({**params, "unknown": "x", "maker": "  a   b "})
        self.assertEqual(
            filters,
            {
                "open": True,
                "status": ["confirmed", "partial"],
                "eta_from": "2031-12-01",
                "maker": "a b",
            },
        )
        self.assertEqual(self.lists._get_filters(filters), filters)

    def test_filters_are_described(self):
        filters = self.lists._get_filters(
            {"open": "1", "status": "partial", "eta_from": "2031-12-01", "maker": "Logitech"}
        )
        self.assertEqual(
            self.lists._describe_filters(filters),
            ["Open only", "ETA from 12/01/2031", "Status: Partially fulfilled", "Maker: Logitech"],
        )

    def test_periods_begin_and_end_with_days(self):
        today = date.today()
        cases = {
            "week": (today - timedelta(days=6), None),
            "year": (date(today.year, 1, 1), None),
            "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        }
        for period, expected in cases.items():
            with self.subTest(period):
                self.assertEqual(self.lists._get_period({"period": period}), expected)

    def test_prices_and_invoices_are_for_those_who_see_prices(self):
        entry = self.user.access_entry_ids
        entry.role_ids = self.env["partner.access.role"].search([("code", "=", "orders")])
        lists = self.env["sale.line.list"].with_user(self.user)
        hidden = {"price_unit", "price_subtotal", "invoices"}
        self.assertFalse(hidden & lists._get_columns().keys())
        self.assertFalse(hidden & lists._get_sorts().keys())
        self.assertEqual(lists._get_filters({"invoice": "INV"}), {})

    def test_an_unknown_order_is_that_of_days(self):
        for text in ("", "-", "--eta", "nonsense", "id", "eta; DROP"):
            with self.subTest(text):
                self.assertEqual(self.lists._get_sort({"sort": text}), ("confirmed_on", True))
        self.assertEqual(self.lists._get_sort({"sort": "-eta"}), ("eta", True))

    def test_every_column_can_be_the_order_of_a_search(self):
        for key in self.lists._get_sorts():
            with self.subTest(key):
                order = self.lists._get_search_order(key, is_descending=True)
                self.assertTrue(self.env["sale.order.line"].search([], order=order, limit=1))

    def test_lines_know_the_article_number(self):
        self.assertEqual(self.old.order_line.article_number, "LOG-960")
        self.webcam.default_code = "LOG-961"
        self.assertEqual(self.old.order_line.article_number, "LOG-961")
