from odoo import fields, models

from .partner_access_user_password import DEFAULT_POLICY, PASSWORD_POLICIES
from .partner_access_user_view_as import DEFAULT_VIEW_MINUTES


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    # The theme stands before core's own methods, which it extends.
    _inherit = ["partner.access.settings.microsoft", "res.config.settings"]

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
