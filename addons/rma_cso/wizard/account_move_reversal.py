from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """Extend `account`: a decided credit reverses only its part of the invoice, at the rate
        and with the payment reference of the invoice.
        """
        values = super()._prepare_default_reversal(move)
        credit = dict(self.env.context.get("cso_credits", {}).get(move.id, {}))
        reason = credit.pop("reason", False)
        if reason:
            lang = move.partner_id.lang or self.env.lang
            credit["ref"] = self.with_context(lang=lang).env._(
                "Credit of invoice %(invoice)s, %(reason)s", invoice=move.name, reason=reason
            )
        return {**values, **credit}
