from odoo import fields, models


class DeliveryHoldRelease(models.TransientModel):
    _name = "delivery.hold.release"
    _description = "Release of Held Deliveries"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True, readonly=True)
    reason = fields.Char(
        required=True, help="Your colleagues read it on the order; the customer does not."
    )

    def action_release(self):
        """Release the orders with the reason.

        :return: action that closes the dialog
        :raise AccessError: for who has not the right to
        :raise UserError: when no reason is given
        """
        self.ensure_one()
        self.order_ids._release_delivery(self.reason)
        return {"type": "ir.actions.act_window_close"}
