from odoo import api, models, tools
from odoo.exceptions import AccessDenied, UserError

from ..tools.microsoft_account import AccountRefused, MicrosoftAccount

# What takes the place of Microsoft 365; a key of a program and a second factor do not.
REPLACED_METHODS = {"password", "passkey", "webauthn"}


class PartnerAccessUserMicrosoft(models.AbstractModel):
    """Sign-in with Microsoft 365."""

    _name = "partner.access.user.microsoft"
    _description = "User: Microsoft 365"

    def _check_credentials(self, credential, env):
        """As core, and with an account that Microsoft vouched for. Who must sign in so is told
        after the right password only; before, nothing tells who that is.
        """
        if credential.get("type") == "microsoft":
            return self._check_microsoft_account(credential)
        auth_info = super()._check_credentials(credential, env)
        if auth_info["auth_method"] in REPLACED_METHODS and self.env.user._is_microsoft_only():
            raise AccessDenied(self._get_microsoft_only_text())
        return auth_info

    def _check_microsoft_account(self, credential):
        """Whether the account belongs to this user.

        Credentials come from outside too; there is none among them that is a
        ``MicrosoftAccount``, as no text can be one.
        """
        account = credential.get("account")
        if not isinstance(account, MicrosoftAccount):
            raise AccessDenied
        identity_sudo = self.env["partner.access.identity"]._find(account)
        is_late = account.signed_in_at < credential.get("signed_in_after", 0)
        if is_late or identity_sudo.user_id != self.env.user:
            raise AccessDenied
        return {
            "uid": self.env.user.id,
            "auth_method": "microsoft",
            "mfa": "skip" if account.has_second_factor else "default",
        }

    def _get_auth_methods(self):
        """As core, for who confirms to be still the same person: with Microsoft 365 where that is
        how this person signs in, with a password only where there is one that counts.
        """
        methods = super()._get_auth_methods()
        if not self._can_use_microsoft():
            return methods
        if self._is_microsoft_only():
            methods = [method for method in methods if method not in REPLACED_METHODS]
        elif not self._has_password():
            methods = [method for method in methods if method != "password"]
        return ["microsoft", *methods]

    @api.model
    def signup(self, values, token=None):
        """As core, but no password for who signs in with Microsoft 365 only.

        :raise UserError: saying so, to who comes with a link that works
        """
        if token and self.env["partner.access.microsoft"]._is_on():
            # sudo: who comes with a link is not signed in
            partner_sudo = self.env["res.partner"].sudo()._get_partner_from_token(token)
            users_sudo = partner_sudo.user_ids if partner_sudo else self.browse()
            if any(user._is_microsoft_only() for user in users_sudo):
                raise UserError(self._get_microsoft_only_text())
        return super().signup(values, token)

    @api.model
    def _get_microsoft_only_text(self):
        return self.env._(
            "Your company signs in with Microsoft 365. Use the button for it; a password is not "
            "needed."
        )

    def _is_microsoft_only(self):
        """Whether this person signs in with Microsoft 365 and in no other way. Employees never:
        their password is the way in when Microsoft is not there."""
        if not self.env["partner.access.microsoft"]._is_on() or not self._is_portal():
            return False
        _tenants, is_required = self._get_microsoft_rules(self.id)
        return is_required

    def _can_use_microsoft(self):
        self.ensure_one()
        is_on = self.env["partner.access.microsoft"]._is_on()
        return is_on and bool(self._get_microsoft_tenants())

    def _get_microsoft_tenants(self):
        """The tenants whose accounts this person may sign in with."""
        self.ensure_one()
        if self._is_internal():
            return self.env["partner.access.microsoft"]._get_staff_tenants()
        tenants, _is_required = self._get_microsoft_rules(self.id)
        return tenants

    @api.model
    @tools.ormcache("uid")
    def _get_microsoft_rules(self, uid):
        """Tenants of a portal user's company, and whether it wants nothing else."""
        partner_sudo = self.sudo().browse(uid).partner_id
        return partner_sudo._get_microsoft_tenants(), partner_sudo._is_microsoft_required()

    @api.model
    def _get_user_for_microsoft(self, account, lang=None):
        """Who comes in with an account of Microsoft 365.

        The first time it is who gets a link at the address that Microsoft vouches for, if the
        company knows the tenant; a user is made where the link would make one. From then on it is
        the account itself, whatever its address.

        :param account: ``MicrosoftAccount``
        :param lang: language of the page, for a user that is made now
        :return: ``res.users`` (sudo)
        :raise AccountRefused: saying why, for the log
        """
        identity_sudo = self.env["partner.access.identity"]._find(account)
        if not identity_sudo:
            return self._link_microsoft_user(account, lang)
        user_sudo = identity_sudo.user_id
        if not user_sudo.active or account.tenant not in user_sudo._get_microsoft_tenants():
            raise AccountRefused(f"no access for {user_sudo.login} of tenant {account.tenant}")
        return user_sudo

    @api.model
    def _link_microsoft_user(self, account, lang):
        # A user that is made for an account which is refused after all is not kept.
        with self.env.cr.savepoint():
            for address in account.addresses:
                user_sudo = self._get_user_for_link(address, lang)
                if user_sudo and account.tenant in user_sudo._get_microsoft_tenants():
                    break
            else:
                names = ", ".join(account.addresses) or "no verified address"
                raise AccountRefused(f"no access for {names} of tenant {account.tenant}")
            if not self.env["partner.access.identity"]._link(user_sudo, account, address):
                raise AccountRefused(f"{address} has another Microsoft account")
            return user_sudo
