import logging

import psycopg2
from authlib.common.security import generate_token

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..models.partner_access_http_session import SHARED
from ..models.partner_access_microsoft import MAX_ATTEMPTS
from ..tools.addresses import get_local_path
from ..tools.microsoft_account import AccountRefused
from ..tools.openid import CLOCK_SECONDS, ProviderUnreachable, TokenRefused
from .auth_signup import AccessSignup

_logger = logging.getLogger(__name__)

CALLBACK = "web/login/microsoft/callback"
ATTEMPTS = "microsoft_attempts"
SHARED_COOKIE = "microsoft_asks"
SHARED_COOKIE_SECONDS = 365 * 24 * 3600


class MicrosoftSignIn(AccessSignup):
    @http.route(
        "/web/login/microsoft",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def microsoft_sign_in(self, redirect=None, login=None, **kw):
        """Lead to the page of Microsoft.

        :param str redirect: page to go to afterwards
        :param str login: address that was typed already
        :param kw: what the sign-in page says of the computer, and of who is signed in there
        """
        is_shared = bool(kw.get("shared_computer"))
        is_post = request.httprequest.method == "POST"
        return self._go_to_microsoft(
            "login" if is_shared or self._must_prove_presence() else "select_account",
            login,
            redirect=get_local_path(redirect),
            is_shared=is_shared,
            switch_from=kw.get("switch_from") if is_post else None,
        )

    @http.route(
        "/web/login/microsoft/unlock",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        check_identity=False,
    )
    def microsoft_unlock(self, redirect=None, **kw):
        """Lead to the page of Microsoft, to have who is signed in confirm to be still there.

        :param str redirect: page to go to afterwards; without it, in a window that closes
        """
        return self._go_to_microsoft(
            "login",
            request.env.user.login,
            redirect=get_local_path(redirect),
            unlock_uid=request.session.uid,
        )

    @http.route(
        "/" + CALLBACK,
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        check_identity=False,
    )
    def microsoft_callback(self, state=None, code=None, error=None, **kw):
        """Take the answer of Microsoft.

        :param str state: of an attempt of this browser
        :param str code: to be redeemed for a token
        :param str error: instead of a code
        """
        attempt = request.session.get(ATTEMPTS, {}).get(state or "")
        if not attempt:
            return self._refuse("lost")
        self._keep_attempts(state, None)
        if error or not code:
            _logger.info("Sign-in with Microsoft 365 failed: %s %s", error, kw)
            return self._refuse("cancelled", attempt)
        return self._take_answer(attempt, code)

    @http.route()
    def web_login(self, *args, **kw):
        """As core, and says why the sign-in with Microsoft 365 led back here."""
        response = super().web_login(*args, **kw)
        if response.is_qweb and request.params.get("microsoft"):
            text = self._get_refusals().get(request.params["microsoft"])
            response.qcontext.setdefault("error", text)
        return response

    def get_auth_signup_qcontext(self):
        """As core, and tells the page of a link whether its owner needs no password."""
        qcontext = super().get_auth_signup_qcontext()
        token = qcontext.get("token")
        if token and request.env["partner.access.microsoft"]._is_on():
            user_sudo, _partner = self._find_token_owner(token)
            qcontext["microsoft_only"] = bool(user_sudo) and user_sudo._is_microsoft_only()
        return qcontext

    def _must_prove_presence(self):
        """Whether Microsoft asks for the password although the browser knows the account: where a
        page is locked, and in a browser that was once said to be of many people."""
        is_locked = request.session.uid and request.env["ir.http"]._must_check_identity()
        return bool(is_locked or request.cookies.get(SHARED_COOKIE))

    def _go_to_microsoft(self, prompt, login, **facts):
        microsoft = request.env["partner.access.microsoft"]
        if not microsoft._is_on():
            return request.redirect("/web/login")
        state = generate_token(32)
        redirect_uri = request.httprequest.url_root + CALLBACK
        attempt = microsoft._prepare_attempt(redirect_uri, prompt, **facts)
        try:
            address = microsoft._get_address(state, attempt, login)
        except ProviderUnreachable as error:
            _logger.warning("Microsoft 365 cannot be reached: %s", error)
            return self._refuse("unreachable", attempt)
        self._keep_attempts(state, attempt)
        return request.redirect(address, local=False)

    def _keep_attempts(self, state, attempt):
        """Note an attempt in the session, or forget it; of old ones the latest are kept."""
        attempts = dict(request.session.get(ATTEMPTS, {}))
        attempts.pop(state, None)
        if attempt:
            attempts[state] = attempt
        request.session[ATTEMPTS] = dict(list(attempts.items())[-MAX_ATTEMPTS:])

    def _take_answer(self, attempt, code):
        try:
            account = request.env["partner.access.microsoft"]._redeem(attempt, code)
            if attempt.get("unlock_uid"):
                return self._unlock(attempt, account)
            return self._sign_in(attempt, account)
        except ProviderUnreachable as error:
            _logger.warning("Microsoft 365 cannot be reached: %s", error)
            return self._refuse("unreachable", attempt)
        except (TokenRefused, psycopg2.IntegrityError) as error:
            _logger.warning("An answer of Microsoft 365 was refused: %s", error)
            return self._refuse("lost", attempt)
        except AccountRefused as error:
            self._log_refusal(error)
            return self._refuse("refused", attempt)
        except AccessDenied:
            return self._refuse("refused", attempt)

    def _sign_in(self, attempt, account):
        user_sudo = request.env["res.users"]._get_user_for_microsoft(account, request.env.lang)
        uid = request.session.uid
        if uid and uid != user_sudo.id and attempt["switch_from"] != str(uid):
            return self._refuse("other", attempt)
        is_shared = attempt["is_shared"] or (uid == user_sudo.id and request.session.get(SHARED))
        credential = {"type": "microsoft", "login": user_sudo.login, "account": account}
        uid = request.session.authenticate(request.env, credential)["uid"]
        self._note_computer(is_shared)
        return request.redirect(self._login_redirect(uid, redirect=attempt["redirect"]))

    def _note_computer(self, is_shared):
        """Note what was said of the computer; of a shared one the browser keeps it in mind."""
        request.env["ir.http"]._choose_shared_computer(is_shared)
        if is_shared:
            options = {"max_age": SHARED_COOKIE_SECONDS, "httponly": True, "samesite": "Lax"}
            request.future_response.set_cookie(SHARED_COOKIE, "1", **options)

    def _unlock(self, attempt, account):
        """Let who is signed in go on, if the account is theirs and they signed in anew."""
        if request.session.uid != attempt["unlock_uid"]:
            return self._refuse("lost", attempt)
        credential = {
            "type": "microsoft",
            "account": account,
            "signed_in_after": attempt["started_at"] - CLOCK_SECONDS,
        }
        result = request.env["ir.http"]._check_identity(credential) or {}
        if attempt["redirect"]:
            # Where a second factor is still asked, that page leads to the one which asks.
            return request.redirect(attempt["redirect"])
        return self._render_done(needs_more=bool(result.get("mfa")))

    def _refuse(self, code, attempt=None):
        if attempt and attempt.get("unlock_uid"):
            return self._render_done(error=self._get_refusals()[code])
        redirect = attempt and attempt["redirect"]
        return request.redirect_query(
            "/web/login", {"microsoft": code, **({"redirect": redirect} if redirect else {})}
        )

    def _render_done(self, **values):
        return request.render("partner_access.microsoft_done", values)

    def _log_refusal(self, error):
        request.env["partner.access.log"]._log("failure", text=f"Microsoft 365: {error}")

    def _get_refusals(self):
        """What a person reads. Who is not let in is not told why: the log is."""
        return {
            "lost": request.env._("This sign-in took too long, or was used already. Try again."),
            "cancelled": request.env._(
                "The sign-in with Microsoft 365 was not finished. Try again."
            ),
            "unreachable": request.env._(
                "The sign-in with Microsoft 365 does not work at the moment. Try again in some "
                "minutes, or ask the contact below."
            ),
            "refused": request.env._(
                "This Microsoft account has no access here. Is it the account of your company, "
                "and not a private one? Ask your company's administrator, or the contact below."
            ),
            "other": request.env._("Somebody else is signed in in this browser. Sign out first."),
        }
