from odoo import fields, models


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    cso_claim_partner_id = fields.Many2one(
        "res.partner",
        "Claims To",
        groups="base.group_user",
        help="At whom damage in transport is claimed. Empty: it is asked.",
    )
