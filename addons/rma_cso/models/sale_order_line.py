from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    cso_rma_line_ids = fields.One2many("cso.rma.line", "sale_line_id", "Return Positions")
    cso_claimed_qty = fields.Float(
        "Claimed",
        digits="Product Unit",
        compute="_compute_cso_claimed_qty",
        store=True,
        help="In open positions that take units.",
    )
    cso_claim_limit = fields.Float(
        "Claim Limit",
        digits="Product Unit",
        copy=False,
        help="What could be claimed in total when the last position was submitted.",
    )

    _cso_claimed_within_limit = models.Constraint(
        "CHECK (cso_claimed_qty <= cso_claim_limit)",
        "More units would be claimed than were delivered.",
    )

    @api.depends("cso_rma_line_ids.holds_units", "cso_rma_line_ids.quantity")
    def _compute_cso_claimed_qty(self):
        for line in self:
            holding = line.cso_rma_line_ids.filtered("holds_units")
            line.cso_claimed_qty = sum(holding.mapped("quantity"))
