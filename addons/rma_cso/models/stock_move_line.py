from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _is_cso_serial_missing(self):
        """Return whether units came whose serial or lot number is not there."""
        self.ensure_one()
        is_open = self.state not in ("done", "cancel") and self.quantity > 0
        return is_open and self.product_id.tracking != "none" and not (self.lot_id or self.lot_name)

    def _split_cso_item(self, quantity):
        """Return an item of `quantity` units (in the unit of the article) of this one; all of it
        where it has no more.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        if unit.compare(quantity, self.quantity_product_uom) >= 0:
            return self
        part = unit._compute_quantity(quantity, self.product_uom_id, round=False)
        self.quantity -= part
        return self.copy({"quantity": part, "picked": True})

    def _prepare_cso_differences(self, kind):
        """Return the values of ``cso.difference`` of these items: a row per move and serial."""
        groups = self.grouped(lambda item: (item.move_id, item.lot_id))
        return [
            {
                "kind": kind,
                "position_id": move.cso_rma_line_id.id,
                "rma_id": move.picking_id.cso_rma_id.id,
                "picking_id": move.picking_id.id,
                "move_id": move.id,
                "product_id": move.product_id.id,
                "lot_id": lot.id,
                "quantity": sum(items.mapped("quantity_product_uom")),
                "company_id": move.company_id.id,
            }
            for (move, lot), items in groups.items()
        ]
