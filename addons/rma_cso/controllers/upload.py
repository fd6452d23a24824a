from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.partner_access.controllers.files import (
    answer_no_file,
    read_uploads,
    send_file,
)

from .common import read_id
from .files import add_uploads
from .form import FormPortal


class UploadPortal(FormPortal):
    """Photos and files of the form while it is filled in: at once, and from a phone."""

    @route(
        [
            "/my/returns/form/upload",
            "/my/returns/form/remove",
            "/my/returns/form/phone",
            "/my/returns/form/phone/close",
        ],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def upload_again(self, **kwargs):
        """Lead to the search who looks at an address that only takes files."""
        return request.redirect("/my/returns/register")

    @route(
        "/my/returns/form/files",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        website=True,
        multilang=False,
    )
    def files(self, line=None, reason=None, seen=None, uid=None, **kwargs):
        """Answer which files are there now: asked every few seconds while a phone is used.

        :param seen: what the page shows; the files are sent only where something changed
        :param uid: whose page it is; after somebody else signed in it shows nothing of theirs
        :return: JSON, see ``_answer_files``
        """
        if read_id(uid) != request.env.uid:
            raise request.not_found()
        return self._answer_files(self._find_posted_draft_sudo(line, reason), seen)

    @route(
        "/my/returns/form/upload",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        multilang=False,
    )
    def upload(self, line=None, reason=None, **kwargs):
        """Keep files of the form at once.

        :return: JSON, see ``_answer_files``; with ``errors``: ``{photo slot: [texts]}``
        """
        draft_sudo = self._ensure_draft_sudo(line, reason)
        errors = add_uploads(draft_sudo, read_uploads())
        return self._answer_files(draft_sudo, errors=errors)

    @route(
        "/my/returns/form/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        multilang=False,
    )
    def remove(self, line=None, reason=None, file=None, **kwargs):
        """Remove a file of the own draft; return JSON, see ``_answer_files``."""
        draft_sudo = self._find_posted_draft_sudo(line, reason)
        self._remove_file(draft_sudo, file)
        return self._answer_files(draft_sudo)

    @route(
        "/my/returns/form/phone",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        multilang=False,
    )
    def phone(self, line=None, reason=None, **kwargs):
        """Make the link by which a phone adds photos; the one before it ends.

        :return: JSON ``{'seconds': int, 'url': address, 'image': QR code as data address}``
        """
        draft_sudo = self._ensure_draft_sudo(line, reason)
        link_sudo, token = request.env["cso.upload.link"].sudo()._open(draft_sudo)
        url = f"{request.httprequest.url_root}photos/{token}"
        image = request.env["report.rma_cso.report_return_form"]._get_qr_uri(url)
        return self._answer({"seconds": link_sudo._get_seconds(), "url": url, "image": image})

    @route("/my/returns/form/phone/close", type="http", auth="user", methods=["POST"])
    def phone_close(self, line=None, reason=None, **kwargs):
        """End the link of the phone; return JSON ``{'seconds': 0}``."""
        draft_sudo = self._find_posted_draft_sudo(line, reason)
        request.env["cso.upload.link"].sudo()._close(draft_sudo)
        return self._answer({"seconds": 0})

    def _find_posted_draft_sudo(self, line, reason):
        """Return the own draft for a line and reason, or none of it; 404 for a strange line."""
        return self._find_draft_sudo(self._find_line_sudo(line), self._find_reason_sudo(reason))

    def _ensure_draft_sudo(self, line, reason):
        """Return the own draft for a line and reason, begun when there is none; else 404."""
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        drafts_sudo = request.env["cso.form.draft"].sudo()  # no right of portal users' own
        position_sudo = self._find_position_sudo(line_sudo)
        return drafts_sudo._ensure_draft(line_sudo, reason_sudo, position_sudo)

    def _answer_files(self, draft_sudo, seen=None, errors=None):
        """Answer with the files of a draft.

        :return: JSON ``{'seconds': until the phone link ends, 'key': what is there now, 'files':
            {photo slot: html of its list} or None when that was seen, 'errors': {}}``
        """
        key = ",".join(map(str, sorted(draft_sudo.attachment_ids.ids)))
        link_sudo = request.env["cso.upload.link"].sudo()._get_link(draft_sudo)
        return self._answer(
            {
                "seconds": link_sudo._get_seconds(),
                "key": key,
                "files": None if seen == key else self._render_files(draft_sudo),
                "errors": errors or {},
            }
        )

    def _render_files(self, draft_sudo):
        slots = draft_sudo._place_files(draft_sudo._get_photo_slots()) if draft_sudo else []
        render = request.env["ir.qweb"]._render
        return {slot["kind"]: render("rma_cso.portal_slot_files", {"slot": slot}) for slot in slots}

    def _answer(self, values):
        return request.make_json_response(values, headers={"Cache-Control": "no-store"})

    # --- Looking at a file -----------------------------------------------------------------------

    @route(
        "/my/returns/file/<int:file_id>",
        type="http",
        auth="user",
        readonly=True,
        website=True,
        multilang=False,
    )
    def file(self, file_id, small=None, **kwargs):
        """Send a file of an own draft, or of a position the user may see.

        :param small: set for a picture as it stands in a list
        """
        attachment_sudo = request.env["ir.attachment"].sudo().browse(read_id(file_id)).exists()
        if not self._is_file_visible(attachment_sudo):
            return answer_no_file(request.env["cso.rma"]._get_retention_days())
        return send_file(attachment_sudo, bool(small))

    def _is_file_visible(self, attachment_sudo):
        if attachment_sudo.res_field:
            return False
        if attachment_sudo.res_model == "cso.form.draft":
            domain = Domain("user_id", "=", request.env.uid)
        elif attachment_sudo.res_model == "cso.rma.line":
            domain = self._get_domain("cso.rma.line")
        else:
            return False
        records_sudo = request.env[attachment_sudo.res_model].sudo()
        return bool(records_sudo.search_count(domain & Domain("id", "=", attachment_sudo.res_id)))
