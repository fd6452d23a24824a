from odoo import models


class AccountMoveSettled(models.AbstractModel):
    """What is paid of invoices, and the held deliveries that it settles."""

    _name = "account.move.settled"
    _description = "Payment of Invoices before Delivery"

    def write(self, vals):
        """What is posted or taken back changes what a customer owes."""
        result = super().write(vals)
        if "state" in vals:
            self._mark_delivery_holds()
        return result

    def _compute_payment_state(self):
        """A payment releases at once what waits for it, and holds it when it is taken back."""
        result = super()._compute_payment_state()
        self.filtered(lambda move: move.state != "draft")._mark_delivery_holds()
        return result

    def _mark_delivery_holds(self):
        """Look again at the orders of whom these documents are about."""
        # sudo: who books payments need not see the orders, nor all of the documents
        moves_sudo = self.sudo().filtered(lambda move: isinstance(move.id, int))
        lines_sudo = moves_sudo.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        customers = (lines_sudo.partner_id | lines_sudo.move_id.partner_id).commercial_partner_id
        if customers:
            orders_sudo = moves_sudo.env["sale.order"]
            orders_sudo._get_term_orders(customers, moves_sudo)._mark_delivery_hold()

    def _get_settled_amount(self):
        """What is paid of the invoice, by reconciled entries and by payments that are registered
        and have no entry of their own; at most its total. Settled by a credit note counts, which
        the credit note takes back.

        :return: amount in the currency of the invoice
        :rtype: float
        """
        self.ensure_one()
        booked = self.amount_total - self.amount_residual - self._get_draft_amount()
        return booked + self._get_unbooked_amount()

    def _get_draft_amount(self):
        """What is reconciled with entries that are draft again and were not taken off."""
        lines_sudo = self.sudo().line_ids  # customers read no entries, only what is left to pay
        drafts = sum(
            partial.debit_amount_currency
            for partial in lines_sudo.matched_credit_ids
            if partial.credit_move_id.parent_state != "posted"
        )
        return drafts + sum(
            partial.credit_amount_currency
            for partial in lines_sudo.matched_debit_ids
            if partial.debit_move_id.parent_state != "posted"
        )

    def _get_unbooked_amount(self):
        """What payments that are registered without an entry pay of what is open.

        A payment of several invoices is for the one that is due first.
        """
        self.ensure_one()
        paid = 0.0
        # sudo: customers read no payments, only what is left to pay
        for payment in self.sudo().matched_payment_ids.filtered(lambda one: one._is_unbooked()):
            left = payment.amount
            for invoice in payment._get_invoices_by_due_date():
                day = payment.date
                available = payment.currency_id._convert(
                    left, invoice.currency_id, payment.company_id, day
                )
                part = min(available, invoice.amount_residual)
                if invoice == self:
                    paid += part
                left -= invoice.currency_id._convert(
                    part, payment.currency_id, payment.company_id, day
                )
        return min(paid, self.amount_residual)
