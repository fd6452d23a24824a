from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cso_transit_days = fields.Integer(related="company_id.cso_transit_days", readonly=False)
    cso_fee_product_id = fields.Many2one(related="company_id.cso_fee_product_id", readonly=False)
    cso_receiving_partner_id = fields.Many2one(
        related="company_id.cso_receiving_partner_id", readonly=False
    )
    cso_returns_email = fields.Char(related="company_id.cso_returns_email", readonly=False)
