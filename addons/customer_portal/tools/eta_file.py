"""Reads the table out of a file that a supplier sent: CSV in any of its habits, or XLSX."""

import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 100
# A row may claim any number; the library makes all blank rows before it.
MAX_LAST_ROW = 50_000
HEADER_WITHIN = 20
ENCRYPTED = b"\xd0\xcf\x11\xe0"  # also the old XLS
ZIPPED = b"PK\x03\x04"
# As `_get_key` writes a header: small letters and digits only.
HEADERS = {
    "order": "purchaseorder purchaseordernumber purchaseorderno po ponumber pono ponr order "
    "ordernumber orderno ordernr yourorder yourordernumber yourreference "
    "inkooporder inkoopordernummer inkooporderno inkoopordernr inkoopnummer ordernummer "
    "bestelling bestelnummer bestellingnummer bestelnr uworder uwordernummer uwreferentie "
    "bestellung bestellnummer bestellnr einkaufsbestellung bestellungsnummer "
    "ihrebestellung ihrebestellnummer ihrereferenz",
    "article": "article articlenumber articleno articlenr item itemnumber itemno sku product "
    "productcode productnumber internalreference yourarticle yourarticlenumber "
    "artikel artikelnummer artikelnr artikelcode productnummer interneereferentie "
    "internereferentie uwartikelnummer "
    "produkt produktnummer produktcode internereferenz ihreartikelnummer",
    "vendor_code": "vendorpartnumber vendorpartno vendorcode vendorproductcode vendorarticle "
    "vendorarticlenumber supplierpartnumber suppliercode supplierarticle supplierarticlenumber "
    "leverancierscode leveranciersartikelnummer artikelnummerleverancier "
    "leveranciersartikel leveranciersproductcode leveranciersartikelnr "
    "lieferantenartikel lieferantenartikelnummer lieferantenartikelnr lieferantennummer "
    "artikelnummerlieferant artikelnummerdeslieferanten lieferantencode",
    "ean": "ean eancode ean13 gtin barcode streepjescode strichcode eannummer",
    "quantity": "quantity qty quantityopen openquantity aantal hoeveelheid besteldaantal "
    "menge anzahl stuck stuckzahl bestellmenge",
    "date": "date eta etadate expecteddate expectedarrival expecteddelivery "
    "expecteddeliverydate deliverydate arrivaldate confirmeddate "
    "datum leverdatum verwachtedatum verwachteleverdatum verwachteaankomst levering "
    "bevestigdeleverdatum aankomstdatum "
    "lieferdatum liefertermin termin ankunft ankunftsdatum erwartetesdatum "
    "erwarteteslieferdatum voraussichtlicheslieferdatum bestatigterliefertermin",
}
KEYS = {word: key for key, words in HEADERS.items() for word in words.split()}
NUMBERS = {"article", "vendor_code", "ean"}


class EtaFileError(Exception):
    """The file as a whole cannot be used; ``code`` says why."""

    def __init__(self, *, code):
        super().__init__(code)
        self.code = code


def read_rows(content, name):
    """Read the rows below the header.

    :param bytes content: the file
    :param str name: its name, that says what it is
    :return: dictionaries with ``row`` (number of the line in the file, from 1) and those of
        ``order``, ``article``, ``vendor_code``, ``ean``, ``quantity``, ``date`` that have a
        column; text or number, dates of a spreadsheet as ISO text; blank lines are left out
    :raise EtaFileError: empty, too_large, too_many_rows, not_csv, not_xlsx, encrypted, kind,
        no_header, double_header
    """
    if not content:
        raise EtaFileError(code="empty")
    if len(content) > MAX_BYTES:
        raise EtaFileError(code="too_large")
    if name.lower().endswith(".xlsx"):
        return _get_records(list(_read_xlsx(content)))
    if name.lower().endswith((".csv", ".txt")):
        return _read_csv(content)
    raise EtaFileError(code="kind")


def _get_key(header):
    """What a header means: case, blanks, signs and accents do not matter."""
    plain = unicodedata.normalize("NFKD", str(header or "").casefold())
    return KEYS.get(re.sub(r"[^a-z0-9]", "", plain))


def _get_columns(cells):
    """``{key: position}`` of a row that may be the header; empty when it is none."""
    keys = [_get_key(cell) for cell in cells]
    named = [key for key in keys if key]
    if not {"order", "date"} <= set(named) or not NUMBERS & set(named):
        return {}
    if len(named) != len(set(named)):
        raise EtaFileError(code="double_header")
    return {key: keys.index(key) for key in named}


def _get_records(numbered):
    """Dictionaries of the rows below the header; titles may stand above it."""
    if not numbered:
        raise EtaFileError(code="empty")
    for position, (_number, cells) in enumerate(numbered[:HEADER_WITHIN]):
        columns = _get_columns(cells)
        if columns:
            return [
                {"row": number}
                | {key: cells[at] if at < len(cells) else None for key, at in columns.items()}
                for number, cells in numbered[position + 1 :]
            ]
    raise EtaFileError(code="no_header")


def _is_blank(cells):
    return not any(str(cell).strip() for cell in cells if cell is not None)


def _append(rows, number, cells):
    if not _is_blank(cells):
        rows.append((number, cells))
    if len(rows) > MAX_ROWS + HEADER_WITHIN:
        raise EtaFileError(code="too_many_rows")


def _read_csv(content):
    text = _decode(content)
    first, _break, rest = text.partition("\n")
    if re.fullmatch(r"sep=.\r?", first):  # what Excel writes and reads
        text = "\n" + rest
    error = EtaFileError(code="no_header")
    for delimiter in ";,\t":
        try:
            return _get_records(_split(text, delimiter))
        except EtaFileError as caught:
            if caught.code != "no_header":
                raise
            error = caught
    raise error


def _decode(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or content.startswith((ZIPPED, ENCRYPTED, b"%PDF")):
            break
        return text
    raise EtaFileError(code="not_csv")


def _split(text, delimiter):
    rows, start = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            _append(rows, start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise EtaFileError(code="not_csv") from error
    return rows


def _read_xlsx(content):
    if content.startswith(ENCRYPTED):
        raise EtaFileError(code="encrypted")
    _check_archive(content)
    rows = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        lines = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        for number, cells in enumerate(lines, 1):
            if number > MAX_LAST_ROW:
                raise EtaFileError(code="too_many_rows")
            _append(rows, number, [_get_value(cell) for cell in cells])
    except EtaFileError:
        raise
    # a damaged workbook fails anywhere in the library
    except Exception as error:
        raise EtaFileError(code="not_xlsx") from error
    return rows


def _check_archive(content):
    """Refuse what is no archive, or one that unpacks to more than a workbook needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise EtaFileError(code="not_xlsx") from error
    if any(info.flag_bits & 1 for info in infos):
        raise EtaFileError(code="encrypted")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise EtaFileError(code="too_large")


def _get_value(cell):
    """A cell as text or number; days as ISO text."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if cell is None or isinstance(cell, (str, int, float)):
        return cell
    return str(cell)
