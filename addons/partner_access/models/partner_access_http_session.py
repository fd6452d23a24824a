import time

from werkzeug.exceptions import Conflict

from odoo import models
from odoo.http import (
    SAFE_HTTP_METHODS,
    FutureResponse,
    Response,
    get_default_session,
    request,
)

from odoo.addons.auth_timeout.models.ir_http import CheckIdentityException

# What a session file says. Seconds without use after which a shared computer is locked:
SHARED = "shared_computer"
# when the session was last used, in seconds since 1970:
USED = "last_used"
# and core's own time from which on it asks who is there.
CHECK_FROM = "identity-check-next"
# When the user last proved who he is, and for how many seconds that counts, both of core.
CHECKED = "identity-check-last"
CHECKED_SECONDS = 600
# The first of two factors: when, and which.
FIRST_FACTOR = "identity-check-1fa"
# The scripts of a page say whose page it is, and for how many seconds nobody touched it.
USER_HEADER = "X-Portal-User"
IDLE_HEADER = "X-Portal-Idle"
# Public addresses that show or take what is a user's own.
OWN_ADDRESSES = ("/my", "/mail/", "/portal/")
# Calls that the browser makes by itself.
BACKGROUND_ADDRESSES = ("/websocket", "/bus/")


class OtherUserError(Conflict):
    """The page of one user wrote while another user is signed in in this browser."""


class SharedComputerResponse(FutureResponse):
    """What a request adds to its answer, where the session ends with the browser."""

    def __init__(self, headers):
        super().__init__()
        self.headers = headers

    def set_cookie(self, key, value="", max_age=None, expires=-1, **options):
        """As core; the cookie of the session has no age, so the browser drops it when it ends."""
        if key == "session_id":
            max_age = expires = None
        return super().set_cookie(key, value, max_age=max_age, expires=expires, **options)


