from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _create_payment(self, **extra_create_values):
        """Who pays an invoice or order of the company above pays on its account; else the books
        would have his money under his own company.

        :param extra_create_values: values of the payment
        :return: the ``account.payment``
        """
        billed = self.invoice_ids.commercial_partner_id
        billed = billed or self.sale_order_ids.partner_invoice_id.commercial_partner_id
        if len(billed) == 1:
            extra_create_values.setdefault("partner_id", billed.id)
        return super()._create_payment(**extra_create_values)

    def _get_free_amount(self):
        """What a confirmed transaction brought and no invoice has taken, less what was refunded.

        :return: amount in the currency of the transaction
        :rtype: float
        """
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda child: child.operation == "refund" and child.state == "done"
        )
        return sum(transaction._get_unallotted_amount() for transaction in self | refunds)

    def _get_unallotted_amount(self):
        """The amount, less what its payment is reconciled with; what is paid out is negative."""
        payment = self.payment_id
        if not payment:
            return self.amount
        if payment.state not in ("in_process", "paid"):
            return 0.0
        if not payment.move_id:
            return 0.0 if payment.invoice_ids else self.amount
        _liquidity, counterpart, _writeoff = payment._seek_for_lines()
        return -sum(counterpart.mapped("amount_residual_currency"))
