from odoo import models

from .partner_access_attempt import TooManyAttempts
from .partner_access_user_throttle import AUTH_INFO


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        """As core, for whom the register lets in today; a wrong key of a program is counted.

        :param str scope: what the key is for
        :param str key: as it came
        :return: id of the user, else None
        """
        uid = super()._check_credentials(scope=scope, key=key)
        # sudo: who comes with a key is nobody yet, and for nobody no groups can be computed
        user_sudo = self.env(user=uid or self.env.uid, su=True)["res.users"].browse(uid or ())
        if uid and user_sudo._is_portal() and not user_sudo._is_registered():
            uid = None
        if not uid and scope == "rpc" and AUTH_INFO not in self.env.cr.cache:
            self._note_failure(key)
        return uid

    def _note_failure(self, key):
        """Count and log a wrong key; one that comes again and again does not fill the log."""
        attempts = self.env["partner.access.attempt"]
        if not attempts._get_network():
            return
        try:
            pair = attempts._begin(key)
        except TooManyAttempts:
            return
        attempts._fail(pair, key, "API key")
