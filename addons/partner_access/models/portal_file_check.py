import io
import re
import zipfile

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.pdf_file import check_pdf
from ..tools.picture_file import clean_jpeg, clean_png
from ..tools.refused_file import RefusedFile
from ..tools.word_file import check_doc, check_docx

# Texts name it as well: look for "20 MB".
SIZE_LIMIT = 20 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": WORD,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
PICTURES = {"image/jpeg": clean_jpeg, "image/png": clean_png}
DOCUMENTS = {"application/pdf": check_pdf, "application/msword": check_doc, WORD: check_docx}
ARCHIVE_FREE = {"application/pdf", *PICTURES}
# A page or a program for a web server inside another file; by chance it does not occur.
TAGS = b"<!doctype <html <head <body <script <iframe <object <embed <?php".split()
PAGE = re.compile(b"(" + b"|".join(map(re.escape, TAGS)) + rb")[\s>/]", re.IGNORECASE)
IPHONE_PHOTO = re.compile(rb".{4}ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)


class PortalFileCheck(models.AbstractModel):
    """Which files are taken from customers: size, kind by content, name that fits the kind."""

    _name = "portal.file.check"
    _description = "Check of Uploaded Files"

    @api.model
    def _prepare_attachment_values(self, name, content):
        """Return the values of an attachment for an uploaded file.

        Pictures lose what is not the picture: the place where it was taken, other metadata, and
        what stands behind it.

        :param name: file name as the sender gave it
        :param content: bytes of the file
        :raise UserError: with the file's name and what is wrong with it
        """
        name = self._clean_name(name)
        mimetype = self._get_mimetype(name, content)
        try:
            return {
                "name": name,
                "raw": self._clean_content(mimetype, content),
                "mimetype": mimetype,
            }
        except RefusedFile as refused:
            raise UserError(self._get_refusal(name, refused.reason)) from refused

    @api.model
    def _clean_name(self, name):
        """Return the last part of a file name, printable and short."""
        name = str(name or "").replace("\\", "/").rsplit("/", 1)[-1]
        name = "".join(char for char in name if char.isprintable()).strip()
        stem, _dot, extension = name.rpartition(".")
        return f"{stem[:100]}.{extension[:10]}" if stem else name[:100]

    @api.model
    def _get_mimetype(self, name, content):
        """Return the mimetype that a file has by its name.

        :raise UserError: when the file is empty, too large or not one of the known kinds
        """
        if not content:
            raise UserError(self.env._("%(name)s is empty.", name=name))
        if len(content) > SIZE_LIMIT:
            raise UserError(self.env._("%(name)s is larger than 20 MB.", name=name))
        if IPHONE_PHOTO.match(content):
            raise UserError(self._get_refusal(name, "heic"))
        mimetype = KINDS.get(name.rpartition(".")[2].lower())
        if not mimetype:
            raise UserError(self._get_refusal(name, "kind"))
        return mimetype

    @api.model
    def _clean_content(self, mimetype, content):
        """Return what is kept of a file of this kind.

        :raise RefusedFile: when its content is not of this kind, or more than that
        """
        lowered = content.lower()
        if any(tag in lowered for tag in TAGS) and PAGE.search(content):
            raise RefusedFile(reason="mixed")
        if mimetype in DOCUMENTS:
            DOCUMENTS[mimetype](content)
        elif b"%PDF-" in content[:1024]:
            raise RefusedFile(reason="mixed")
        if mimetype in ARCHIVE_FREE and zipfile.is_zipfile(io.BytesIO(content)):
            raise RefusedFile(reason="mixed")
        return PICTURES[mimetype](content) if mimetype in PICTURES else content

    @api.model
    def _get_refusal(self, name, reason):
        """Return what the sender of a refused file is told, and what to do instead."""
        texts = {
            "kind": self.env._(
                "%(name)s cannot be taken: send DOC, DOCX, PDF, JPG, JPEG or PNG.", name=name
            ),
            "heic": self.env._(
                "%(name)s is a HEIC photo, which many programs cannot open: send it as JPG. An "
                'iPhone takes photos as JPG with "Most Compatible" in the settings of its camera.',
                name=name,
            ),
            "damaged": self.env._(
                "%(name)s is damaged, or its content is not what its name says.", name=name
            ),
            "incomplete": self.env._(
                "%(name)s is not complete: a part of it is missing. Please send it again.",
                name=name,
            ),
            "pixels": self.env._("%(name)s has more than 50 million pixels.", name=name),
            "large": self.env._("%(name)s is too large once it is unpacked.", name=name),
            "locked": self.env._(
                "%(name)s is protected by a password or against copying: send it without that.",
                name=name,
            ),
            "mixed": self.env._(
                "%(name)s holds something else beside what its name says. Please save a plain copy "
                "of it and send that.",
                name=name,
            ),
            "active": self.env._(
                "%(name)s holds macros, scripts or other files. Please print it as PDF and send "
                "that.",
                name=name,
            ),
        }
        return texts[reason]
