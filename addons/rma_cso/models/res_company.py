from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cso_transit_days = fields.Integer(
        "Transit Days", help="From the ship date to the receipt by the customer."
    )
    cso_fee_product_id = fields.Many2one("product.product", "Return Fee Product")
    cso_receiving_partner_id = fields.Many2one(
        "res.partner", "Receiving Address of Returns", help="Empty: the company's own address."
    )
    cso_returns_email = fields.Char("Returns Mailbox")

    _transit_days_positive = models.Constraint(
        "CHECK (cso_transit_days >= 0)", "Transit days cannot be negative."
    )
