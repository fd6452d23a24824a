from odoo import fields, models


class EmailDeliveryMarkLine(models.TransientModel):
    _name = "email.delivery.mark.line"
    _description = "Line to Mark as Sent by E-mail"

    mark_id = fields.Many2one("email.delivery.mark", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", "Order Line", required=True, readonly=True)
    product_id = fields.Many2one(related="sale_line_id.product_id")
    open_qty = fields.Float(related="sale_line_id.customer_open_qty")
    quantity = fields.Float("Sent Now", digits="Product Unit")
    keys = fields.Text("Licence Keys", help="One on each line.")

    def _prepare_row(self):
        """What ``mark_email_delivered`` reads."""
        self.ensure_one()
        return {
            "line_id": self.sale_line_id.id,
            "quantity": self.quantity,
            "date": self.mark_id.date,
            "keys": self.keys or "",
        }
