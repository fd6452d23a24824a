import json
import secrets
from contextlib import contextmanager

from odoo import api, models, tools
from odoo.exceptions import AccessDenied

from ..tools import password_rules
from ..tools.addresses import is_text
from .partner_access_attempt import TooManyAttempts

SECOND_FACTORS = ("totp", "totp_mail")  # never the first: their user is known by the session
METHODS = {"passkey": "Passkey", "apikey": "API key", "microsoft": "Microsoft 365"}
MAX_LOGIN_LENGTH = 1000
BY_LINK = "partner_access_by_link"
# What is known of the attempt that is under way in this transaction.
SIGNING_IN = "partner_access.signing_in"
AUTH_INFO = "partner_access.auth_info"


class PartnerAccessUserThrottle(models.AbstractModel):
    """How often somebody may try to sign in, and what the log says of it.

    Core counts in the memory of each worker and by the network's address, so that one colleague
    locks the branch; here the database counts, for all workers, by account and network.
    """

    _name = "partner.access.user.throttle"
    _description = "User: Limits of Attempts"

    def _login(self, credential, user_agent_env):
        """As core; a refusal takes as long for an account that does not exist."""
        credential.setdefault("login", "")
        if not self._is_readable(credential):
            raise AccessDenied
        # Only passwords can be guessed, and who comes with a link has just chosen one.
        is_counted = credential["type"] == "password" and not self.env.context.get(BY_LINK)
        self.env.cr.cache[SIGNING_IN] = {"is_counted": is_counted}
        try:
            return super()._login(credential, user_agent_env)
        except TooManyAttempts:
            raise
        except AccessDenied:
            self._spend_time_of_check(credential, user_agent_env)
            raise
        finally:
            self.env.cr.cache.pop(SIGNING_IN, None)

    @contextmanager
    def _assert_can_auth(self, user=None):
        """As core, with the counters of ``partner.access.attempt`` and the log.

        :param user: sign-in name as typed, or id of a user
        :raise AccessDenied: when there were too many attempts, with the time to wait
        """
        attempts = self.env["partner.access.attempt"]
        if not attempts._get_network():
            with super()._assert_can_auth(user=user):
                yield
            return
        cache = self.env.cr.cache
        # A password that is asked again of who is signed in is no sign-in for the log.
        signing_in = cache.get(SIGNING_IN, {"is_counted": True} if isinstance(user, int) else None)
        login = self._get_attempted_login(user)
        pair = attempts._begin(login, is_counted=not signing_in or signing_in["is_counted"])
        cache[AUTH_INFO] = {}
        try:
            yield
        except AccessDenied:
            attempts._fail(pair, login)
            raise
        finally:
            auth_info = cache.pop(AUTH_INFO, None)
        if auth_info and isinstance(user, int):
            auth_info["uid"] = user  # who gives a second factor is nobody yet for core
        self._end_attempt(pair, auth_info, is_sign_in=bool(signing_in))

    def _check_credentials(self, credential, env):
        """As core; a password that is asked again of who is signed in is counted too."""
        cache = self.env.cr.cache
        if AUTH_INFO in cache or credential.get("type") != "password":
            auth_info = super()._check_credentials(credential, env)
            if AUTH_INFO in cache:
                is_interactive = (env or {}).get("interactive", True)
                cache[AUTH_INFO] = {**auth_info, "is_interactive": is_interactive}
            return auth_info
        with self.env.user._assert_can_auth(user=self.env.user.login):
            return super()._check_credentials(credential, env)

    def _end_attempt(self, pair, auth_info, is_sign_in):
        """An attempt succeeded; or its first half, where a second factor is asked now."""
        attempts = self.env["partner.access.attempt"]
        if not is_sign_in or not auth_info:
            attempts._succeed(pair)
            return
        user_sudo = self.sudo().browse(auth_info["uid"])  # sudo: who signs in is nobody yet
        if user_sudo._is_second_factor_asked(auth_info):
            attempts._take_back(pair)
        else:
            attempts._succeed(pair, user_sudo, METHODS.get(auth_info["auth_method"]))

    def _is_second_factor_asked(self, auth_info):
        if not auth_info["is_interactive"] or auth_info["auth_method"] in SECOND_FACTORS:
            return False
        return auth_info["mfa"] != "skip" and bool(self._mfa_url())

    def _get_attempted_login(self, user):
        """The sign-in name that an attempt is counted for: one account, however it is named."""
        if not isinstance(user, int):
            return user or ""
        # sudo: who signs in is nobody yet
        return self.sudo().browse(user).exists().login or f"#{user}"

    @api.model
    def _is_readable(self, credential):
        if not is_text(credential["login"], MAX_LOGIN_LENGTH):
            return False
        if credential["type"] != "webauthn":
            return credential["type"] not in SECOND_FACTORS
        try:
            return isinstance(json.loads(credential["webauthn_response"])["id"], str)
        except (KeyError, TypeError, ValueError):
            return False

    @api.model
    def _spend_time_of_check(self, credential, env):
        """Verify a password of nobody where core verified none, as this is what takes long."""
        password = credential.get("password")
        if credential["type"] != "password" or not password:
            return
        if not password_rules.is_password(password):
            return  # compared with no hash either
        # sudo: who signs in is nobody yet
        user_sudo = self.sudo().search(self._get_login_domain(credential["login"]), limit=1)
        is_interactive = (env or {}).get("interactive", True)
        is_asked = user_sudo and (is_interactive or not user_sudo._rpc_api_keys_only())
        if is_asked and user_sudo._has_password():
            return
        for form in {password, password_rules.normalize(password)}:
            self._crypt_context().verify(form, self._get_hash_of_nobody())

    @tools.ormcache(cache="stable")
    def _get_hash_of_nobody(self):
        return self._crypt_context().hash(secrets.token_hex())
