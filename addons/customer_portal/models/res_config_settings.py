from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_ship_working_days = fields.Integer(
        related="company_id.portal_ship_working_days", readonly=False
    )
