from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    cso_posted_on = fields.Datetime("Credit Posted On", readonly=True, copy=False)

    def _post(self, soft=True):
        """Extend `account`: keep the moment at which a credit of a position was posted.

        :return: the posted moves
        """
        posted = super()._post(soft)
        posted.filtered("invoice_line_ids.cso_rma_line_id").cso_posted_on = fields.Datetime.now()
        return posted

    def _get_cso_creditable_amount(self):
        """Return the net amount of this invoice that no credit note takes yet, in its currency.

        Drafts count; return fees do not lower what a credit note took.
        """
        self.ensure_one()
        credit_notes = self.reversal_move_ids.filtered(lambda note: note.state != "cancel")
        fees = credit_notes.invoice_line_ids.filtered("is_cso_fee")
        taken = sum(credit_notes.mapped("amount_untaxed")) - sum(fees.mapped("price_subtotal"))
        return self.amount_untaxed - taken
