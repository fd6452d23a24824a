from odoo import models
from odoo.exceptions import AccessDenied, UserError

from ..tools.addresses import CONTROL_CHARACTERS

MAX_NAME_LENGTH = 100
MAX_PHONE_LENGTH = 40


class PartnerAccessUserAccount(models.AbstractModel):
    """What a customer's person says of himself: name, telephone, language, e-mail address."""

    _name = "partner.access.user.account"
    _description = "User: Own Account"

    def _save_account(self, name, phone, lang):
        """Keep what the user says of himself; the company is never written.

        :param str name: as typed, kept on one line
        :param str phone: as typed; empty takes it away
        :param str lang: code of an installed language; any other is ignored
        :raise UserError: when it cannot be kept
        """
        self.ensure_one()
        values = {"name": self._read_line(name), "phone": self._read_line(phone)}
        if not values["name"]:
            raise UserError(self.env._("Type your name."))
        if len(values["name"]) > MAX_NAME_LENGTH or len(values["phone"]) > MAX_PHONE_LENGTH:
            raise UserError(
                self.env._(
                    "A name has at most %(name)s characters, a telephone number %(phone)s.",
                    name=MAX_NAME_LENGTH,
                    phone=MAX_PHONE_LENGTH,
                )
            )
        if lang in dict(self.env["res.lang"].get_installed()):
            values["lang"] = lang
        # sudo: customers write no contacts; these three fields are the person's own
        partner_sudo = self.sudo().partner_id
        changed = {field: value for field, value in values.items() if partner_sudo[field] != value}
        partner_sudo.write(changed)

    def _read_line(self, text):
        """A text of one line as it is kept."""
        return " ".join(CONTROL_CHARACTERS.sub(" ", text or "").split())

    def _get_email_change_refusal(self):
        """Why the user cannot change the own e-mail address here.

        :return: a text for the user; False when it can be changed
        """
        self.ensure_one()
        entry_sudo = self._get_access_entry()
        if not self._is_portal() or not entry_sudo:
            return self.env._("Ask us to change your address.")
        if self._is_microsoft_only():
            return self.env._(
                "You sign in with Microsoft 365, by the address of that account. When it changes "
                "there, ask us to change it here."
            )
        if entry_sudo.source == "feed":
            return self.env._(
                "Your address comes from a list that your company sends us, and would be set back. "
                "Ask your company to change it there."
            )
        if not self._has_password():
            return self.env._(
                "You have no password yet, and it is asked for. Sign out and get a link for one "
                "by e-mail; then come back."
            )
        return False

    def _check_current_password(self, password):
        """Whether the user is who signed in; counted as a sign-in is.

        :param str password: as typed
        :raise UserError: when it is wrong, or there were too many attempts
        """
        credential = {"login": self.login, "password": password or "", "type": "password"}
        try:
            self.with_user(self)._check_credentials(credential, {"interactive": True})
        except AccessDenied as error:
            is_plain = error.args == AccessDenied().args
            text = self.env._("This is not your present password.") if is_plain else error.args[0]
            raise UserError(text) from error

    def _notify_security_setting_update(self, *args, **kwargs):
        """As core; who is told in our own words gets no second mail."""
        if self.env.context.get("partner_access_told"):
            return self.env["mail.mail"]
        return super()._notify_security_setting_update(*args, **kwargs)
