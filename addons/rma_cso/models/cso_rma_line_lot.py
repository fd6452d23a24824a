from odoo import api, fields, models


class CsoRmaLineLot(models.Model):
    _name = "cso.rma.line.lot"
    _description = "Serial Number of a Submitted Position"

    line_id = fields.Many2one("cso.rma.line", "Position", required=True, ondelete="cascade")
    lot_id = fields.Many2one("stock.lot", "Serial Number", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    is_held = fields.Boolean(
        compute="_compute_is_held",
        store=True,
        help="Open and with the customer: what came back may be sold, and claimed, again.",
    )

    _line_lot_unique = models.Constraint(
        "UNIQUE (line_id, lot_id)", "A serial number stands once on a position."
    )
    _lot_held_once = models.UniqueIndex(
        "(lot_id) WHERE is_held", "This serial number is in another open position."
    )

    @api.depends("line_id.holds_units", "line_id.received_qty", "line_id.back_qty")
    def _compute_is_held(self):
        for line, rows in self.grouped("line_id").items():
            back = set(line.move_ids._get_cso_received_lots()._ids)
            for row in rows:
                row.is_held = line.holds_units and row.lot_id.id not in back
