from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.microsoft_account import read_tenants
from ..tools.openid import is_safe_address
from .partner_access_microsoft import SECRET
from .partner_access_user_password import DEFAULT_POLICY, PASSWORD_POLICIES
from .partner_access_user_view_as import DEFAULT_VIEW_MINUTES


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_support_email = fields.Char(related="company_id.portal_support_email", readonly=False)
    portal_support_phone = fields.Char(related="company_id.portal_support_phone", readonly=False)
    portal_support_hours = fields.Char(related="company_id.portal_support_hours", readonly=False)
    portal_microsoft_enabled = fields.Boolean(
        "Sign-in with Microsoft 365", config_parameter="partner_access.microsoft_enabled"
    )
    portal_microsoft_client_id = fields.Char(
        "Application (Client) ID", config_parameter="partner_access.microsoft_client_id"
    )
    portal_microsoft_authority = fields.Char(
        "Authority", config_parameter="partner_access.microsoft_authority"
    )
    portal_microsoft_staff_tenants = fields.Char(
        "Tenants of Our Employees", config_parameter="partner_access.microsoft_staff_tenants"
    )
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
    portal_application_user_id = fields.Many2one(
        related="company_id.portal_application_user_id", readonly=False
    )
    portal_asks_vies = fields.Boolean(related="company_id.portal_asks_vies", readonly=False)
    portal_application_link_days = fields.Integer(
        "Days a link of an application works",
        config_parameter="partner_access.application_link_days",
        default=30,
    )
    portal_password_policy = fields.Selection(
        PASSWORD_POLICIES,
        config_parameter="partner_access.password_policy",
        default=DEFAULT_POLICY,
        required=True,
    )
    portal_link_hours = fields.Integer(
        "Hours a password link lives",
        config_parameter="auth_signup.reset_password.validity.hours",
        default=1,
    )
    portal_shared_minutes = fields.Integer(
        "Minutes until a shared computer is locked",
        config_parameter="partner_access.shared_minutes",
        default=lambda self: self.env["res.users"]._get_shared_minutes(),
    )
    portal_keep_submissions = fields.Integer(
        "Keys of forms that were sent",
        config_parameter="partner_access.keep_submissions",
        default=lambda self: self.env["partner.access.submission"]._retention_days,
    )
    portal_view_minutes = fields.Integer(
        "Minutes support sees the portal as a customer",
        config_parameter="partner_access.view_minutes",
        default=DEFAULT_VIEW_MINUTES,
    )
    portal_view_mail = fields.Boolean(related="company_id.portal_view_mail", readonly=False)
    portal_keep_log = fields.Integer(
        "Access log",
        config_parameter="partner_access.keep_log",
        default=lambda self: self.env["partner.access.log"]._retention_days,
    )
    portal_keep_networks = fields.Integer(
        "Networks that people sign in from",
        config_parameter="partner_access.keep_networks",
        default=lambda self: self.env["partner.access.attempt"]._retention_days,
    )
    portal_keep_feed = fields.Integer(
        "Files of feeds and their reports",
        config_parameter="partner_access.keep_feed",
        default=lambda self: self.env["partner.access.feed.run"]._retention_days,
    )
    portal_keep_applications = fields.Integer(
        "Applications of new customers",
        config_parameter="partner_access.keep_applications",
        default=lambda self: self.env["partner.access.application"]._retention_days,
    )
    portal_keep_requests = fields.Integer(
        "Requests for a password link",
        config_parameter="partner_access.keep_requests",
        default=lambda self: self.env["partner.access.request"]._retention_days,
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
            raise UserError(self.env["res.partner"]._get_tenant_fault(wrong[0]))
