from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSupplierEtaMatcher(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.product.write({"default_code": "WEB 930", "barcode": "5099206038820"})
        cls.product.seller_ids.product_code = "960-000972"
        cls.purchase = cls._create_purchase(10)
        cls.line = cls.purchase.order_line
        cls.day = date.today() + timedelta(days=30)
        cls.matcher = cls.env["supplier.eta.matcher"]

    def _row(self, **values):
        row = {"order": self.purchase.name, "article": "WEB 930", "date": self.day.isoformat()}
        return {**row, **values}

    def _match(self, *rows):
        return self.matcher._match(list(rows))

    def _get_codes(self, *rows):
        return [result["code"] for result in self._match(*rows)]

    def _add_line(self, quantity):
        values = {"product_id": self.product.id, "product_qty": quantity, "price_unit": 50}
        self.purchase.order_line = [Command.create(values)]
        return self.purchase.order_line - self.line

    def test_every_number_of_an_article_finds_the_line(self):
        table = [
            {"article": "WEB 930"},
            {"article": " web930 "},
            {"article": "960-000972"},
            {"article": "5099206038820"},
            {"article": None, "vendor_code": "960-000972"},
            {"article": "", "ean": 5099206038820.0},
            {"vendor_code": "960-000972", "ean": "5099206038820"},
            {"order": f" {self.purchase.name.lower()} "},
        ]
        for values in table:
            with self.subTest(values=values):
                (result,) = self._match(self._row(**values))
                self.assertEqual((result["code"], result["line"]), ("change", self.line))

    def test_numbers_that_do_not_fit_are_unmatched(self):
        table = [
            {"order": "P99999999"},
            {"article": "WEB 931"},
            {"article": None, "vendor_code": "WEB 930"},
            {"vendor_code": "960-000973"},
            {"article": None, "ean": "WEB 930"},
        ]
        for values in table:
            with self.subTest(values=values):
                (result,) = self._match(self._row(**values))
                self.assertEqual(result["code"], "unmatched")
                self.assertTrue(result["text"])

    def test_the_part_number_of_another_vendor_does_not_count(self):
        other = self._create_customer(name="Other Supply")
        self.product.seller_ids = [
            Command.create({"partner_id": other.id, "product_code": "OTHER-1"})
        ]
        self.assertEqual(self._get_codes(self._row(article="OTHER-1")), ["unmatched"])

    def test_a_number_of_two_articles_is_ambiguous(self):
        other = self._create_product(default_code="960-000972")
        values = {"product_id": other.id, "product_qty": 1, "price_unit": 50}
        self.purchase.order_line = [Command.create(values)]
        self.assertEqual(self._get_codes(self._row(article="960-000972")), ["ambiguous"])

    def test_dates_are_read_as_they_are_written_here(self):
        day = self.day
        table = [
            day.isoformat(),
            f"{day.isoformat()} 00:00:00",
            f"{day.isoformat()}T08:30",
            f"{day:%d-%m-%Y}",
            f"{day:%d.%m.%Y}",
            f"{day.day}/{day.month}/{day.year}",
            day,
            datetime(day.year, day.month, day.day, 13),
        ]
        for written in table:
            with self.subTest(written=written):
                (result,) = self._match(self._row(date=written))
                self.assertEqual(result["new"], day)

    def test_what_is_no_date_is_malformed(self):
        table = ["31-02-2027", "13/14/2027", "12/31/2027", "20226-12-11", "11-12-27", "soon", ""]
        table += [None, False, True, 46000, "46000", "1999-12-31", "2099-12-31", "²0-12-2027"]
        table += ["2027-12-11\x00", [], {}, b"2027-12-11", "11-12.2027", "week 12", float("nan")]
        for written in table:
            with self.subTest(written=written):
                self.assertEqual(self._get_codes(self._row(date=written)), ["malformed"])

    def test_what_is_no_quantity_is_malformed(self):
        for written in ("0", -1, "1.000", "ten", True, "²", 10**400, float("inf"), [10], "1e3"):
            with self.subTest(written=str(written)[:20]):
                self.assertEqual(self._get_codes(self._row(quantity=written)), ["malformed"])

    def test_the_quantity_of_a_line_may_be_written_in_many_ways(self):
        for written in (10, 10.0, "10", "10,0", "10.00", None, "", False):
            with self.subTest(written=written):
                self.assertEqual(self._get_codes(self._row(quantity=written)), ["change"])

    def test_rows_of_the_wrong_shape_are_malformed(self):
        table = [None, 7, "P1", [], {}, {"order": {}}, self._row(order=None), self._row(order=[])]
        table += [self._row(article=None), self._row(article="A\x00"), self._row(order="P" * 200)]
        table += [self._row(article=10**5000)]
        results = self._match(*table)
        self.assertEqual({result["code"] for result in results}, {"malformed"})
        self.assertEqual([result["row"] for result in results], list(range(1, 13)))

    def test_only_a_list_of_bearable_length_is_taken(self):
        for rows in (None, "text", {"order": "P1"}, 7, [{}] * 10_001):
            with self.subTest(kind=type(rows)), self.assertRaises(UserError):
                self.matcher._match(rows)

    def test_the_quantity_chooses_among_lines_of_one_article(self):
        other = self._add_line(3)
        results = self._match(self._row(quantity=3), self._row(quantity=10))
        self.assertEqual([result["line"] for result in results], [other, self.line])

    def test_without_quantity_several_lines_of_one_article_are_ambiguous(self):
        self._add_line(3)
        self.assertEqual(self._get_codes(self._row()), ["ambiguous"])

    def test_equal_lines_are_ambiguous_unless_all_get_one_date(self):
        self._add_line(10)
        row, later = self._row(quantity=10), self._row(quantity=10, date="31-12-2027")
        self.assertEqual(self._get_codes(row), ["ambiguous"])
        self.assertEqual(self._get_codes(row, later), ["ambiguous"] * 2)
        results = self._match(row, row)
        self.assertEqual([result["line"].id for result in results], self.purchase.order_line.ids)

    def test_a_part_of_a_line_is_refused_with_what_to_do(self):
        for result in self._match(self._row(quantity=3), self._row(quantity=7)):
            self.assertEqual(result["code"], "quantity")
            self.assertIn("split", result["text"])

    def test_the_open_rest_of_a_line_is_a_quantity_of_it(self):
        receipt = self.purchase.picking_ids
        receipt.move_ids.quantity = 4
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True)._action_done()
        self.assertEqual(self._get_codes(self._row(quantity=6)), ["change"])

    def test_different_dates_for_one_line_are_both_refused(self):
        rows = self._row(), self._row(date="31-12-2027", vendor_code="960-000972")
        self.assertEqual(self._get_codes(*rows), ["ambiguous"] * 2)

    def test_a_row_that_stands_twice_counts_once(self):
        self.assertEqual(self._get_codes(self._row(), self._row()), ["change", "unchanged"])

    def test_a_received_line_is_refused(self):
        receipt = self.purchase.picking_ids
        receipt.move_ids.quantity = 10
        receipt.move_ids.picked = True
        receipt._action_done()
        self.assertEqual(self._get_codes(self._row()), ["received"])

    def test_a_cancelled_purchase_is_refused(self):
        self.purchase.button_cancel()
        self.assertEqual(self._get_codes(self._row()), ["cancelled"])

    def test_a_request_for_quotation_may_have_dates(self):
        draft = self._create_purchase(10, confirm=False)
        self.assertEqual(self._get_codes(self._row(order=draft.name)), ["change"])

    def test_one_number_of_two_purchases_is_ambiguous(self):
        self._create_purchase(10).name = self.purchase.name
        self.assertEqual(self._get_codes(self._row()), ["ambiguous"])

    def test_purchases_of_companies_that_are_not_chosen_are_unknown(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        buyer.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        (result,) = self.matcher.with_user(buyer)._match([self._row()])
        self.assertEqual(result["code"], "unmatched")

    def test_the_same_rows_applied_twice_change_nothing(self):
        rows = [self._row()]
        self.assertEqual(self.matcher._apply(self._match(*rows)), 1)
        self.assertEqual(self.line.supplier_eta, self.day)
        self.assertEqual(self.line.supplier_eta_source, "import")
        self.assertEqual(self._get_codes(*rows), ["unchanged"])
        self.assertEqual(self.matcher._apply(self._match(*rows)), 0)

    def test_queries_do_not_grow_with_the_rows(self):
        counts = []
        for size in (2, 20):
            purchases = [self._create_purchase(1) for _index in range(size)]
            rows = [self._row(order=purchase.name) for purchase in purchases]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self._match(*rows)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual({result["code"] for result in results}, {"change"})
        self.assertLessEqual(counts[1], counts[0])

    def test_customers_see_an_imported_date(self):
        order = self._create_order()
        self.matcher._apply(self._match(self._row()))
        self.assertEqual(order.order_line.eta_first, Date.to_date(self.day))
