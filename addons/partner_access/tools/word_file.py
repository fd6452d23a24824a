"""Word documents: complete, of a size that can be opened, without macros and embedded programs."""

import io
import re
import struct
import zipfile
import zlib

from .refused_file import RefusedFile

UNPACKED_LIMIT = 100 * 1024 * 1024
PART_LIMIT = 5_000
ZIP_START = b"PK\x03\x04"
ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError)
WORD_PARTS = {"[Content_Types].xml", "word/document.xml"}
ACTIVE_PARTS = re.compile(
    r"vba[^/]*\.bin$|oleobject[^/]*\.bin$|/activex/|(^|/)manifest\.mf$"
    r"|\.(exe|dll|scr|js|jse|vbs|wsf|bat|cmd|ps1|hta|html?|mht|class|jar|swf|svg)$",
    re.IGNORECASE,
)
RELATION = re.compile(rb"<Relationship\b[^<>]*>")
OLE_START = bytes.fromhex("D0CF11E0A1B11AE1")
OLE_FREE = 0xFFFFFFFF
WORD_STREAM = "WordDocument".encode("utf-16-le")
LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
ACTIVE_STREAMS = [name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Ole10Native")]


def check_docx(content):
    """Refuse a DOCX that is not complete, too large when unpacked, locked, or holds programs.

    :param content: bytes of the file
    :raise RefusedFile: with the reason
    """
    if content.startswith(OLE_START) and LOCKED_STREAM in content:
        raise RefusedFile(reason="locked")
    if not content.startswith(ZIP_START):
        raise RefusedFile(reason="damaged")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    except BROKEN_ZIP as error:
        raise RefusedFile(reason="incomplete") from error


def _check_archive(archive):
    parts = archive.infolist()
    if len(parts) > PART_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise RefusedFile(reason="large")
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedFile(reason="locked")
    names = {part.filename for part in parts}
    if not names >= WORD_PARTS or any(part.compress_type not in ZIP_METHODS for part in parts):
        raise RefusedFile(reason="damaged")
    if archive.testzip():
        raise RefusedFile(reason="damaged")
    if any(ACTIVE_PARTS.search(name) for name in names) or _is_macro_type(archive):
        raise RefusedFile(reason="active")
    if any(_is_loading(archive.read(name)) for name in names if name.endswith(".rels")):
        raise RefusedFile(reason="active")


def _is_macro_type(archive):
    return b"macroenabled" in archive.read("[Content_Types].xml").lower()


def _is_loading(relations):
    """Return whether a document loads something from elsewhere when it is opened."""
    return any(
        b'targetmode="external"' in relation
        and b"/hyperlink" not in relation
        and b'target="http' in relation
        for relation in map(bytes.lower, RELATION.findall(relations))
    )


def check_doc(content):
    """Refuse a DOC that is not complete or holds macros or embedded programs.

    :param content: bytes of the file
    :raise RefusedFile: with the reason
    """
    if not content.startswith(OLE_START) or WORD_STREAM not in content:
        raise RefusedFile(reason="damaged")
    if any(stream in content for stream in ACTIVE_STREAMS):
        raise RefusedFile(reason="active")
    if len(content) <= _get_last_sector(content):
        raise RefusedFile(reason="incomplete")


def _get_last_sector(content):
    """Return where the last used sector begins, by the tables that the header lists."""
    header = content[:512].ljust(512, b"\xff")
    size = 1 << min(struct.unpack_from("<H", header, 30)[0], 12)
    count, last = size // 4, -1
    for number, sector in enumerate(struct.unpack_from("<109I", header, 76)):
        if sector == OLE_FREE:
            break
        table = content[(sector + 1) * size : (sector + 2) * size]
        if len(table) < size:
            raise RefusedFile(reason="incomplete")
        entries = struct.unpack(f"<{count}I", table)
        used = [index for index, entry in enumerate(entries) if entry != OLE_FREE]
        last = number * count + used[-1] if used else last
    return (last + 1) * size
