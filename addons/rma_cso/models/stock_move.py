from odoo import fields, models

# Steps after which goods are shipped or back like on any order: the line that they are sold on.
SOLD_STEPS = ("kept",)


class StockMove(models.Model):
    _inherit = "stock.move"

    cso_rma_line_id = fields.Many2one(
        "cso.rma.line", "Return Position", index="btree_not_null", check_company=True
    )
    cso_step = fields.Selection(
        [
            ("receipt", "Received from the customer"),
            ("disposition", "Put away after the test"),
            ("vendor", "To or from the vendor"),
            ("back", "Sent back to the customer"),
            ("loss", "Credited without goods"),
            ("kept", "Kept by the customer"),
        ],
        "Step of the Return",
        readonly=True,
        groups="base.group_user",
        help="A move that takes a step back has the step too.",
    )

    # ------------------------------------------------------------------ business
    def _get_customer_shipped_moves(self):
        """Extend `customer_portal`: what a return moves is no shipment of its order line."""
        return super(StockMove, self._filter_sold())._get_customer_shipped_moves()

    def _get_customer_returned_moves(self):
        """Extend `customer_portal`: what positions bring back is counted by them alone."""
        return super(StockMove, self._filter_sold())._get_customer_returned_moves()

    def _filter_sold(self):
        """Return those of these moves that make what an order line shipped or took back."""
        sold = self.filtered(lambda move: not move.cso_step or move.cso_step in SOLD_STEPS)
        return sold.with_prefetch(self._prefetch_ids)

    def _get_cso_received_qty(self, uom):
        """Return what this move brought in for its position in `uom`, not rounded.

        Negative when it took a receipt back.
        """
        self.ensure_one()
        if self.state != "done" or self.cso_step != "receipt":
            return 0.0
        quantity = self._get_cso_quantity(uom)
        return -quantity if self.location_id.usage == "internal" else quantity

    def _get_cso_received_lots(self):
        """Return the serials (``stock.lot``) that these receipts brought in, and that none of
        them took out again.
        """
        receipts = self.filtered(lambda move: move.state == "done" and move.cso_step == "receipt")
        lots = self.env["stock.lot"]
        for move in receipts.sorted("id"):
            is_back = move.location_id.usage == "internal"
            lots = lots - move.move_line_ids.lot_id if is_back else lots | move.move_line_ids.lot_id
        return lots

    def _get_cso_quantity(self, uom):
        """Return the quantity of this move in `uom`, not rounded: sums are rounded at the end."""
        self.ensure_one()
        return self.product_uom._compute_quantity(self.quantity, uom, round=False)
