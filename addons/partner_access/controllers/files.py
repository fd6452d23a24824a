"""Files that come with a page, and that a page shows."""

from http import HTTPStatus

from odoo.exceptions import UserError
from odoo.http import request

from ..models.portal_file_check import PICTURES, SIZE_LIMIT

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


def answer_no_file(days):
    """Answer that there is no such file, or no more; the same for a stranger's.

    :param int days: for how long such files are kept
    """
    values = {"days": days}
    return request.render("partner_access.no_file", values, status=HTTPStatus.NOT_FOUND)


def _get_small_stream(attachment_sudo):
    """Return a small copy of a picture, None when it cannot be drawn."""
    try:
        return request.env["ir.binary"]._get_image_stream_from(
            attachment_sudo, "raw", width=THUMBNAIL, height=THUMBNAIL
        )
    except (UserError, OSError, ValueError):
        return None
