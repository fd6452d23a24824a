import io
import zipfile

from PIL import Image

from odoo import api, models
from odoo.exceptions import UserError

SIZE_LIMIT = 20 * 1024 * 1024
PIXEL_LIMIT = 50_000_000
OLE_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
WORD_STREAM = "WordDocument".encode("utf-16-le")
KINDS = {
    "pdf": ("pdf", "application/pdf"),
    "doc": ("doc", "application/msword"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "jpg": ("jpeg", "image/jpeg"),
    "jpeg": ("jpeg", "image/jpeg"),
    "png": ("png", "image/png"),
}
PICTURES = ("image/jpeg", "image/png")


class CsoFileCheck(models.AbstractModel):
    """Which files may come with a position: size, kind by content, name that fits the kind."""

    _name = "cso.file.check"
    _description = "Check of Uploaded Files"

    @api.model
    def _prepare_attachment_values(self, name, content):
        """Return the values of an attachment for an uploaded file.

        :param name: file name as the sender gave it
        :param content: bytes of the file
        :raise UserError: with the file's name and what is wrong with it
        """
        name = self._clean_name(name)
        mimetype = self._check_file(name, content)
        return {"name": name, "raw": content, "mimetype": mimetype}

    @api.model
    def _clean_name(self, name):
        """Return the last part of a file name, printable and short."""
        name = str(name or "").replace("\\", "/").rsplit("/", 1)[-1]
        name = "".join(char for char in name if char.isprintable()).strip()
        stem, _dot, extension = name.rpartition(".")
        return f"{stem[:100]}.{extension[:10]}" if stem else name[:100]

    @api.model
    def _check_file(self, name, content):
        """Return the mimetype of a file.

        :raise UserError: when the file is empty, too large or not one of the known kinds
        """
        if not content:
            raise UserError(self.env._("%(name)s is empty.", name=name))
        if len(content) > SIZE_LIMIT:
            raise UserError(self.env._("%(name)s is larger than 20 MB.", name=name))
        kind, mimetype = KINDS.get(name.rpartition(".")[2].lower(), (None, None))
        if not kind:
            raise UserError(
                self.env._(
                    "%(name)s cannot be taken: send DOC, DOCX, PDF, JPG, JPEG or PNG.", name=name
                )
            )
        if mimetype in PICTURES:
            self._check_pixels(name, content)
        if not getattr(self, f"_is_{kind}")(content):
            raise UserError(
                self.env._(
                    "%(name)s is damaged, or its content is not what its name says.", name=name
                )
            )
        return mimetype

    @api.model
    def _check_pixels(self, name, content):
        """Refuse a picture that is too large to be shown, by what its header says."""
        if self._get_pixels(content) > PIXEL_LIMIT:
            raise UserError(self.env._("%(name)s has more than 50 million pixels.", name=name))

    @api.model
    def _get_pixels(self, content):
        """Return how many pixels the header of a picture names, 0 where none can be read."""
        try:
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
                return image.width * image.height
        except Image.DecompressionBombError:
            return PIXEL_LIMIT + 1
        except Exception:
            return 0

    @api.model
    def _is_pdf(self, content):
        return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]

    @api.model
    def _is_doc(self, content):
        return content.startswith(OLE_SIGNATURE) and WORD_STREAM in content

    @api.model
    def _is_docx(self, content):
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        macros = any(name.endswith("vbaProject.bin") for name in names)
        return {"[Content_Types].xml", "word/document.xml"} <= names and not macros

    @api.model
    def _is_jpeg(self, content):
        return self._is_image(content, "JPEG")

    @api.model
    def _is_png(self, content):
        return self._is_image(content, "PNG")

    @api.model
    def _is_image(self, content, image_format):
        """Return whether the content is a picture of this format.

        The picture is not decoded: a small file may hold one that takes seconds and gigabytes.
        """
        try:
            with Image.open(io.BytesIO(content), formats=[image_format]) as image:
                image.verify()
        except Exception:
            return False
        return True
