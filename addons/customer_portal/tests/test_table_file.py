import csv
import io
from datetime import date
from types import SimpleNamespace

from openpyxl import load_workbook

from odoo.tests import TransactionCase, tagged

from ..tools.table_file import MAX_TEXT, CsvTable, XlsxTable, clean, disarm

FORMULAS = [
    "=1+1",
    "+31 20 1234567",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1+1",
    "\N{NO-BREAK SPACE}=1",
    "\N{ZERO WIDTH NO-BREAK SPACE}=1",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    '=HYPERLINK("http://x.example";"y")',
    "\tplain",
]
DUTCH = SimpleNamespace(decimal_point=",", date_format="%d-%m-%Y")
GERMAN = SimpleNamespace(decimal_point=",", date_format="%d.%m.%Y")
ENGLISH = SimpleNamespace(decimal_point=".", date_format="%m/%d/%Y")
KINDS = ("text", "number", "money", "date")
ROW = ("Cable; 2 m", -2.5, 1234.5, date(2026, 3, 4))


@tagged("post_install", "-at_install")
class TestTableFile(TransactionCase):
    def _write_csv(self, rows, kinds=KINDS, lang=DUTCH):
        table = CsvTable(kinds, lang)
        return table.head(kinds) + table.rows(rows)

    def _read_csv(self, content, delimiter=";"):
        text = content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))

    def _write_xlsx(self, rows, kinds=KINDS):
        file = io.BytesIO()
        table = XlsxTable(file, kinds)
        table.head("Order lines", kinds)
        table.rows(rows)
        table.facts("Filter", [("Filter", "=1+1")])
        table.close()
        file.seek(0)
        return load_workbook(file)

    def test_no_text_is_a_formula_in_csv(self):
        for text in FORMULAS:
            with self.subTest(repr(text)):
                (_head, (cell,)) = self._read_csv(self._write_csv([(text,)], ["text"]))
                self.assertTrue(cell.startswith("'"))

    def test_no_text_is_a_formula_in_xlsx(self):
        for text in FORMULAS:
            with self.subTest(repr(text)):
                cell = self._write_xlsx([(text,)], ["text"]).worksheets[0]["A2"]
                self.assertEqual(cell.data_type, "s")
                self.assertEqual(cell.value, clean(text))

    def test_what_looks_like_a_formula_stays_a_text_when_edited(self):
        cells = self._write_xlsx([("=1+1",), ("plain",)], ["text"]).worksheets[0]["A"]
        self.assertEqual([cell.quotePrefix for cell in cells[1:]], [True, False])

    def test_other_texts_stay_as_they_are(self):
        for text in ("a=b", "C930e-x", "mail@x.example", "007", "1e5", "", "ß€漢"):
            with self.subTest(text):
                self.assertEqual(disarm(text), text)
        self.assertEqual(disarm(None), "")

    def test_a_text_is_one_line_without_controls(self):
        self.assertEqual(clean("Line one \r\n  line\ttwo\x00\x07"), "Line one line two")

    def test_a_text_fits_a_cell(self):
        self.assertEqual(len(clean("x" * 40_000)), MAX_TEXT)

    def test_csv_is_written_as_the_language_reads_it(self):
        cases = [
            (DUTCH, '"Cable; 2 m";-2,5;1234,50;04-03-2026'),
            (GERMAN, '"Cable; 2 m";-2,5;1234,50;04.03.2026'),
            (ENGLISH, "Cable; 2 m,-2.5,1234.50,03/04/2026"),
        ]
        for lang, line in cases:
            with self.subTest(line):
                content = self._write_csv([ROW], lang=lang)
                self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
                self.assertEqual(content.decode("utf-8-sig").splitlines()[1], line)

    def test_nothing_is_an_empty_cell(self):
        _head, row = self._read_csv(self._write_csv([(None, None, None, None)]))
        self.assertEqual(row, ["", "", "", ""])

    def test_numbers_have_the_decimals_they_need(self):
        table = CsvTable([], DUTCH)
        cases = {10.0: "10", 0.0: "0", 2.5: "2,5", 0.333333: "0,333333", 1e9: "1000000000"}
        for value, text in cases.items():
            with self.subTest(value):
                self.assertEqual(table.format_number(value), text)
        self.assertEqual(table.format_money(12.0), "12,00")
        self.assertEqual(table.format_money(0.0125), "0,0125")

    def test_numbers_and_days_are_such_in_xlsx(self):
        sheet = self._write_xlsx([ROW]).worksheets[0]
        text, number, money, day = (cell for cell in sheet[2])
        self.assertEqual(text.value, "Cable; 2 m")
        self.assertEqual((number.data_type, number.value), ("n", -2.5))
        self.assertEqual((money.data_type, money.value), ("n", 1234.5))
        self.assertTrue(day.is_date)
        self.assertEqual(day.value.date(), date(2026, 3, 4))

    def test_the_head_of_a_sheet_stays_and_filters(self):
        sheet = self._write_xlsx([ROW, ROW]).worksheets[0]
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(sheet.auto_filter.ref, "A1:D3")

    def test_a_second_sheet_says_what_the_file_holds(self):
        sheet = self._write_xlsx([ROW]).worksheets[1]
        self.assertEqual(sheet.title, "Filter")
        self.assertEqual(sheet["B1"].data_type, "s")
        self.assertEqual(sheet["B1"].value, "=1+1")
