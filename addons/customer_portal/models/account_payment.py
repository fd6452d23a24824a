from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        """A payment of an order that is taken back holds what has not shipped."""
        result = super().write(vals)
        if "state" in vals:
            payments_sudo = self.sudo()  # who books payments need not see orders
            payments_sudo.payment_transaction_id.sale_order_ids._mark_delivery_hold()
            payments_sudo.invoice_ids._mark_delivery_holds()
        return result

    def _is_unbooked(self):
        """Whether the payment is registered, but has no entry and is not reconciled yet."""
        self.ensure_one()
        if self.move_id or self.payment_type != "inbound":
            return False
        if self.state == "paid":  # by a person, as the reconciled ones are by their entries
            return all(
                invoice.amount_residual == invoice.amount_total for invoice in self.invoice_ids
            )
        return self.state == "in_process"

    def _get_invoices_by_due_date(self):
        posted = self.invoice_ids.filtered(lambda move: move.state == "posted")
        return posted.sorted(lambda move: (move.invoice_date_due or move.date, move.id))
