from odoo import fields, models

from ..tools import get_records_action


class CsoCaseReceipt(models.AbstractModel):
    """What the warehouse receives under the number of a return case."""

    _name = "cso.case.receipt"
    _description = "Receipts of a Return Case"

    difference_ids = fields.One2many(
        "cso.difference", "rma_id", "Differences at the Dock", groups="base.group_user"
    )

    # ------------------------------------------------------------------ business
    def _get_awaited_positions(self):
        """Return the positions of these cases whose goods have not come yet."""
        return self.line_ids.filtered(
            lambda position: position.state == "authorised" and position.is_goods_expected
        )

    def _get_open_receipts(self):
        """Return the receipts of these cases that are not done, the oldest first."""
        return self.picking_ids.filtered(
            lambda picking: picking.is_cso_receipt and picking.state not in ("done", "cancel")
        ).sorted("id")

    def _get_receipt_action(self):
        """Return the action that opens what is to be received for this case, or None.

        A receipt that was cancelled or taken back by mistake is announced again.
        """
        self.ensure_one()
        self._get_awaited_positions()._announce_receipts()
        pickings = self._get_open_receipts()
        if not pickings:
            return None
        return get_records_action("stock.action_picking_tree_all", pickings)
