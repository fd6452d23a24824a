from odoo.exceptions import UserError
from odoo.http import request

from ..models.cso_file_check import PICTURES, SIZE_LIMIT
from .common import ReturnsController, read_id

FILE_FIELD = "file_"
THUMBNAIL = 320


def read_uploads():
    """Return photo slot, name and content of each posted file, in the order of the page.

    A file is read up to a byte above the limit: more of it is not needed to refuse it.
    """
    uploads = []
    for field, files in request.httprequest.files.lists():
        kind = field.removeprefix(FILE_FIELD) if field.startswith(FILE_FIELD) else "other"
        for file in filter(lambda one: one.filename, files):
            file.stream.seek(0)  # a request that is run again has read it before
            uploads.append((kind, file.filename, file.stream.read(SIZE_LIMIT + 1)))
    return uploads


def add_uploads(target_sudo, uploads):
    """Add files to a draft, or to the draft of a phone link; one that is refused holds up no other.

    :param target_sudo: record with ``_add_file``
    :return: ``{photo slot: [text of each refused file]}``
    """
    errors = {}
    for kind, name, content in uploads:
        try:
            with request.env.cr.savepoint():
                target_sudo._add_file(name, content, kind)
        except UserError as error:
            errors.setdefault(kind, []).append(str(error))
    return errors


def send_file(attachment_sudo, is_small=False):
    """Answer with a file: a picture to look at, anything else to be saved; never a page.

    :param is_small: a picture as it stands in a list
    """
    is_picture = attachment_sudo.mimetype in PICTURES
    stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
    if is_picture and is_small:
        stream = _get_small_stream(attachment_sudo) or stream
    response = stream.get_response(as_attachment=not is_picture)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _get_small_stream(attachment_sudo):
    """Return a small copy of a picture, None when it cannot be drawn."""
    try:
        return request.env["ir.binary"]._get_image_stream_from(
            attachment_sudo, "raw", width=THUMBNAIL, height=THUMBNAIL
        )
    except (UserError, OSError, ValueError):
        return None


class FilesController(ReturnsController):
    """What the form and the routes of its photos and files share."""

    def _prepare_file_values(self, form_sudo, draft_sudo):
        """Return what the page needs to show the photo slots, and the link of a phone."""
        slots = draft_sudo._get_photo_slots() if draft_sudo else form_sudo._get_photo_slots()
        link_sudo = request.env["cso.upload.link"].sudo()._get_link(draft_sudo)
        return {
            "slots": draft_sudo._place_files(slots),
            "size_limit": SIZE_LIMIT,
            "number_limit": form_sudo.sale_line_id.company_id.cso_position_files,
            "phone_seconds": link_sudo._get_seconds(),
        }

    def _save_files(self, draft_sudo):
        """Keep the posted files with the draft; return the texts of those that are refused."""
        errors = add_uploads(draft_sudo, read_uploads())
        return [text for texts in errors.values() for text in texts]

    def _remove_file(self, draft_sudo, file_id):
        draft_sudo._remove_file(read_id(file_id))
