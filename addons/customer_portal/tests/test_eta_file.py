import io
import zipfile
from datetime import date, datetime

import xlsxwriter

from odoo.tests import BaseCase, tagged

from ..tools import eta_file
from ..tools.eta_file import EtaFileError, read_rows

HEADER = "Purchase order;Article;Quantity;Date\r\n"


def make_xlsx(rows):
    """A workbook as Excel writes it; days become cells with a date format."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output)
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date | datetime):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, value)
    book.close()
    return output.getvalue()


@tagged("post_install", "-at_install")
class TestEtaFile(BaseCase):
    def _assert_refused(self, code, content, name="eta.csv"):
        with self.assertRaises(EtaFileError) as caught:
            read_rows(content, name)
        self.assertEqual(caught.exception.code, code)

    def test_headers_are_known_in_three_languages_whatever_their_case_and_blanks(self):
        headers = {
            "Purchase Order Number;Vendor part number;Date": {"order", "vendor_code", "date"},
            " INKOOPORDER ;artikelnummer; Verwachte  leverdatum": {"order", "article", "date"},
            "Liefertermin;Stück;Bestell-Nr.;Artikel-Nr.": {"order", "article", "quantity", "date"},
            "bestelnummer;leveranciersartikelnummer;aantal;datum;opmerking": {
                "order",
                "vendor_code",
                "quantity",
                "date",
            },
            "PO no.;EAN;ETA": {"order", "ean", "date"},
        }
        for header, keys in headers.items():
            with self.subTest(header=header):
                rows = read_rows(f"{header}\n1;2;3;4;5\n".encode(), "eta.csv")
                self.assertEqual(rows[0].keys(), keys | {"row"})

    def test_csv_is_read_with_every_separator_and_encoding(self):
        text = '"Purchase order"|Article|Date|Remark\r\nP1|"A|1"|2026-12-31|für Köln\r\n'
        for separator in ";,\t":
            for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
                with self.subTest(separator=separator, encoding=encoding):
                    content = text.replace("|", separator).encode(encoding)
                    (row,) = read_rows(content, "ETA.CSV")
                    self.assertEqual(row["article"], f"A{separator}1")
                    self.assertEqual((row["row"], row["date"]), (2, "2026-12-31"))

    def test_rows_keep_the_number_of_their_line(self):
        text = f'Dear customer\n\n{HEADER}P1;"A\nB";1;2026-12-31\n\n;;;\nP2;C;1;2026-12-31\n'
        rows = read_rows(text.encode(), "eta.csv")
        self.assertEqual([row["row"] for row in rows], [4, 8])

    def test_the_separator_line_of_excel_is_no_row(self):
        rows = read_rows(f"sep=;\r\n{HEADER}P1;A;1;31-12-2026\r\n".encode(), "eta.csv")
        self.assertEqual(rows[0]["row"], 3)

    def test_a_short_row_has_empty_cells(self):
        (row,) = read_rows(f"{HEADER}P1;A\r\n".encode(), "eta.csv")
        self.assertIsNone(row["date"])

    def test_a_workbook_gives_numbers_and_days(self):
        content = make_xlsx(
            [["Datum", "Bestellnummer", "Artikel"], [date(2026, 12, 31), "P1", 5901234123457]]
        )
        (row,) = read_rows(content, "eta.xlsx")
        self.assertEqual(row["date"], "2026-12-31")
        self.assertEqual((row["row"], row["article"]), (2, 5901234123457))

    def test_formulas_are_read_as_their_values(self):
        output = io.BytesIO()
        book = xlsxwriter.Workbook(output)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Order", "Article", "ETA"])
        sheet.write_formula(1, 0, '="P"&"1"', value="P1")
        sheet.write_row(1, 1, ["A", "2026-12-31"])
        book.close()
        (row,) = read_rows(output.getvalue(), "eta.xlsx")
        self.assertEqual(row["order"], "P1")

    def test_a_file_that_is_not_what_its_name_says_is_refused(self):
        book = make_xlsx([["Order", "Article", "ETA"]])
        table = {
            "empty": (b"", "eta.csv"),
            "kind": (HEADER.encode(), "eta.pdf"),
            "not_csv": (book, "eta.csv"),
            "not_xlsx": (HEADER.encode(), "eta.xlsx"),
            "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "eta.xlsx"),
            "no_header": (b"one;two\n1;2\n", "eta.csv"),
            "double_header": (b"Order;PO number;Article;Date\n", "eta.csv"),
        }
        for code, (content, name) in table.items():
            with self.subTest(code=code):
                self._assert_refused(code, content, name)

    def test_damaged_workbooks_are_refused(self):
        book = make_xlsx([["Order", "Article", "ETA"], ["P1", "A", "2026-12-31"]])
        other = io.BytesIO()
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("readme.txt", "no workbook")
        for content in (book[: len(book) // 2], b"PK\x03\x04", other.getvalue()):
            with self.subTest(size=len(content)):
                self._assert_refused("not_xlsx", content, "eta.xlsx")

    def test_a_small_archive_that_unpacks_to_much_is_refused(self):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", bytes(eta_file.MAX_UNPACKED + 1))
        self.assertLess(len(output.getvalue()), eta_file.MAX_BYTES)
        self._assert_refused("too_large", output.getvalue(), "eta.xlsx")

    def test_a_row_far_below_the_others_does_not_keep_the_server_busy(self):
        book = make_xlsx([["Order", "Article", "ETA"], ["P1", "A", "2026-12-31"]])
        output = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(book)) as archive,
            zipfile.ZipFile(output, "w") as changed,
        ):
            for name in archive.namelist():
                far = archive.read(name).replace(b'<row r="2"', b'<row r="2000000000"')
                changed.writestr(name, far)
        self._assert_refused("too_many_rows", output.getvalue(), "eta.xlsx")

    def test_large_files_are_refused(self):
        self._assert_refused("too_large", bytes(eta_file.MAX_BYTES + 1))
        rows = b"P1;A;1;2026-12-31\n" * (eta_file.MAX_ROWS + eta_file.HEADER_WITHIN + 1)
        self._assert_refused("too_many_rows", HEADER.encode() + rows)
