from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    cso_rma_line_id = fields.Many2one(
        "cso.rma.line", "Return Position", index="btree_not_null", check_company=True
    )

    def _get_cso_received_qty(self, uom):
        """Return what this move brought in for its position in `uom`, not rounded.

        Negative when it brought out.
        """
        self.ensure_one()
        if self.state != "done":
            return 0.0
        quantity = self._get_cso_quantity(uom)
        return -quantity if self.location_dest_id.usage == "customer" else quantity

    def _get_cso_received_lots(self):
        """Return the serials (``stock.lot``) that these moves brought in for their positions."""
        done = self.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage != "customer"
        )
        return done.move_line_ids.lot_id

    def _get_cso_quantity(self, uom):
        """Return the quantity of this move in `uom`, not rounded: sums are rounded at the end."""
        self.ensure_one()
        return self.product_uom._compute_quantity(self.quantity, uom, round=False)
