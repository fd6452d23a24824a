import logging
import secrets

from odoo.http import Controller, request, route
from odoo.tools import format_time

from odoo.addons.partner_access.controllers.files import read_uploads, send_file
from odoo.addons.partner_access.models.portal_file_check import PICTURES, SIZE_LIMIT
from odoo.addons.partner_access.tools.hidden_token import HideToken

from .files import add_uploads

logging.getLogger("werkzeug").addFilter(HideToken("/photos/"))

# A file that is somewhat too large gets a clear answer; what is far too large is not even read.
REQUEST_LIMIT = 3 * SIZE_LIMIT
BUNDLE = "rma_cso.assets_phone"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class PhonePortal(Controller):
    """The page that a QR code opens on a phone: photos for one draft, without signing in.

    The token in the address is the only secret. It is none of a browser's session, so there is
    nothing that another site could make a browser do: no CSRF token is asked.
    """

    @route(
        "/photos/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
        sitemap=False,
    )
    def photos(self, token, **kwargs):
        """Show one button per photo slot, and what this link received."""
        return self._answer_page(token, self._find_link_sudo(token))

    @route(
        "/photos/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=REQUEST_LIMIT,
    )
    def photos_post(self, token, **kwargs):
        """Add the posted photos: the page's way where scripts do not run."""
        link_sudo = self._find_link_sudo(token)
        if not link_sudo._is_usable():
            return self._answer_page(token, link_sudo)
        errors = add_uploads(link_sudo, read_uploads())
        if errors:
            return self._answer_page(token, link_sudo, errors)
        return self._protect(request.redirect(f"/photos/{token}"))

    @route(
        "/photos/<string:token>/upload",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=REQUEST_LIMIT,
    )
    def photos_upload(self, token, **kwargs):
        """Add the posted photos at once.

        :return: JSON ``{'seconds': until the link ends, 'files': {photo slot: html of what was
            received}, 'errors': {photo slot: [texts]}}``; status 410 when the link ended
        """
        link_sudo = self._find_link_sudo(token)
        if not link_sudo._is_usable():
            return self._protect(request.make_json_response({"seconds": 0}, status=410))
        errors = add_uploads(link_sudo, read_uploads())
        render = link_sudo.env["ir.qweb"]._render
        files = {
            slot["kind"]: render("rma_cso.phone_files", {"slot": slot, "token": token})
            for slot in link_sudo._get_slots()
        }
        values = {"seconds": link_sudo._get_seconds(), "files": files, "errors": errors}
        return self._protect(request.make_json_response(values))

    @route(
        "/photos/<string:token>/file/<int:file_id>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
        sitemap=False,
    )
    def photos_file(self, token, file_id, **kwargs):
        """Send a small picture of a photo that this link received, nothing else."""
        link_sudo = self._find_link_sudo(token)
        if not link_sudo._is_usable():
            raise request.not_found()
        attachment_sudo = (link_sudo.attachment_ids & link_sudo.draft_id.attachment_ids).filtered(
            lambda file: file.id == file_id and file.mimetype in PICTURES
        )
        if not attachment_sudo:
            raise request.not_found()
        response = send_file(attachment_sudo, is_small=True)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _find_link_sudo(self, token):
        """Return the link with this token, acting for its user and in their language."""
        # Whoever has the token acts for the user, within the methods of the link only.
        link_sudo = request.env["cso.upload.link"].sudo()._find(token)
        if not link_sudo:
            return link_sudo
        user_sudo = link_sudo.user_id
        return (
            link_sudo.with_user(user_sudo)
            .with_context(lang=link_sudo.lang, tz=user_sudo.tz)
            .with_company(link_sudo.draft_id.sale_line_id.company_id or user_sudo.company_id)
            .sudo()
        )

    def _answer_page(self, token, link_sudo, errors=None):
        if not link_sudo._is_usable():
            return self._answer_end(link_sudo)
        env = link_sudo.env
        return self._render(
            env,
            422 if errors else 200,
            "rma_cso.phone_page",
            token=token,
            slots=link_sudo._get_slots(),
            errors=errors or {},
            seconds=link_sudo._get_seconds(),
            size_limit=SIZE_LIMIT,
            started=format_time(env, link_sudo.create_date, time_format="short"),
        )

    def _answer_end(self, link_sudo):
        """Answer that there is nothing (any more), without saying whether there ever was."""
        return self._render(link_sudo.env, 410 if link_sudo else 404, "rma_cso.phone_end")

    def _render(self, env, status, template, **values):
        nonce = secrets.token_urlsafe(12)
        qweb = env["ir.qweb"]
        html = qweb._render(
            template,
            {
                "html_lang": (env.lang or "en_US").replace("_", "-"),
                "nonce": nonce,
                # Odoo's own tags carry scripts of their own, which the policy forbids.
                "styles": qweb._get_asset_links(BUNDLE, js=False),
                "scripts": qweb._get_asset_links(BUNDLE, css=False),
                "company": env.company.sudo(),  # its name and colour are shown to anybody
                **values,
            },
        )
        response = request.make_response(html, status=status)
        response.headers["Content-Security-Policy"] = PAGE_POLICY.format(nonce=nonce)
        return self._protect(response)

    def _protect(self, response):
        """Keep a page with the token out of caches, frames, search engines and other sites."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
