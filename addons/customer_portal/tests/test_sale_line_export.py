import csv
import io
import tracemalloc
from datetime import date
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.fields import Date, Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleLineExport(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("export_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("export_stranger", cls.stranger_company)
        cls.maker = cls._create_customer(name="Maker Works")
        cls.webcam = cls._create_serial_product(
            default_code="ART-1", barcode="5099206045200", maker_part_number="960-1"
        )
        cls.webcam.maker_id = cls.maker
        cls._put_in_stock(cls.webcam, serials=["SN-1", "SN-2"])
        cls.order = cls._create_order(
            lines=[(cls.webcam, 3)], client_order_ref="=PO 1", partner=cls.branch
        )
        cls.picking = cls._ship(cls.order)
        cls.invoice = cls._invoice(cls.order)

    def _export(self, user=None, params=None):
        """Rows of the CSV file as dictionaries by the key of the column."""
        export = self.env["sale.line.export"].with_user(user or self.user)
        parameters = export._prepare_parameters({"columns": "all", **(params or {})})
        pieces = export._iterate_csv(*export._get_selection(parameters))
        text = b"".join(pieces).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
        return [dict(zip(parameters["keys"], row, strict=True)) for row in rows]

    def test_a_line_has_all_its_facts(self):
        self.env["product.customer.code"].create(
            {"partner_id": self.office.id, "product_id": self.webcam.id, "code": "OWN-7"}
        )
        (row,) = self._export()
        expected = {
            "order": self.order.name,
            "reference": "'=PO 1",
            "customer_item": "OWN-7",
            "article": "ART-1",
            "maker_part_number": "960-1",
            "ean": "5099206045200",
            "maker": "Maker Works",
            "description": self.webcam.name,
            "quantity": "3",
            "shipped": "2",
            "open": "1",
            "shipments": self.picking.name,
            "invoices": self.invoice.name,
            "serials": "SN-1, SN-2",
            "price_unit": "63.21",
            "currency": self.order.currency_id.name,
        }
        self.assertEqual({key: row[key] for key in expected}, expected)

    def test_the_nearest_item_number_counts(self):
        codes = self.env["product.customer.code"]
        for partner, code in ((self.office, "HEAD"), (self.branch, "BRANCH")):
            codes.create({"partner_id": partner.id, "product_id": self.webcam.id, "code": code})
        (row,) = self._export()
        self.assertEqual(row["customer_item"], "BRANCH")

    def test_a_serial_that_came_back_is_left_out(self):
        back = self._return(self.picking, 1)
        returned = back.move_line_ids.lot_id.name
        (row,) = self._export()
        self.assertNotIn(returned, row["serials"])
        self.assertEqual(row["shipments"], self.picking.name)

    def test_the_eta_is_a_text_and_two_days(self):
        order = self._create_mto_order()
        purchase_line = self._get_purchase_lines(order)
        purchase_line.order_id.button_confirm()
        purchase_line.supplier_eta = date(2030, 5, 6)
        self.env.flush_all()
        row = next(row for row in self._export() if row["order"] == order.name)
        self.assertEqual(row["eta_first"], "05/06/2030")
        self.assertEqual(row["eta"], "05/06/2030")
        self.assertTrue(row["expected_ship"])

    def test_what_is_overdue_is_not_expected_to_ship_in_the_past(self):
        order = self._create_mto_order(5)
        self._get_purchase_lines(order).supplier_eta = self._in_days(-30)
        self.env.flush_all()
        row = next(row for row in self._export() if row["order"] == order.name)
        today = Date.context_today(self.user)
        self.assertEqual(row["expected_ship"], today.strftime("%m/%d/%Y"))

    def test_the_eta_of_each_state_has_its_words(self):
        export = self.env["sale.line.export"]
        cases = {
            "in_stock||": "In stock",
            "unknown||": "…",
            "partial|2030-05-06|2030-05-06": "05/06/2030 \N{EN DASH} …",
            "known|2030-05-06|2030-05-09": "05/06/2030 \N{EN DASH} 05/09/2030",
            "none||": "",
            "": "",
        }
        for value, text in cases.items():
            with self.subTest(value):
                self.assertEqual(export._get_eta_text(value), text)

    def test_the_rows_are_those_of_the_list(self):
        self._create_order(lines=[(self.product, 1), (self.product, 2)])
        self._create_order(partner=self.other_branch)
        lines = self.env["sale.line.list"].with_user(self.user)
        for params in ({}, {"open": "1"}, {"article": "ART-1"}, {"sort": "quantity"}):
            with self.subTest(params):
                found = self.env["sale.order.line"].search(
                    lines._get_domain(lines._get_filters(params)),
                    order=lines._get_search_order(*lines._get_sort(params)),
                )
                rows = self._export(params=params)
                shown = [(line.order_id.name, line.product_uom_qty) for line in found]
                self.assertEqual([(row["order"], float(row["quantity"])) for row in rows], shown)

    def test_any_column_sorts_as_on_the_page(self):
        for reference in ("PO B", "PO A"):
            self._create_order(client_order_ref=reference)
        cases = {"reference": ["PO A", "PO B"], "-reference": ["PO B", "PO A"]}
        for sort, expected in cases.items():
            with self.subTest(sort):
                rows = self._export(params={"sort": sort, "reference": "PO"})
                found = [row["reference"] for row in rows if row["reference"] in expected]
                self.assertEqual(found, expected)
        for key in self.env["sale.line.list"]._get_sorts():
            with self.subTest(key):
                self.assertEqual(len(self._export(params={"sort": f"-{key}"})), 3)

    def test_a_licence_was_shipped_when_it_was_sent(self):
        order = self._create_order(lines=[(self._create_license(), 1)])
        self.env["sale.line.delivery"].create(
            {"sale_line_id": order.order_line.id, "quantity": 1, "date": "2026-03-04"}
        )
        self.env.flush_all()
        row = next(row for row in self._export() if row["order"] == order.name)
        self.assertEqual(row["shipped_on"], "03/04/2026")

    def test_others_get_nothing_of_it(self):
        self.assertEqual(self._export(self.stranger), [])
        other = self._create_portal_user("export_other", self.other_branch)
        self.assertEqual(self._export(other), [])
        head = self._create_portal_user("export_head", self.office)
        self.assertEqual(len(self._export(head)), 1)

    def test_prices_and_invoices_are_for_who_may_see_them(self):
        entry = self.user.access_entry_ids
        entry.role_ids = self.env.ref("partner_access.role_orders")
        (row,) = self._export()
        hidden = {"price_unit", "price_subtotal", "currency", "invoices"}
        self.assertFalse(hidden & row.keys())

    def test_rights_are_asked_when_the_file_is_made(self):
        export = self.env["sale.line.export"].with_user(self.user)
        parameters = export._prepare_parameters({"columns": "all"})
        self.user.access_entry_ids.role_ids = self.env.ref("partner_access.role_orders")
        keys = export._get_selection(parameters)[2]
        self.assertNotIn("price_unit", keys)

    def test_what_nothing_matches_is_an_empty_table(self):
        for params in ({"order": "NONE-9"}, {"open": "1", "status": "fulfilled"}):
            with self.subTest(params):
                self.assertEqual(self._export(params=params), [])

    def test_the_chosen_columns_come_with_their_companions(self):
        export = self.env["sale.line.export"].with_user(self.user)
        self.user.portal_line_columns = "order,eta,price_unit"
        keys = export._prepare_parameters({})["keys"]
        expected = ["order", "confirmed_on", "eta", "eta_first", "eta_last"]
        self.assertEqual(keys, [*expected, "price_unit", "currency"])

    def test_the_head_of_a_csv_says_what_it_holds(self):
        export = self.env["sale.line.export"].with_user(self.user)
        parameters = export._prepare_parameters({"open": "1"})
        facts = export._get_facts(parameters)
        selection = export._get_selection(parameters)
        head = next(export._iterate_csv(*selection, facts)).decode("utf-8-sig").split("\r\n")[0]
        self.assertTrue(head.startswith("Order,"))
        for text in ("Filter: Open only", "Made on: ", "(UTC)", self.branch.name):
            self.assertIn(text, head)

    def test_an_xlsx_has_a_sheet_with_filter_and_time(self):
        export = self.env["sale.line.export"].with_user(self.user)
        file = io.BytesIO()
        export._write_file("xlsx", file, export._prepare_parameters({"columns": "all"}))
        book = load_workbook(file)
        lines, facts = book.worksheets
        values = [cell.value for cell in lines[2]]
        self.assertIn("=PO 1", values)
        self.assertIn(3, values)
        self.assertEqual(lines["B2"].value.date(), self.order.confirmed_on.date())
        self.assertEqual(facts["B1"].value, "all lines")
        self.assertEqual(facts["B4"].value, self.branch.name)

    def test_files_speak_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        export = self.env["sale.line.export"].with_user(self.user).with_context(lang="nl_NL")
        parameters = export._prepare_parameters({"columns": "all"})
        text = b"".join(export._iterate_csv(*export._get_selection(parameters))).decode()
        self.assertIn("63,21", text)
        self.assertIn(self.order.confirmed_on.strftime(";%d-%m-%Y;"), text)

    def test_many_lines_need_no_more_memory(self):
        few, many = (self._measure_peak("csv", count) for count in (4_000, 60_000))
        self.assertLess(many, 2 * few)
        few, many = (self._measure_peak("xlsx", count) for count in (4_000, 60_000))
        self.assertLess(many, 2 * few)

    def _measure_peak(self, file_format, count):
        export = self.env["sale.line.export"]
        query = SQL("SELECT 'S' || number FROM generate_series(1, %s) number", count)
        write = export._write_csv if file_format == "csv" else export._write_xlsx
        with (
            patch.object(type(export), "_get_export_query", lambda *_args: query),
            open("/dev/null", "wb") as nowhere,
        ):
            tracemalloc.start()
            target = nowhere if file_format == "csv" else "/dev/null"
            write(target, Domain.TRUE, ("order", False), ["order"])
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return peak
