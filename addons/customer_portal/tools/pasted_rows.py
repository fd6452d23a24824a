"""Rows of numbers of articles with quantities, as typed or pasted from a spreadsheet."""

import re
from dataclasses import dataclass, field

AMOUNT = r"[-+]?\d[\d.,'\u2019\u202f]*(?:e[-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)"
UNIT = r"(?:pcs?|pieces?|st(?:uks?|\u00fcck|k)?|units?|x)\.?"
IS_AMOUNT = re.compile(rf"({AMOUNT})(?:\s*{UNIT})?", re.IGNORECASE)
AMOUNT_FIRST = re.compile(rf"({AMOUNT})\s*(?:{UNIT}\s*)?[x\u00d7*]\s*(\S.*)", re.IGNORECASE)
AMOUNT_AFTER_SIGN = re.compile(rf"(\S.*?)\s*[x\u00d7*]\s*({AMOUNT})", re.IGNORECASE)
AMOUNT_LAST = re.compile(rf"(\S.*?)(?:\s*,\s*|\s+)({AMOUNT})(?:\s*{UNIT})?", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]+")
# Words of a row of headings, in the languages of the portal.
AMOUNT_WORDS = {"quantity", "qty", "amount", "pieces", "pcs", "aantal", "hoeveelheid", "stuks"} | {
    *("menge", "anzahl", "st\u00fcck", "stk", "stueck")
}
NUMBER_WORDS = {"article", "item", "sku", "ean", "gtin", "barcode", "part", "partnumber", "mpn"} | {
    *("artikel", "artikelnummer", "artikelnr", "onderdeelnummer", "bestelnummer", "bestellnummer"),
    *("teilenummer", "herstellernummer", "number", "nummer", "code"),
}
NOTE_WORDS = {"description", "name", "omschrijving", "naam", "beschreibung", "bezeichnung"}


@dataclass
class PastedRow:
    """A row: its text, and how it can be read, the likeliest first.

    :param list readings: lists of ``(number, quantity)`` as typed, those of one list equally likely
    """

    text: str
    readings: list = field(default_factory=list)


def read_rows(text):
    """Read rows; empty ones and one of headings are left out.

    :param str text: as typed or pasted
    :return: list of ``PastedRow``
    """
    lines = [line.strip(" \r\n\u00a0") for line in text.replace("\x00", "").split("\n")]
    lines = [line for line in lines if line.strip()]
    columns, separator = read_headings(lines[0]) if lines else (None, None)
    rows = []
    for line in lines[1:] if columns else lines:
        cells = split_cells(line, separator)
        if any(cells):
            readings = get_column_readings(cells, columns) if columns else get_readings(cells)
            rows.append(PastedRow(line.strip(), readings))
    return rows


def get_separator(line):
    """What stands between the cells of a row; nothing when that is blanks or a comma."""
    return next((sign for sign in "\t;" if sign in line), None)


def split_cells(line, separator=None):
    """Texts of the cells of a row, without quotes around them."""
    sign = separator if separator and separator in line else get_separator(line)
    cells = line.split(sign) if sign else [line]
    return [cell.strip().strip("\"'").strip() for cell in cells]


def read_headings(line):
    """Which columns have numbers and which has the quantity, when a row says that.

    :return: ``((places of numbers, place of the quantity or None), separator)``, or nothing
    """
    separator = get_separator(line) or ("," if "," in line else None)
    words = [set(LETTERS.findall(cell.lower())) for cell in split_cells(line, separator)]
    if any(char.isdigit() for char in line):
        return None, None
    amounts = [place for place, found in enumerate(words) if found & AMOUNT_WORDS]
    numbers = [
        place
        for place, found in enumerate(words)
        if found & NUMBER_WORDS and place not in amounts and not found & NOTE_WORDS
    ]
    if not numbers or (len(words) > 1 and not separator):
        return None, None
    return (numbers, amounts[0] if amounts else None), separator


def get_column_readings(cells, columns):
    """How a row is read whose columns have headings: by each of its numbers in turn."""
    numbers, place = columns
    if len(cells) == 1:
        return get_readings(cells)
    amount = cells[place] if place is not None and place < len(cells) else ""
    found = [cells[number] for number in numbers if number < len(cells) and cells[number]]
    return [[(number, amount or "1")] for number in found] or get_readings(cells)


def get_readings(cells):
    """How a row without headings is read: number before quantity, or the other way round."""
    filled = [cell for cell in cells if cell]
    if len(filled) == 1:
        return get_text_readings(filled[0])
    first, second = filled[:2]
    amounts = [cell for cell in filled[1:] if is_amount(cell)]
    usual = [(first, amounts[0] if amounts else "1" if len(filled) > 2 else second)]
    turned = [(second, first)]
    if not is_amount(first):
        return [usual]
    return [usual, turned] if is_amount(second) else [turned, usual]


def get_text_readings(text):
    """How a row without columns is read: "123", "123 5", "123, 5", "5 x 123" or "123 x 5"."""
    readings = [(text, "1")]
    for pattern, is_turned in (
        (AMOUNT_FIRST, True),
        (AMOUNT_AFTER_SIGN, False),
        (AMOUNT_LAST, False),
    ):
        if found := pattern.fullmatch(text):
            readings.append(found.groups()[::-1] if is_turned else found.groups())
    return [list(dict.fromkeys(readings))]


def is_amount(text):
    """Whether a cell is a quantity, a wrong one too."""
    return bool(IS_AMOUNT.fullmatch(text))
