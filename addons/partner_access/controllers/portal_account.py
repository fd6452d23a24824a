import logging

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.partner_access_user_account import MAX_NAME_LENGTH, MAX_PHONE_LENGTH
from ..tools.hidden_token import HideToken

CONFIRM = "/my/account/email/confirm/"
HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
}
logging.getLogger("werkzeug").addFilter(HideToken(CONFIRM))


class AccountPortal(CustomerPortal):
    """What a customer's person says of himself; employees have Odoo's own pages."""

    # --- Own details -----------------------------------------------------------------------------

    @http.route(methods=["GET", "POST"])
    def account(self, **kw):
        """As core for employees; customers have a page of their own details only, as a company's
        are changed by request.
        """
        if not request.env.user._is_portal():
            return super().account(**kw)
        if request.httprequest.method == "POST":
            return self._save_account(**kw)
        return self._render_account({"done": kw.get("done", "")})

    def _save_account(self, name="", phone="", lang="", **post):
        user = request.env.user
        try:
            with request.env.cr.savepoint():
                user._save_account(name, phone, lang)
        except UserError as error:
            typed = {"name": name, "phone": phone, "lang": lang}
            return self._render_account({"typed": typed, "error": str(error)})
        self._use_language(user.lang)
        return request.redirect("/my/account?done=saved")

    def _use_language(self, lang):
        """Show the pages in a language from now on, in this browser."""
        lang = request.env["ir.http"].get_nearest_lang(lang)
        if lang:
            request.session.context = {**request.session.context, "lang": lang}
            request.future_response.set_cookie("frontend_lang", lang)

    def _render_account(self, values):
        user = request.env.user
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "account",
            "typed": {"name": user.name, "phone": user.phone or "", "lang": user.lang},
            "limits": {"name": MAX_NAME_LENGTH, "phone": MAX_PHONE_LENGTH},
            "languages": request.env["res.lang"].get_installed(),
            "email": user._get_link_address(),
            "change": request.env["partner.access.email.change"]._get_open(user),
            **values,
        }
        return request.render("partner_access.portal_account", values, headers=HEADERS)

    # --- E-mail address --------------------------------------------------------------------------

    @http.route(
        "/my/account/email",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def account_email(self, **kw):
        """The form that asks for another e-mail address."""
        self._ensure_customer()
        return self._render_email({})

    @http.route("/my/account/email", type="http", auth="user", methods=["POST"], website=True)
    def account_email_post(self, email="", password="", **post):
        """Send a link to another address; a password is never shown again.

        :param str email: as typed
        :param str password: the present one, as typed
        """
        self._ensure_customer()
        try:
            with request.env.cr.savepoint():
                request.env["partner.access.email.change"]._ask(email, password)
        except UserError as error:
            return self._render_email({"typed": email, "error": str(error)})
        return request.redirect("/my/account?done=asked")

    @http.route(
        "/my/account/email/cancel", type="http", auth="user", methods=["POST"], website=True
    )
    def account_email_cancel(self, **post):
        """Forget the change that waits for its confirmation."""
        self._ensure_customer()
        request.env["partner.access.email.change"]._cancel(request.env.user)
        return request.redirect("/my/account?done=cancelled")

    @http.route(
        f"{CONFIRM}<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def account_email_link(self, token, **kw):
        """The page of the link in the mail; nothing changes before its button is pressed."""
        self._ensure_customer()
        return self._render_link(token, "")

    @http.route(
        f"{CONFIRM}<string:token>", type="http", auth="user", methods=["POST"], website=True
    )
    def account_email_confirm(self, token, **post):
        """Change the address; this session goes on, all others are over."""
        self._ensure_customer()
        change_sudo = request.env["partner.access.email.change"]._find(token)
        if not change_sudo:
            return self._render_link(token, "")
        try:
            with request.env.cr.savepoint():
                change_sudo._confirm()
        except UserError as error:
            return self._render_link(token, str(error))
        self._keep_session()
        return request.redirect("/my/account?done=email")

    def _keep_session(self):
        user, session = request.env.user, request.session
        request.env.registry.clear_cache()
        session.login = user.login
        session.session_token = user._compute_session_token(session.sid)

    def _ensure_customer(self):
        if not request.env.user._is_portal():
            raise NotFound

    def _render_email(self, values):
        user = request.env.user
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "account",
            "email": user._get_link_address(),
            "refusal": user._get_email_change_refusal(),
            **values,
        }
        return request.render("partner_access.portal_account_email", values, headers=HEADERS)

    def _render_link(self, token, error):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "account",
            "change": request.env["partner.access.email.change"]._find(token),
            "confirm_url": f"{CONFIRM}{token}",
            "error": error,
        }
        return request.render("partner_access.portal_account_link", values, headers=HEADERS)
