from contextlib import contextmanager
from urllib.parse import quote

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from odoo.addons.web.controllers.home import SIGN_UP_REQUEST_PARAMS

from ..models.partner_access_http_session import SHARED
from ..tools.addresses import get_local_path
from .auth_signup import AccessSignup

# Where a window in which somebody signs in again comes to its end.
DONE = "/partner_access/session/done"


class AccessSession(AccessSignup):
    # --- Signing in ------------------------------------------------------------------------------

    @http.route()
    def web_login(self, *args, switch=None, switch_from=None, shared_computer=None, **kw):
        """As core; while somebody is signed in in this browser the page says who, and another
        person confirms to take that place.

        :param switch: set where the page is shown even so
        :param str switch_from: id of the user whose place is taken
        :param shared_computer: ticked where others use the computer too
        """
        uid = request.session.uid
        if request.httprequest.method != "POST":
            # What a page of its own led back with is said, too.
            is_asked = switch or "microsoft" in kw or not request.params.get("redirect")
            if uid and is_asked:
                return self._render_signed_in()
            return super().web_login(*args, **kw)
        login = request.env["res.users"]._normalize_login(request.params.get("login"))
        if uid and switch_from != str(uid) and login != request.session.login:
            return self._render_signed_in()
        with self._choosing_computer(bool(shared_computer)):
            return super().web_login(*args, **kw)

    def _render_signed_in(self):
        """The sign-in page with who is signed in, and what was typed but the password."""
        kept = SIGN_UP_REQUEST_PARAMS - {"password", "confirm_password", "token"}
        values = {name: value for name, value in request.params.items() if name in kept}
        # sudo: who is locked is nobody on this page
        user_sudo = request.env["res.users"].sudo().browse(request.session.uid)
        redirect = get_local_path(request.params.get("redirect"))
        values.update(self.get_auth_signup_config(), signed_in_user=user_sudo, redirect=redirect)
        response = request.render("web.login", values)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    @http.route()
    def web_auth_reset_password(self, *args, shared_computer=None, **kw):
        """As core, with the choice of a shared computer for who is signed in by it."""
        if request.httprequest.method != "POST" or not request.params.get("token"):
            return super().web_auth_reset_password(*args, **kw)
        with self._choosing_computer(bool(shared_computer)):
            return super().web_auth_reset_password(*args, **kw)

    @http.route()
    def web_totp(self, *args, **kw):
        """As core; on a shared computer the code is asked each time."""
        if request.session.get(SHARED):
            kw.pop("remember", None)
        return super().web_totp(*args, **kw)

    @contextmanager
    def _choosing_computer(self, is_shared):
        """Note what is said of the computer, unless nobody signs in after all."""
        session = request.session
        before = session.get(SHARED)
        request.env["ir.http"]._choose_shared_computer(is_shared)
        try:
            yield
        finally:
            if not session.should_rotate and not session.get("pre_uid"):
                session.pop(SHARED, None)
                session.update({SHARED: before} if before else {})

    # --- Pages that are open already -------------------------------------------------------------

    @http.route(
        "/partner_access/session/state",
        type="jsonrpc",
        auth="public",
        website=True,
        readonly=True,
        check_identity=False,
    )
    def session_state(self, **kw):
        """Who is signed in in this browser now, for a page that is open.

        :return: ``{'uid', 'login', 'is_locked', 'has_password', 'seconds', 'csrf_token'}``
        """
        session = request.session
        ir_http = request.env["ir.http"]
        is_locked = bool(session.uid and ir_http._must_check_identity())
        if session.uid and not is_locked:
            ir_http._note_use()
        return {
            "uid": session.uid,
            "login": session.login,
            "is_locked": is_locked,
            "has_password": not is_locked or "password" in request.env.user._get_auth_methods(),
            "seconds": ir_http._get_seconds_left() if session.uid else None,
            "csrf_token": request.csrf_token(),
        }

    @http.route(
        "/partner_access/session/resume",
        type="jsonrpc",
        auth="public",
        website=True,
        check_identity=False,
    )
    def session_resume(self, uid, login, password, switch_from=None, is_shared=False, **kw):
        """Let the user of an open page go on without leaving it.

        :param int uid: whose page it is
        :param str login: with which this user signed in
        :param str password: as typed
        :param int switch_from: who is signed in instead, when that place is taken
        :param bool is_shared: whether the session that ended was of a shared computer
        :return: ``{'error'}`` where the password is wrong, ``{'url'}`` of a page where something
            more is asked; empty when the page can ask for its state again
        """
        session = request.session
        if session.uid and session.uid not in (uid, switch_from):
            return {}
        try:
            url = self._resume(uid, login, password, is_shared)
        except AccessDenied as error:
            is_plain = error.args == AccessDenied().args
            return {"error": request.env._("Wrong password") if is_plain else error.args[0]}
        return {"url": url} if url else {}

    def _resume(self, uid, login, password, is_shared):
        """Unlock, or sign in; return where to go on when the password is not all."""
        ir_http = request.env["ir.http"]
        if request.session.uid == uid:
            result = ir_http._check_identity({"type": "password", "password": password})
            return f"/auth-timeout/check-identity?redirect={DONE}" if result else None
        credential = {"type": "password", "login": login, "password": password}
        if request.env["res.users"]._should_captcha_login(credential):
            ir_http._verify_request_recaptcha_token("login")
        with self._choosing_computer(is_shared):
            request.session.authenticate(request.env, credential)
        return None if request.session.uid else f"/web/login/totp?redirect={DONE}"

    @http.route(
        DONE,
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
        sitemap=False,
        multilang=False,
    )
    def session_done(self, **kw):
        """The end of a window in which somebody signed in again; it closes by itself."""
        return request.render("partner_access.session_done")

    # --- Where one is signed in ------------------------------------------------------------------

    @http.route("/my/security/sessions", type="http", auth="user", methods=["GET"], readonly=True)
    def sessions(self, **kw):
        """What is posted to here is shown on the page of security."""
        return request.redirect("/my/security")

    @http.route("/my/security/sessions", type="http", auth="user", methods=["POST"], website=True)
    def end_session(self, device=None, **kw):
        """End one of the own sessions; who did not prove it lately says first who he is.

        :param str device: id of one of the own devices
        """
        devices_sudo = request.env.user._get_devices()
        device_sudo = devices_sudo.filtered(lambda own: str(own.id) == device)
        if not device_sudo:
            raise request.not_found()
        if not request.env["ir.http"]._is_identity_checked():
            redirect = quote("/my/security?checked=1#sessions", safe="")
            return request.redirect(f"/auth-timeout/check-identity?redirect={redirect}")
        device_sudo._revoke()
        request.env["partner.access.log"]._log("session_ended", user=request.env.user)
        return request.redirect("/my/security#sessions")
