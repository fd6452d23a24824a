"""Files as people send them, and as attackers do."""

import io
import struct
import zipfile
import zlib

from PIL import Image

RELATION = '<Relationship Type="{kind}" TargetMode="External" Target="{target}"/>'
OLE_END = 0xFFFFFFFE
OLE_FREE = 0xFFFFFFFF


def make_photo(image_format="JPEG", size=(40, 30), **options):
    """Return the bytes of a picture with some detail."""
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    content = io.BytesIO()
    picture.save(content, image_format, **options)
    return content.getvalue()


def make_exif(orientation=6, latitude=52.1):
    """Return the metadata that a phone writes: how it was held, and where."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone of Mira"
    exif.get_ifd(0x8825)[2] = (latitude, 0.0, 0.0)
    return exif


def make_pdf(*objects, packed=()):
    """Return a PDF with these objects; those that are packed stand in a compressed stream."""
    parts = [b"%PDF-1.7"]
    parts += [b"%d 0 obj\n%s\nendobj" % row for row in enumerate(objects, start=10)]
    if packed:
        data = zlib.compress(b"\n".join(packed))
        head = b"<< /Type /ObjStm /Filter /FlateDecode /Length %d >>" % len(data)
        parts.append(b"9 0 obj\n" + head + b"\nstream\n" + data + b"\nendstream\nendobj")
    return b"\n".join([*parts, b"trailer << /Root 1 0 R >>", b"%%EOF", b""])


def make_zip(parts):
    """Return a ZIP of ``{name: content}``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def make_docx(**parts):
    """Return a Word document; keywords are more parts, ``__`` stands for a slash."""
    more = {name.replace("__", "/"): data for name, data in parts.items()}
    return make_zip({"[Content_Types].xml": "<x/>", "word/document.xml": "<w:body/>", **more})


def make_relation(kind, target):
    """Return a part of a document that names something elsewhere."""
    return "<Relationships>" + RELATION.format(kind=kind, target=target) + "</Relationships>"


def make_doc(*streams):
    """Return an old Word document: a header, one table, a folder of streams, and their data."""
    head = bytes.fromhex("D0CF11E0A1B11AE1").ljust(30, b"\0") + struct.pack("<H", 9)
    tables = struct.pack("<109I", 0, *[OLE_FREE] * 108)
    table = struct.pack("<128I", OLE_END, OLE_END, OLE_END, *[OLE_FREE] * 125)
    names = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0")
        for name in ("Root Entry", "WordDocument", *streams)
    )
    return head.ljust(76, b"\0") + tables + table + names.ljust(512, b"\0") + b"text".ljust(512)


def make_attacks():
    """Return ``{name: (content, reason)}`` of files that must not be taken, and why."""
    jpeg, png, pdf = make_photo(), make_photo("PNG"), make_pdf(b"<< /Type /Catalog >>")
    archive = make_zip({"a.txt": "x" * 100})
    page = b"<html><script>alert(1)</script></html>"
    return {
        # nothing, too little, something else
        "empty.jpg": (b"", "is empty"),
        "page.html": (page, "cannot be taken"),
        "drawing.svg": (b"<svg onload='alert(1)'/>", "cannot be taken"),
        "run.js": (b"alert(1)", "cannot be taken"),
        "noname": (png, "cannot be taken"),
        "photo.jpg.exe": (jpeg, "cannot be taken"),
        "photo.heic": (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        "iphone.jpg": (b"\0\0\0\x18ftypmif1" + b"\0" * 40, "HEIC"),
        "page.jpg": (page, "something else"),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is damaged"),
        "program.png": (b"MZ\x90\x00" + b"x" * 100, "is damaged"),
        "animated.jpg": (b"GIF89a" + b"\0" * 50, "is damaged"),
        "png.jpg": (png, "is damaged"),
        "jpeg.png": (jpeg, "is damaged"),
        "png.pdf": (png, "is damaged"),
        "pdf.docx": (pdf, "is damaged"),
        "docx.doc": (make_docx(), "is damaged"),
        "archive.docx": (archive, "is damaged"),
        "sheet.doc": (make_doc().replace("Word".encode("utf-16-le"), b"S\0h\0e\0e\0"), "damaged"),
        # cut off
        "cut.jpg": (jpeg[:-2], "is not complete"),
        "half.jpg": (jpeg[: len(jpeg) // 2], "is not complete"),
        "head.jpg": (jpeg[:30], "is not complete"),
        "cut.png": (png[:-12], "is not complete"),
        "half.png": (png[: len(png) // 2], "is not complete"),
        "cut.pdf": (pdf[:-8], "is not complete"),
        "cut.docx": (make_docx()[:-30], "is not complete"),
        "cut.doc": (make_doc()[:1500], "is not complete"),
        # two in one
        "html.jpg": (jpeg + page, "something else"),
        "remark.jpg": (make_photo(comment=page), "something else"),
        "script.jpg": (b"\xff\xd8\xff\xe0/*" + jpeg[6:] + b"*/=alert(1)/*", "something else"),
        "server.png": (png + b"<?php system($_GET['c']); ?>", "something else"),
        "hidden.png": (png + archive, "something else"),
        "java.jpg": (jpeg + make_zip({"META-INF/MANIFEST.MF": "x"}), "something else"),
        "paper.jpg": (jpeg[:20] + b"%PDF-1.4" + jpeg[20:], "something else"),
        "html.pdf": (pdf.replace(b"%PDF-1.7", b"%PDF-1.7\n" + page), "something else"),
        "tail.pdf": (pdf + b"MZ\x90\x00", "something else"),
        "zip.pdf": (pdf[:-6] + archive + b"\n%%EOF\n", "something else"),
        # what runs
        "script.pdf": (make_pdf(b"<< /S /JavaScript /JS (app.alert) >>"), "macros, scripts"),
        "opened.pdf": (make_pdf(b"<< /OpenAction << /S /Launch >> >>"), "macros, scripts"),
        "masked.pdf": (make_pdf(b"<< /S /J#61va#53cript >>"), "macros, scripts"),
        "packed.pdf": (make_pdf(packed=[b"<< /S /JavaScript >>"]), "macros, scripts"),
        "inside.pdf": (make_pdf(b"<< /Type /EmbeddedFile >>"), "macros, scripts"),
        "locked.pdf": (make_pdf(b"<< /Encrypt 5 0 R >>"), "protected"),
        "macro.docx": (make_docx(word__vbaProject="x", **{"word/vbaProject.bin": "x"}), "macros"),
        "package.docx": (make_docx(**{"word/embeddings/oleObject1.bin": "x"}), "macros"),
        "remote.docx": (
            make_docx(
                **{
                    "word/_rels/settings.xml.rels": make_relation(
                        "http://x/attachedTemplate", "https://x.example/a.dotm"
                    )
                }
            ),
            "macros",
        ),
        "macro.doc": (make_doc("_VBA_PROJECT"), "macros"),
        "package.doc": (make_doc("\x01Ole10Native"), "macros"),
        "bomb.docx": (make_docx(**{"word/media/a.bin": b"\0" * 101 * 2**20}), "too large"),
    }
