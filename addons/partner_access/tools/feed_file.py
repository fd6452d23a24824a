"""Reads the file of a feed: all rows of it, or the reason why none of them can be trusted."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_VERSION = 40  # signs of a number or moment
REQUIRED = ("email", "company")
FOOTER = "#"
DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y")


class FeedFileError(Exception):
    """The file as a whole cannot be used; ``code`` says why, ``places`` where."""

    def __init__(self, *, code, **places):
        super().__init__(code)
        self.code = code
        self.places = places


@dataclass
class FeedTable:
    """What a file holds: its columns, the rows as ``{column: text, 'line': number}``, and the
    version that all rows name."""

    columns: set = field(default_factory=set)
    rows: list = field(default_factory=list)
    version: str = ""


def read_feed(content, headers, needs_footer=False):
    """Read a whole file.

    :param bytes content: the file
    :param dict headers: per column the names its header may have, in order
    :param bool needs_footer: whether the last line has to count the rows
    :rtype: FeedTable
    :raise FeedFileError: too_large, empty, not_utf8, not_text, no_header, double_header, malformed,
        cells, truncated, footer, no_footer, too_many_rows, versions, version
    """
    records = _split(_decode(content), headers)
    columns = _get_columns(records[0][1], headers)
    records = _drop_footer(records[1:], needs_footer)
    if not records:
        raise FeedFileError(code="empty")
    table = FeedTable(columns=set(columns))
    width = len(columns)
    for line, cells in records:
        if len(cells) != width:
            raise FeedFileError(code="cells", line=line, found=len(cells), expected=width)
        row = dict(zip(columns, cells, strict=True))
        table.rows.append({"line": line} | {key: row[key] for key in row if key in headers})
    table.columns &= headers.keys()
    table.version = _get_version(table)
    return table


def get_key(header):
    """What of a header counts: case, blanks, signs and accents do not.

    :param str header: as it stands in the file
    :rtype: str
    """
    plain = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def read_date(text):
    """A day as files write it: 2026-12-31, 31-12-2026, 31.12.2026 or 31/12/2026.

    :param str text: what stands in the cell
    :return: the day; None for anything else
    :rtype: date | None
    """
    for known in DATE_FORMATS:
        try:
            return datetime.strptime(text, known).date()
        except ValueError:
            continue
    return None


def is_older(version, other):
    """Whether a version comes before another one: numbers as numbers, moments as ISO text.

    :param str version: of the file at hand
    :param str other: of a file that was imported
    :rtype: bool
    """
    if version.isdecimal() and other.isdecimal():
        return int(version) < int(other)
    return version < other


def _decode(content):
    if len(content) > MAX_BYTES:
        raise FeedFileError(code="too_large", limit=MAX_BYTES // 1024 // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FeedFileError(code="not_utf8", line=line) from error
    if "\x00" in text:
        raise FeedFileError(code="not_text")
    if not text.strip():
        raise FeedFileError(code="empty")
    if not text.endswith(("\n", "\r")):
        raise FeedFileError(code="truncated")
    return text


def _split(text, headers):
    """Records of the file as ``(line, cells)``, the header first; blank lines are left out."""
    known = {get_key(name) for names in headers.values() for name in names}
    first = text.lstrip("\r\n").splitlines()[0]

    def count_known(delimiter):
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(get_key(cell) in known for cell in cells)

    delimiter = max(";,\t", key=count_known)
    records, start = [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                records.append((start, cells))
            if len(records) > MAX_ROWS + 2:
                raise FeedFileError(code="too_many_rows", limit=MAX_ROWS)
            start = reader.line_num + 1
    except csv.Error as error:
        is_cut = "end of data" in str(error)
        code = "truncated" if is_cut else "malformed"
        raise FeedFileError(code=code, line=reader.line_num) from error
    if not records:
        raise FeedFileError(code="empty")
    return records


def _get_columns(cells, headers):
    """The key of each column, in the order of the file; a number for one that is not used."""
    known = {get_key(name): key for key, names in headers.items() for name in names}
    columns = [known.get(get_key(cell), number) for number, cell in enumerate(cells)]
    missing = [key for key in REQUIRED if key not in columns]
    if missing:
        raise FeedFileError(code="no_header", names=", ".join(headers[key][0] for key in missing))
    double = next((key for key in known.values() if columns.count(key) > 1), None)
    if double:
        raise FeedFileError(code="double_header", names=", ".join(headers[double]))
    return columns


def _drop_footer(records, needs_footer):
    """Compare the rows with the count of the last line, where there is one: ``#;500``."""
    if not records or not records[-1][1][0].strip().startswith(FOOTER):
        if needs_footer:
            raise FeedFileError(code="no_footer")
        return records
    counts = re.findall(r"\d+", " ".join(records[-1][1]))
    found = len(records) - 1
    if [count.lstrip("0") or "0" for count in counts] != [str(found)]:
        raise FeedFileError(code="footer", expected=", ".join(counts)[:40], found=found)
    return records[:-1]


def _get_version(table):
    """The one version that all rows name; empty where the file has no such column."""
    versions = {row["version"].strip() for row in table.rows if "version" in row}
    if len(versions) > 1:
        names = ", ".join(sorted(versions)[:3])
        raise FeedFileError(code="versions", names=names)
    version = versions.pop() if versions else ""
    is_known = version.isdecimal() or _is_moment(version)
    if version and not (is_known and len(version) <= MAX_VERSION):
        raise FeedFileError(code="version", version=version[:MAX_VERSION])
    return version


def _is_moment(text):
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True
