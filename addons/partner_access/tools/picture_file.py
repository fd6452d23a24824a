"""Pictures are cut down to the picture itself: no metadata, nothing behind it.

Their pixels are copied as they are. Decoding and encoding them again would cost sharpness, which a
serial number on a label needs, and seconds and memory on the server; what it would remove as well,
places and hidden files, does not stand in the pixels.
"""

import io
import re
import zlib

from PIL import Image

from .refused_file import RefusedFile

PIXEL_LIMIT = 50_000_000
JPEG_START = b"\xff\xd8"
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
# Tables, frames, scans; of the rest only what says how to read the colours.
JPEG_KEPT = {*JPEG_FRAMES, 0xC4, JPEG_SCAN, 0xDB, 0xDD}
JPEG_COLOURS = {0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe\x00"}
JPEG_FILLING = re.compile(rb"\xff+")
JPEG_NEXT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# Read as a script, the length of the first segment opens a remark that a later one closes.
JPEG_SCRIPT = re.compile(rb"\xff\xd8\xff[\xe0-\xfe](/\*.*\*/|//|=)", re.DOTALL)
SEGMENT_LIMIT = 5_000
SCAN_LIMIT = 100
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"IDAT", b"IEND"}
PNG_CHUNK_LIMIT = 50_000
ORIENTATION = 0x0112


def clean_jpeg(content):
    """Return a JPEG without metadata but its orientation, and without what stands behind it.

    :raise RefusedFile: when it is no JPEG, not complete, or a script as well
    """
    if not content.startswith(JPEG_START):
        raise RefusedFile(reason="damaged")
    if JPEG_SCRIPT.match(content):
        raise RefusedFile(reason="mixed")
    segments = list(_read_segments(content))
    if len([marker for marker, _data in segments if marker in JPEG_FRAMES]) != 1:
        raise RefusedFile(reason="damaged")
    kept = [data for marker, data in segments if _is_segment_kept(marker, data)]
    _check_pixels(content, "JPEG")
    return b"".join([JPEG_START, _make_orientation(content), *kept, b"\xff\xd9"])


def _read_segments(content):
    """Yield marker and bytes of each segment up to the end of the picture; scans with pixels."""
    position, scans = len(JPEG_START), 0
    for _number in range(SEGMENT_LIMIT):
        marker, position = _read_marker(content, position)
        if marker == JPEG_END:
            return
        end = position + int.from_bytes(content[position : position + 2], "big")
        if marker == JPEG_SCAN:
            end, scans = _find_scan_end(content, end), scans + 1
        if end < position + 2 or end > len(content) - 2 or scans > SCAN_LIMIT:
            raise RefusedFile(reason="incomplete")
        yield marker, content[position - 2 : end]
        position = end
    raise RefusedFile(reason="damaged")


def _read_marker(content, position):
    """Return the marker that stands at a position, and where it ends."""
    filling = JPEG_FILLING.match(content, position)
    if not filling:
        raise RefusedFile(reason="damaged" if position < len(content) else "incomplete")
    if filling.end() == len(content):
        raise RefusedFile(reason="incomplete")
    return content[filling.end()], filling.end() + 1


def _find_scan_end(content, position):
    found = JPEG_NEXT.search(content, position)
    if not found:
        raise RefusedFile(reason="incomplete")
    return found.start()


def _is_segment_kept(marker, data):
    return marker in JPEG_KEPT or (
        marker in JPEG_COLOURS and data[4:].startswith(JPEG_COLOURS[marker])
    )


def _make_orientation(content):
    """Return a segment that says how the camera was held, and nothing else."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            value = int(image.getexif().get(ORIENTATION, 1))
    except Exception:
        value = 1
    if value not in range(2, 9):
        return b""
    entry = ORIENTATION.to_bytes(2, "big") + b"\x00\x03\x00\x00\x00\x01\x00" + bytes([value, 0, 0])
    tags = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"
    return b"\xff\xe1" + (len(tags) + 2).to_bytes(2, "big") + tags


def clean_png(content):
    """Return a PNG without texts and other metadata, and without what stands behind it.

    :raise RefusedFile: when it is no PNG, or not complete
    """
    if not content.startswith(PNG_START):
        raise RefusedFile(reason="damaged")
    chunks = list(_read_chunks(content))
    names = [name for name, _data in chunks]
    if names[0] != b"IHDR" or names.count(b"IHDR") != 1 or b"IDAT" not in names:
        raise RefusedFile(reason="damaged")
    _check_pixels(content, "PNG")
    return PNG_START + b"".join(data for name, data in chunks if name in PNG_KEPT)


def _read_chunks(content):
    """Yield name and bytes of each chunk up to the end of the picture."""
    position = len(PNG_START)
    for _number in range(PNG_CHUNK_LIMIT):
        end = position + 12 + int.from_bytes(content[position : position + 4], "big")
        if position + 12 > len(content) or end > len(content):
            raise RefusedFile(reason="incomplete")
        name = content[position + 4 : position + 8]
        if zlib.crc32(content[position + 4 : end - 4]).to_bytes(4, "big") != content[end - 4 : end]:
            raise RefusedFile(reason="damaged")
        yield name, content[position:end]
        if name == b"IEND":
            return
        position = end
    raise RefusedFile(reason="damaged")


def _check_pixels(content, image_format):
    """Refuse a picture that is too large to be shown, by what its header says.

    It is not decoded: a small file may hold one that takes seconds and gigabytes.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[image_format]) as image:
            pixels = image.width * image.height
    except Image.DecompressionBombError:
        pixels = PIXEL_LIMIT + 1
    except Exception as error:
        raise RefusedFile(reason="damaged") from error
    if not pixels:
        raise RefusedFile(reason="damaged")
    if pixels > PIXEL_LIMIT:
        raise RefusedFile(reason="pixels")
