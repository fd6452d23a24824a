from odoo import fields, models


class CsoStandardText(models.Model):
    _name = "cso.standard.text"
    _description = "Standard Text of the Returns Desk"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("ask", "Ask back"), ("refuse", "Refuse"), ("extend", "Extend")], "For", required=True
    )
    text = fields.Text(required=True, translate=True, help="The customer reads this.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
