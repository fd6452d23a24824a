from odoo import api, fields, models

from ..tools import get_records_action


class CsoCaseDelivery(models.AbstractModel):
    """The orders free of charge that a return case leads to."""

    _name = "cso.case.delivery"
    _description = "Deliveries of a Return Case"

    free_order_ids = fields.One2many(
        "sale.order", "cso_rma_id", "Orders Free of Charge", groups="base.group_user"
    )
    free_order_count = fields.Integer(
        "Number of Orders Free of Charge",
        compute="_compute_free_order_count",
        groups="base.group_user",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("free_order_ids")
    def _compute_free_order_count(self):
        for case in self:
            case.free_order_count = len(case.free_order_ids)

    # ------------------------------------------------------------------ actions
    def action_view_free_orders(self):
        """Open the orders free of charge of these cases.

        :return: action that shows the one there is, or the list
        """
        return self._get_free_orders_action()

    # ------------------------------------------------------------------ business
    def _get_free_orders_action(self):
        """Return the action that shows the orders free of charge."""
        return get_records_action("sale.action_orders", self.free_order_ids)

    def _log_free_order(self, order_sudo):
        """Note in the chatter of this case what is delivered free of charge."""
        self._log_note(
            self.env._(
                "Order %(order)s free of charge: %(articles)s.",
                order=order_sudo._get_html_link(),
                articles=", ".join(order_sudo.order_line.mapped("product_id.display_name")),
            )
        )

    def _log_note(self, text):
        """Note something in the chatter of these cases; customers do not read it."""
        for case in self:
            case.message_post(body=text, subtype_xmlid="mail.mt_note")
