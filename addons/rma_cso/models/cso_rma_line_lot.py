from odoo import fields, models


class CsoRmaLineLot(models.Model):
    _name = "cso.rma.line.lot"
    _description = "Serial Number of a Submitted Position"

    line_id = fields.Many2one("cso.rma.line", "Position", required=True, ondelete="cascade")
    lot_id = fields.Many2one("stock.lot", "Serial Number", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    is_held = fields.Boolean(related="line_id.holds_units", store=True)

    _line_lot_unique = models.Constraint(
        "UNIQUE (line_id, lot_id)", "A serial number stands once on a position."
    )
    _lot_held_once = models.UniqueIndex(
        "(lot_id) WHERE is_held", "This serial number is in another open position."
    )