class PartnerAccessHttpSession(models.AbstractModel):
    """Requests of a session on a shared computer, or of a second user in one browser.

    All of it stands in the session file: no request asks the database for it.
    """

    _name = "partner.access.http.session"
    _description = "Requests: Sessions"

    # --- Shared computers ------------------------------------------------------------------------

    @classmethod
    def _choose_shared_computer(cls, is_shared):
        """Note what somebody who is signing in said of the computer.

        :param bool is_shared: whether others use it too
        """
        if is_shared:
            seconds = request.env["res.users"]._get_shared_minutes() * 60
            request.session[SHARED] = seconds
        else:
            request.session.pop(SHARED, None)

    @classmethod
    def _shorten_cookie(cls):
        """Let the cookie of a shared computer end with the browser."""
        answer = request.future_response
        if request.session.get(SHARED) and not isinstance(answer, SharedComputerResponse):
            request.future_response = SharedComputerResponse(answer.headers)

    @classmethod
    def _get_idle_limit(cls):
        """Seconds without use after which the session is locked; None where it never is."""
        user = request.env(user=request.session.uid).user
        limits = (request.session.get(SHARED), user._get_lock_timeout_inactivity())
        return min(filter(None, limits), default=None)

    @classmethod
    def _note_use(cls):
        """Note that the session is used now, or was when somebody last touched the page."""
        limit = cls._get_idle_limit()
        if not limit or request.httprequest.path.startswith(BACKGROUND_ADDRESSES):
            return
        used = time.time() - cls._get_idle_seconds()
        # The file of the session is not written at each request.
        if used - request.session.get(USED, 0) >= min(60, limit / 30):
            request.session[USED] = used

    @classmethod
    def _get_idle_seconds(cls):
        """For how long nobody touched the page that asks; 0 where a browser opens a page."""
        seconds = request.httprequest.headers.get(IDLE_HEADER, "")
        is_number = seconds.isascii() and seconds.isdigit() and len(seconds) < 10
        return int(seconds) if is_number else 0

    @classmethod
    def _get_seconds_left(cls):
        """Seconds until the session is locked when nobody uses it; None where it never is."""
        limit = cls._get_idle_limit()
        if not limit:
            return None
        return max(0, round(request.session.get(USED, time.time()) + limit - time.time()))

    @classmethod
    def _must_check_identity(cls):
        """As core; a session that made no request for its time is locked too: core learns of that
        by a websocket only, which a proxy may block.

        :return: as core: what is asked, None when nothing is
        :rtype: dict | None
        """
        required = super()._must_check_identity()
        if required or cls._get_seconds_left() != 0:
            return required
        # Core asks for as many factors as the groups want, from the moment that stands here.
        request.session[CHECK_FROM] = time.time()
        user = request.env(user=request.session.uid).user
        return super()._must_check_identity() or {
            "check_identity": True,
            "mfa": bool(user._mfa_type()),
            "1fa": cls._get_first_factor(),
        }

    @classmethod
    def _get_first_factor(cls):
        """With what a user who is asked for two factors has answered lately; None: with nothing."""
        given_on, method = request.session.get(FIRST_FACTOR) or (0, None)
        return method if given_on > time.time() - CHECKED_SECONDS else None

    @classmethod
    def _check_identity(cls, credential):
        """As core; wrong answers count as failed sign-ins, and a right one is use.

        :param dict credential: as core; empty to ask for the ways there are
        :return: as core
        :raise AccessDenied: when it is wrong, or after too many attempts
        """
        if not credential:
            return super()._check_identity(credential)
        user = request.env.user
        with user._assert_can_auth(user=user.login):
            result = super()._check_identity(credential)
        if not result:
            request.session[USED] = time.time()
        return result

    @classmethod
    def _is_identity_checked(cls):
        """Whether the user proved lately who he is."""
        return request.session.get(CHECKED, 0) > time.time() - CHECKED_SECONDS

    # --- Requests --------------------------------------------------------------------------------

    @classmethod
    def _authenticate(cls, endpoint):
        """As core; who is locked is nobody on public pages.

        :raise CheckIdentityException: when the session is locked
        """
        super()._authenticate(endpoint)
        auth = endpoint.routing["auth"]
        # Addresses of programs take the session of a browser too; who comes with a key has none.
        is_of_session = auth in ("user", "public") or (
            auth == "bearer" and request.session.can_save
        )
        if not request.session.uid or not is_of_session:
            return
        cls._shorten_cookie()
        if not endpoint.routing.get("check_identity", True):
            return
        # Core has asked already where only users come.
        if auth != "user" and cls._must_check_identity():
            cls._refuse_or_forget(auth)
        else:
            cls._note_use()

    @classmethod
    def _refuse_or_forget(cls, auth):
        """Ask who is there where a public page knows its user; elsewhere go on as nobody.

        :param str auth: of the route: public or bearer
        :raise CheckIdentityException: where a page or a call is of the user's own
        """
        if auth == "bearer" or request.httprequest.path.startswith(OWN_ADDRESSES):
            raise CheckIdentityException(f"User {request.session.uid} needs to confirm")
        request.update_env(user=cls._get_public_users()[0])

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """As core; the page of one user does not write for another.

        :raise OtherUserError: (409) when somebody else is signed in by now
        """
        result = super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        if request.session.uid and routing.get("check_identity", True):
            cls._check_user_of_page()
        return result

    @classmethod
    def _check_user_of_page(cls):
        if request.httprequest.method in SAFE_HTTP_METHODS:
            return
        uid = request.httprequest.headers.get(USER_HEADER)
        if not uid and request.dispatcher.routing_type == "http":
            uid = request.httprequest.form.get("portal_user")
        if uid and uid != str(request.session.uid):
            raise OtherUserError(
                request.env._(
                    "%(login)s is signed in in this browser now. What was written on a page of "
                    "somebody else was not sent.",
                    login=request.session.login,
                )
            )

    @classmethod
    def _dispatch(cls, endpoint):
        """As core; a form that was sent already is not sent again, and who signs in finds nothing
        of who was signed in before.
        """
        before = dict(request.session)
        submission_sudo = cls._claim_submission()
        if submission_sudo.location:
            return request.redirect(submission_sudo.location)
        response = super()._dispatch(endpoint)
        if submission_sudo:
            is_redirect = isinstance(response, Response) and 300 <= response.status_code < 400
            submission_sudo._settle(response.location if is_redirect else None)
        cls._begin_session(before)
        return response

    @classmethod
    def _claim_submission(cls):
        """The row (sudo) of a form that comes with a key; empty where none does."""
        # sudo: nobody has rights on what was sent; only the own keys are found
        submissions_sudo = request.env["partner.access.submission"].sudo()
        key = cls._take_submission_key()
        if not key or not request.session.uid or request.env.cr.readonly:
            return submissions_sudo
        return submissions_sudo._claim(request.httprequest.path, key)

    @classmethod
    def _take_submission_key(cls):
        """What the scripts of a page add to a form is not for the controllers."""
        if request.dispatcher.routing_type != "http":
            return None
        request.params.pop("portal_user", None)
        return request.params.pop("portal_key", None)

    @classmethod
    def _begin_session(cls, before):
        """Let a session begin that somebody has signed in to: it is used now, and holds nothing of
        who was signed in before.

        :param dict before: the session when the request came
        """
        session = request.session
        if session.uid and session.should_rotate:
            session.pop(CHECK_FROM, None)
            session[USED] = time.time()
        uid = session.uid or session.get("pre_uid")
        if uid and before["uid"] and uid != before["uid"]:
            cls._forget_previous_user(before)

    @classmethod
    def _forget_previous_user(cls, before):
        """Drop what the session still holds of another user: counters, what was seen last."""
        session = request.session
        for name in before.keys() - get_default_session().keys() - {SHARED, "pre_uid"}:
            if name in session and session[name] == before[name]:
                del session[name]
        session["_trace"] = []  # the devices of the new user know this session

    @classmethod
    def _post_dispatch(cls, response):
        """As core; the cookie of a shared computer ends with the browser."""
        cls._shorten_cookie()
        return super()._post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """As core; scripts are told by the status, too, that somebody else is signed in.

        :return: as core
        """
        response = super()._handle_error(exception)
        if isinstance(exception, OtherUserError) and isinstance(response, Response):
            response.status_code = exception.code
        return response

    @classmethod
    def _get_error_html(cls, env, code, values):
        """As core, with a page of our own that says who is signed in."""
        if isinstance(values.get("exception"), OtherUserError):
            return code, env["ir.ui.view"]._render_template("partner_access.other_user", values)
        return super()._get_error_html(env, code, values)

    # --- Pages -----------------------------------------------------------------------------------

    def _session_info_common_auth_timeout(self, session_info):
        """As core, with the time that a shared computer has."""
        session_info = super()._session_info_common_auth_timeout(session_info)
        if request.session.uid and (limit := self._get_idle_limit()):
            session_info["lock_timeout_inactivity"] = limit
        return session_info

    def get_frontend_session_info(self):
        """As core, with what the lock over a page of the portal needs; core's own stays away.

        :return: what the scripts of a page know of the session
        :rtype: dict
        """
        session_info = super().get_frontend_session_info()
        limit = session_info.pop("lock_timeout_inactivity", None)
        session_info["portal_session"] = {
            "uid": request.session.uid,
            "login": request.session.login,
            "limit": limit,
            "is_shared": bool(request.session.get(SHARED)),
        }
        return session_info
