"""PDF files: complete, readable, and without anything that runs when they are opened."""

import io
import re
import zlib
from itertools import islice

from odoo.tools.pdf import OdooPdfFileReader

from .refused_file import RefusedFile

UNPACKED_LIMIT = 64 * 1024 * 1024
STREAM_LIMIT = 50_000
INVOICE_LIMIT = 5 * 1024 * 1024


def _name(text):
    """Return a pattern of a PDF name, whose letters may also be written by their number."""
    letters = "".join(f"(?:{char}|#{ord(char):02x}|#{ord(char):02X})" for char in text)
    return f"/{letters}(?![A-Za-z0-9#])".encode()


# What a PDF can do beyond being read. It may open at a page (OpenAction) and link to a site.
ACTIVE_NAMES = (
    "JavaScript",
    "Launch",
    "RichMedia",
    "XFA",
    "SubmitForm",
    "ImportData",
    "GoToE",
    "FileAttachment",
)
ACTIVE = re.compile(b"|".join(_name(name) for name in ACTIVE_NAMES))
EMBEDDED = re.compile(_name("EmbeddedFile") + b"|" + _name("EmbeddedFiles"))
ENCRYPTED = re.compile(_name("Encrypt"))
PACKED = re.compile(_name("ObjStm"))
STREAM = re.compile(rb">>\s*stream\r?\n")


def check_pdf(content):
    """Refuse a PDF that is not complete, locked, or does more than being read.

    An invoice with its data as XML inside is taken: that is how electronic invoices are made.

    :param content: bytes of the file
    :raise RefusedFile: with the reason
    """
    if not content.startswith(b"%PDF-"):
        raise RefusedFile(reason="damaged")
    _body, mark, rest = content.rpartition(b"%%EOF")
    if not mark:
        raise RefusedFile(reason="incomplete")
    if rest.strip(b"\x00\r\n\t "):
        raise RefusedFile(reason="mixed")
    if ENCRYPTED.search(content):
        raise RefusedFile(reason="locked")
    parts = [content, *_unpack(content)]
    if any(ACTIVE.search(part) for part in parts):
        raise RefusedFile(reason="active")
    if any(EMBEDDED.search(part) for part in parts) and not _is_data_only(content):
        raise RefusedFile(reason="active")


def _unpack(content):
    """Return the objects that stand packed in streams.

    :raise RefusedFile: when they cannot be unpacked, or are too many
    """
    starts = [found.end() for found in islice(STREAM.finditer(content), STREAM_LIMIT + 1)]
    if len(starts) > STREAM_LIMIT:
        raise RefusedFile(reason="large")
    parts, size = [], 0
    for before, start, after in zip(
        [0, *starts], starts, [*starts[1:], len(content)], strict=False
    ):
        if PACKED.search(content, before, start):
            parts.append(_inflate(content[start:after], UNPACKED_LIMIT - size))
            size += len(parts[-1])
    return parts


def _inflate(data, limit):
    try:
        part = zlib.decompressobj().decompress(data, limit)
    except zlib.error as error:
        raise RefusedFile(reason="damaged") from error
    if len(part) >= limit:
        raise RefusedFile(reason="large")
    return part


def _is_data_only(content):
    """Return whether all files inside are XML by their names, as in an electronic invoice."""
    if len(content) > INVOICE_LIMIT:
        return False
    try:
        files = OdooPdfFileReader(io.BytesIO(content)).trailer["/Root"]["/Names"]["/EmbeddedFiles"]
        specs = [spec.get_object() for spec in files["/Names"][1::2]]
        names = [spec[key] for spec in specs for key in ("/F", "/UF") if key in spec]
    except Exception:
        return False
    plain = bool(names) and "/Kids" not in files
    return plain and all(str(name).lower().endswith(".xml") for name in names)
