from odoo import api, fields, models


class CsoPositionMoney(models.AbstractModel):
    """What is credited as an amount and invoiced anew for return positions.

    Two kinds of documents that a decision promises: ``amount`` (credit notes of an amount, not of
    units: a price difference, goodwill, a corrected invoice) and ``invoice`` (new invoices).
    """

    _name = "cso.position.money"
    _description = "Amounts and New Invoices of Return Positions"

    kept_line_id = fields.Many2one(
        "sale.order.line",
        "Kept on Order Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Sells the customer what was delivered without ever being invoiced.",
    )
    new_invoice_ids = fields.Many2many(
        "account.move", string="New Invoices", compute="_compute_new_invoice_ids"
    )

    # ------------------------------------------------------------------ computes
    @api.depends("refund_line_ids")
    def _compute_new_invoice_ids(self):
        for position in self:
            position.new_invoice_ids = position.refund_line_ids.move_id.filtered(
                lambda move: move.move_type == "out_invoice"
            )

    @api.depends(
        "refund_line_ids.parent_state",
        "refund_line_ids.is_cso_amount",
        "refund_line_ids.is_cso_correction",
        "refund_line_ids.move_id.move_type",
    )
    def _compute_is_settled(self):
        """Extend: an amount is settled when it is posted, a new invoice too."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ business
    def _has_amount(self):
        """Return whether an amount of this position is on credit notes, drafts included."""
        self.ensure_one()
        return bool(self._get_alive_lines("out_refund"))

    def _is_amount_done(self):
        """Return whether all credit notes of an amount of this position are posted."""
        self.ensure_one()
        states = self._get_alive_lines("out_refund").mapped("parent_state")
        return set(states) == {"posted"}

    def _has_invoice(self):
        """Return whether there are new invoices of this position, drafts included."""
        self.ensure_one()
        return bool(self._get_alive_lines("out_invoice"))

    def _is_invoice_done(self):
        """Return whether all new invoices of this position are posted."""
        self.ensure_one()
        states = self._get_alive_lines("out_invoice").mapped("parent_state")
        return set(states) == {"posted"}

    def _get_alive_lines(self, move_type):
        """Return the lines of amounts or new invoices of this position that are not cancelled."""
        lines_sudo = self.sudo().refund_line_ids  # clerks and customers read no entries
        alive = lines_sudo.filtered(
            lambda line: line.parent_state != "cancel" and line.move_id.move_type == move_type
        )
        if move_type == "out_refund":
            return alive.filtered(lambda line: line.is_cso_amount or line.is_cso_correction)
        return alive
