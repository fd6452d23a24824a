from odoo import api, fields, models

from ..tools import get_records_action


class CsoPositionDocuments(models.AbstractModel):
    """What a return position led to, as staff opens it: transfers, orders, invoices."""

    _name = "cso.position.documents"
    _description = "Documents of a Return Position"

    transfer_count = fields.Integer(
        "Number of Transfers",
        compute="_compute_document_counts",
        compute_sudo=True,
        groups="base.group_user",
    )
    order_count = fields.Integer(
        "Number of Orders",
        compute="_compute_document_counts",
        compute_sudo=True,
        groups="base.group_user",
        help="Free of charge, or of what the customer keeps.",
    )
    invoice_count = fields.Integer(
        "Number of Invoices",
        compute="_compute_document_counts",
        compute_sudo=True,
        groups="base.group_user",
        help="Credit notes included.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends(
        "move_ids.picking_id", "free_line_ids.order_id", "kept_line_id", "refund_line_ids.move_id"
    )
    def _compute_document_counts(self):
        for position in self:
            position.transfer_count = len(position.move_ids.picking_id)
            position.order_count = len(position._get_orders())
            position.invoice_count = len(position.refund_line_ids.move_id)

    # ------------------------------------------------------------------ actions
    def action_view_transfers(self):
        """Open the receipts and deliveries of these positions.

        :return: action that shows the one there is, or the list
        """
        return get_records_action("stock.action_picking_tree_all", self.move_ids.picking_id)

    def action_view_orders(self):
        """Open the orders that these positions led to.

        :return: action that shows the one there is, or the list
        """
        return get_records_action("sale.action_orders", self._get_orders())

    def action_view_invoices(self):
        """Open the credit notes and new invoices of these positions.

        :return: action that shows the one there is, or the list
        """
        invoices = self.refund_line_ids.move_id
        return get_records_action("account.action_move_out_invoice_type", invoices)

    # ------------------------------------------------------------------ business
    def _get_orders(self):
        """Return the orders free of charge, and of what is kept (``sale.order``)."""
        return (self.free_line_ids | self.kept_line_id).order_id
