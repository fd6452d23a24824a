from odoo import models
from odoo.exceptions import UserError


class PurchaseOrderHold(models.AbstractModel):
    """The vendor ships a drop-shipment on our word: it is not given while the order is held."""

    _name = "purchase.order.hold"
    _description = "Hold of Drop-shipments"

    def button_approve(self, force=False):
        """As core, unless an order of a customer is held.

        :param bool force: as core
        :return: as core
        :raise UserError: that names the order and the reason
        """
        for purchase in self:
            if text := purchase._get_dropship_hold_text():
                raise UserError(text)
        return super().button_approve(force=force)

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._get_dropship_hold_text()

    def _get_dropship_hold_text(self):
        """Why a drop-shipment may not be ordered from the vendor; empty when it may."""
        if not self._is_dropshipped():
            return ""
        held_sudo = self.sudo().order_line.sale_order_id.filtered("delivery_hold")  # as a buyer
        if not held_sudo:
            return ""
        return self.env._(
            "The vendor would ship to the customer, but order %(order)s is held. %(reason)s",
            order=held_sudo[0].name,
            reason=held_sudo[0].delivery_hold_text,
        )
