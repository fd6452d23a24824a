from odoo import api, fields, models

from .portal_cart_number import MAX_QUANTITY


class PortalCartLine(models.Model):
    _name = "portal.cart.line"
    _description = "Request Cart: Article"
    _order = "sequence, id"
    _rec_name = "product_id"

    cart_id = fields.Many2one("portal.cart", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    quantity = fields.Float(
        required=True, default=1, digits="Product Unit", help="In the unit of the product."
    )
    sequence = fields.Integer(default=1)

    _product_unique = models.Constraint(
        "UNIQUE (cart_id, product_id)", "An article stands in a cart once."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A quantity is more than nothing."
    )

    @api.model
    def _get_sane(self, quantity, product):
        """A quantity in the precision of units, above 0 and not above the limit."""
        return min(product.uom_id.round(quantity, rounding_method="UP"), MAX_QUANTITY)

    def _set_quantity(self, quantity):
        self.ensure_one()
        quantity = self._get_sane(quantity, self.product_id)
        if quantity != self.quantity:
            self.quantity = quantity

    def _prepare_order_line(self):
        self.ensure_one()
        return {"product_id": self.product_id.id, "product_uom_qty": self.quantity}
