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
