from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.microsoft_account import read_tenants
from ..tools.openid import is_safe_address
from .partner_access_microsoft import SECRET


class PartnerAccessSettingsMicrosoft(models.AbstractModel):
    """How our application at Microsoft is called, and who may come in through it."""

    _name = "partner.access.settings.microsoft"
    _description = "Settings: Microsoft 365"

    portal_microsoft_secret = fields.Char(
        "Client Secret",
        compute="_compute_portal_microsoft_secret",
        inverse="_inverse_portal_microsoft_secret",
    )
    is_portal_microsoft_secret_set = fields.Boolean(
        compute="_compute_portal_microsoft_secret", string="Secret Is Set"
    )
    portal_microsoft_redirect_uri = fields.Char(
        "Redirect URI", compute="_compute_portal_microsoft_redirect_uri"
    )

    def _compute_portal_microsoft_secret(self):
        """A secret is never shown again; only whether there is one."""
        is_set = bool(self.env["partner.access.secret"]._get_secret(SECRET))
        for settings in self:
            settings.portal_microsoft_secret = False
            settings.is_portal_microsoft_secret_set = is_set

    def _inverse_portal_microsoft_secret(self):
        for settings in self.filtered("portal_microsoft_secret"):
            secret = settings.portal_microsoft_secret.strip()
            self.env["partner.access.secret"]._set_secret(SECRET, secret)

    def _compute_portal_microsoft_redirect_uri(self):
        for settings in self:
            settings.portal_microsoft_redirect_uri = (
                f"{settings.get_base_url()}/web/login/microsoft/callback"
            )

    def set_values(self):
        """As core, when Microsoft 365 can be asked with what was typed.

        :raise UserError: saying what is missing or wrong
        """
        self._check_microsoft_application()
        self._check_microsoft_places()
        return super().set_values()

    def _check_microsoft_application(self):
        secret = self.env["partner.access.secret"]._get_secret(SECRET)
        if self.portal_microsoft_enabled and not (self.portal_microsoft_client_id and secret):
            raise UserError(
                self.env._(
                    "The sign-in with Microsoft 365 needs the client ID and the client secret of "
                    "your application."
                )
            )

    def _check_microsoft_places(self):
        authority = self.portal_microsoft_authority
        if authority and not is_safe_address(authority):
            raise UserError(
                self.env._("The authority %(address)s is not an https address.", address=authority)
            )
        _valid, wrong = read_tenants(self.portal_microsoft_staff_tenants)
        if wrong:
            raise UserError(self.env._("%(text)s is not the ID of a tenant.", text=wrong[0]))
