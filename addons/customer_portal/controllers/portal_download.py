import math

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.partner_access.controllers.files import answer_no_file
from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal_download import OPEN_STATES
from ..tools.portal_format import PortalFormat
from ..tools.record_id import MAX_ID

MEGABYTE = 1024 * 1024
STATE_TONES = {
    "queued": ("gr", "\N{WHITE CIRCLE}"),
    "running": ("in", "\N{CIRCLE WITH LEFT HALF BLACK}"),
    "done": ("ok", "\N{CHECK MARK}"),
    "failed": ("ba", "\N{MULTIPLICATION X}"),
}


class DownloadPortal(CustomerPortal):
    @http.route("/my/downloads", type="http", auth="user", website=True, readonly=True)
    def portal_my_downloads(self, **kw):
        """Files that the user asked for, newest first."""
        return self._render_downloads()

    @http.route("/my/downloads/progress", type="jsonrpc", auth="user", website=True, readonly=True)
    def portal_my_downloads_progress(self, **kw):
        """How far the files are that are being made.

        :return: ``{id: {'state', 'percent', 'progress'}}``
        :rtype: dict
        """
        rows = self._prepare_download_rows()
        names = ("state", "percent", "progress")
        return {str(row["id"]): {name: row[name] for name in names} for row in rows}

    @http.route(
        "/my/downloads/<int:download_id>", type="http", auth="user", website=True, readonly=True
    )
    def portal_my_download(self, download_id, **kw):
        """The file, for the user who asked for it."""
        downloads = request.env["portal.download"]
        domain = Domain("id", "=", min(download_id, MAX_ID)) & Domain("state", "=", "done")
        attachment_sudo = downloads._get_own(domain).attachment_id
        if not attachment_sudo:
            return answer_no_file(downloads._get_retention_days())
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo, "raw")
        return stream.get_response(as_attachment=True, immutable=False)

    @http.route(
        "/my/downloads/<int:download_id>/retry",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_downloads_after_sign_in(self, download_id, **kw):
        """Whose session was over when a form was sent signs in and comes back to the files."""
        return request.redirect("/my/downloads", code=303)

    @http.route(
        "/my/downloads/<int:download_id>/retry",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_download_retry(self, download_id, **kw):
        """Have a file made that failed."""
        try:
            self._get_download(download_id, "failed")._retry()
        except UserError as refusal:
            return self._render_downloads(refusal=str(refusal))
        return request.redirect("/my/downloads", code=303)

    def _get_download(self, download_id, state):
        """A file of the user in this state (sudo), else 404."""
        if not 0 < download_id <= MAX_ID:
            raise NotFound()
        domain = Domain("id", "=", download_id) & Domain("state", "=", state)
        download_sudo = request.env["portal.download"]._get_own(domain)
        if not download_sudo:
            raise NotFound()
        return download_sudo

    def _render_downloads(self, refusal=""):
        rows = self._prepare_download_rows()
        values = {
            **self._prepare_portal_layout_values(),
            "rows": rows,
            "days": request.env["portal.download"]._get_retention_days(),
            "is_open": any(row["state"] in OPEN_STATES for row in rows),
            "refusal": refusal,
            "page_name": "downloads",
            "portal_page": "downloads",
        }
        return request.render("customer_portal.portal_my_downloads", values)

    def _prepare_download_rows(self):
        fmt = PortalFormat(request.env)
        downloads_sudo = request.env["portal.download"]._get_own()
        labels = dict(downloads_sudo._fields["state"]._description_selection(request.env))
        return [self._prepare_download_row(one, labels, fmt) for one in downloads_sudo]

    def _prepare_download_row(self, download_sudo, labels, fmt):
        tone, sign = STATE_TONES[download_sudo.state]
        return {
            "id": download_sudo.id,
            "name": download_sudo.name,
            "description": download_sudo._describe(),
            "state": download_sudo.state,
            "label": labels[download_sudo.state],
            "tone": tone,
            "sign": sign,
            "percent": download_sudo._get_percent(),
            "progress": self._get_progress_text(download_sudo, fmt),
            "asked_on": fmt.day(download_sudo.create_date),
            "size": self._get_size_text(download_sudo.file_size, fmt),
            "expires": fmt.day(download_sudo.expires_on),
            "error": download_sudo.error,
        }

    def _get_size_text(self, size, fmt):
        if size >= MEGABYTE:
            return f"{fmt.quantity(round(size / MEGABYTE, 1))} MB"
        return f"{fmt.quantity(math.ceil(size / 1024))} kB" if size else ""

    def _get_progress_text(self, download_sudo, fmt):
        if download_sudo.state == "queued" or not download_sudo.total_count:
            return ""
        return request.env._(
            "%(done)s of %(total)s",
            done=fmt.quantity(min(download_sudo.done_count, download_sudo.total_count)),
            total=fmt.quantity(download_sudo.total_count),
        )
