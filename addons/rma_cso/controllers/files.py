from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.partner_access.controllers.files import read_uploads
from odoo.addons.partner_access.models.portal_file_check import SIZE_LIMIT

from .common import ReturnsController, read_id


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
