"""Writes a table into a CSV or XLSX file that a spreadsheet opens right; no text is a formula."""

import csv
import io
import re
from datetime import date

import xlsxwriter

# What a spreadsheet could take for a formula: these signs, also their wide forms, after blanks.
FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
UNCLEAN = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ufffe\uffff]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
BREAKS = re.compile(r"\s*[\t\r\n\v\f\u0085\u2028\u2029]+\s*")
MAX_TEXT = 32_767  # characters in a cell, of every spreadsheet
MAX_ROWS = 1_048_576  # of a sheet, with its head
MEMO_SIZE = 20_000
DAY_ZERO = date(1899, 12, 30).toordinal()  # of a spreadsheet's calendar
WIDTHS = {"text": 22, "long": 40, "number": 10, "money": 12, "date": 12}


def clean(text):
    """A text in one line, without what no file can hold, not longer than a cell.

    :param text: str or None
    :rtype: str
    """
    if not text:
        return ""
    if UNCLEAN.search(text):
        text = BREAKS.sub(" ", CONTROLS.sub("", text)).strip()
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}\N{HORIZONTAL ELLIPSIS}"


def disarm(text):
    """A text for a CSV cell: what a spreadsheet could take for a formula begins with ``'``.

    :param text: str or None
    :rtype: str
    """
    if not text:
        return ""
    if FORMULA.match(text) or text[0] in "\t\r\n":
        text = f"'{text}"
    return clean(text)


class Memo(dict):
    """Answers of a function that is asked the same again and again; forgets when too many."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __missing__(self, key):
        if len(self) >= MEMO_SIZE:
            self.clear()
        value = self[key] = self.function(key)
        return value


class CsvTable:
    """CSV for the spreadsheet of a language: with a decimal comma fields end with a semicolon.

    Excel reads UTF-8 when the file begins with a byte order mark, and separators, decimals and
    days as the language of the computer writes them.

    :param kinds: per column text, long, number, money or date
    :param lang: ``res.lang`` data: ``decimal_point``, ``date_format``
    """

    encoding = "utf-8"

    def __init__(self, kinds, lang):
        self.point = lang.decimal_point
        self.delimiter = ";" if self.point == "," else ","
        day = Memo(lambda value: value.strftime(lang.date_format) if value else "")
        writers = {
            "number": Memo(self.format_number).__getitem__,
            "money": Memo(self.format_money).__getitem__,
            "date": day.__getitem__,
        }
        self.writers = [writers.get(kind, disarm) for kind in kinds]

    def format_number(self, value):
        """A quantity without superfluous decimals."""
        if value is None:
            return ""
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", self.point)

    def format_money(self, value):
        """An amount with two decimals, or with all it has."""
        if value is None:
            return ""
        if round(value, 2) == round(value, 6):
            return f"{value:.2f}".replace(".", self.point)
        return self.format_number(value)

    def head(self, labels):
        """The byte order mark and the line of labels.

        :rtype: bytes
        """
        return b"\xef\xbb\xbf" + self._encode([[disarm(label) for label in labels]])

    def rows(self, rows):
        """Lines of typed values: str, float, date or None.

        :rtype: bytes
        """
        columns = zip(*rows, strict=True)
        written = [map(write, column) for write, column in zip(self.writers, columns, strict=True)]
        return self._encode(zip(*written, strict=True))

    def _encode(self, rows):
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode(self.encoding)


class XlsxTable:
    """XLSX written row by row: real numbers and days, texts that are never read as anything else.

    :param file: path or binary file
    :param kinds: per column text, long, number, money or date
    """

    def __init__(self, file, kinds):
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(file, options)
        self.kinds = kinds
        self.bold = self.book.add_format({"bold": True, "bottom": 1})
        # what looks like a formula stays a text also when somebody edits the cell
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.day = self.book.add_format({"num_format": 14})  # as the computer writes days
        self.money = self.book.add_format({"num_format": "#,##0.00####"})
        self.sheet = None
        self.row = 0

    def head(self, title, labels):
        """Begin the sheet of the table; its head stays in sight and can be filtered by."""
        self.sheet = self.book.add_worksheet(title[:31])
        self.sheet.freeze_panes(1, 0)
        for column, (label, kind) in enumerate(zip(labels, self.kinds, strict=True)):
            self.sheet.set_column(column, column, max(WIDTHS[kind], len(label) + 4))
            self.sheet.write_string(0, column, clean(label), self.bold)

    def rows(self, rows):
        """Add lines of typed values: str, float, date or None."""
        writers = [getattr(self, f"_write_{kind}") for kind in self.kinds]
        for values in rows:
            self.row += 1
            for column, value in enumerate(values):
                if value is not None and value != "":
                    writers[column](self.row, column, value)

    def facts(self, title, facts):
        """Add a sheet of pairs: what the table holds, when and for whom."""
        self.sheet.autofilter(0, 0, self.row, len(self.kinds) - 1)
        sheet = self.book.add_worksheet(title[:31])
        sheet.set_column(0, 0, 20, None)
        sheet.set_column(1, 1, 70, None)
        for row, (label, text) in enumerate(facts):
            sheet.write_string(row, 0, clean(label), self.bold)
            sheet.write_string(row, 1, clean(text), self.quoted)

    def close(self):
        """Write the file."""
        self.book.close()

    def _write_text(self, row, column, value):
        style = self.quoted if FORMULA.match(value) else None
        self.sheet.write_string(row, column, clean(value), style)

    _write_long = _write_text

    def _write_number(self, row, column, value):
        self.sheet.write_number(row, column, value)

    def _write_money(self, row, column, value):
        self.sheet.write_number(row, column, value, self.money)

    def _write_date(self, row, column, value):
        self.sheet.write_number(row, column, value.toordinal() - DAY_ZERO, self.day)
