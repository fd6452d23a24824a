from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_keep_downloads = fields.Integer(
        "Files made for download",
        config_parameter="partner_access.keep_downloads",
        default=lambda self: self.env["portal.download"]._retention_days,
    )
    portal_keep_request_documents = fields.Integer(
        "Documents of requests about company data",
        config_parameter="partner_access.keep_request_documents",
        default=lambda self: self.env["portal.request"]._retention_days,
    )
    portal_ship_working_days = fields.Integer(
        related="company_id.portal_ship_working_days", readonly=False
    )
    portal_request_user_id = fields.Many2one(
        related="company_id.portal_request_user_id", readonly=False
    )
    portal_digest_hour = fields.Integer(related="company_id.portal_digest_hour", readonly=False)
    portal_calendar_id = fields.Many2one(related="company_id.resource_calendar_id", readonly=False)
