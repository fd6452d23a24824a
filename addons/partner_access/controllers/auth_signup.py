from contextlib import suppress

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome


class AccessSignup(AuthSignupHome):
    @http.route(website=True, auth="public", sitemap=False)
    def web_login(self, *args, **kw):
        """As core, as a page of the portal: with its frame and the language switch."""
        return super().web_login(*args, **kw)

    @http.route()
    def web_auth_signup(self, *args, **kw):
        """As core, but an address in the link tells nothing about who is registered."""
        request.params.pop("signup_email", None)
        response = super().web_auth_signup(*args, **kw)
        self._add_password_rules(response)
        return response

    @http.route()
    def web_auth_reset_password(self, *args, **kw):
        """Ask for a link (one answer, whatever the address is), or choose a password with one."""
        request.params.pop("signup_email", None)
        is_post = request.httprequest.method == "POST"
        response = super().web_auth_reset_password(*args, **kw)
        uid = request.session.uid or request.session.get("pre_uid")
        if is_post and uid and response.qcontext.get("token") and response.qcontext.get("message"):
            return request.redirect(
                self._login_redirect(uid, redirect=request.params.get("redirect"))
            )
        if is_post and response.qcontext.get("message"):
            response.qcontext["message"] = self._get_sent_message()
        self._add_password_rules(response)
        return response

    def _add_password_rules(self, response):
        """Let a page where a password is chosen show the rules of whose it will be."""
        token = response.is_qweb and response.qcontext.get("token")
        user_sudo, partner_sudo = self._find_token_owner(token) if token else (None, None)
        if partner_sudo:
            response.qcontext["password_rules"] = user_sudo._get_password_rules(partner_sudo)

    @http.route(
        "/partner_access/password_failures",
        type="jsonrpc",
        auth="public",
        website=True,
        readonly=True,
        methods=["POST"],
    )
    def password_failures(self, password, token=None):
        """Which rules a password that is being typed fails, for the page's ticks.

        :param str password: as typed so far
        :param token: of the link, for who is not signed in
        :return: codes; None for who is neither signed in nor comes with a link that works
        :rtype: list | None
        """
        if not isinstance(password, str) or not isinstance(token or "", str):
            return None
        user, partner = request.env.user, request.env.user.partner_id
        if token:
            user, partner = self._find_token_owner(token)
        elif user._is_public():
            return None
        return user._get_password_failures(password[:1000], partner) if partner else None

    def _login_redirect(self, uid, redirect=None):
        """As core; whoever signs in is spoken to in the own language, whatever the browser's is."""
        # sudo: a second factor may still be asked, then nobody is signed in
        user_sudo = request.env["res.users"].sudo().browse(uid)
        lang = request.env["ir.http"].get_nearest_lang(user_sudo.lang)
        if lang:
            request.future_response.set_cookie("frontend_lang", lang)
        return super()._login_redirect(uid, redirect=redirect)

    def do_signup(self, qcontext, do_login=True):
        """As core, but a password that is refused does not use up the link, and with a link one is
        signed in right away."""
        token = qcontext.get("token")
        if token and qcontext.get("password") == qcontext.get("confirm_password"):
            user_sudo, partner_sudo = self._get_token_owner(token)
            user_sudo._check_password_rules(qcontext.get("password"), partner_sudo)
        return super().do_signup(qcontext, do_login=do_login or bool(token))

    def _signup_with_values(self, token, values, do_login):
        if token:  # the link has proved who it is: that others failed before does not matter
            request.update_context(partner_access_by_link=True)
        # Core catches what is raised here and commits: without the savepoint the link would be
        # used up although no password was set.
        with request.env.cr.savepoint():
            return super()._signup_with_values(token, values, do_login)

    def _get_token_owner(self, token):
        """User and contact (sudo) of a link; the user is empty for an invitation without user.

        :raise UserError: when the link does not work (any more)
        """
        user_sudo, partner_sudo = self._find_token_owner(token)
        if not partner_sudo:
            raise UserError(request.env._("This link does not work any more. Ask for a new one."))
        return user_sudo, partner_sudo

    def _find_token_owner(self, token):
        # sudo: who comes with a link is not signed in
        partner_sudo = request.env["res.partner"].sudo()
        with suppress(ValueError):  # what is no token at all
            partner_sudo = partner_sudo._get_partner_from_token(token) or partner_sudo
        return partner_sudo.user_ids[:1], partner_sudo

    def _get_sent_message(self):
        return request.env._(
            "If this address is registered with us, a mail with a link is on its way. The link "
            "works once and for %(hours)s h. Nothing there after some minutes? Look among the "
            "unwanted mails, or ask for help with the contact below.",
            hours=request.env["res.users"]._get_link_hours(),
        )
