from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """Extend `account`: a decided credit reverses only its units of the invoice."""
        values = super()._prepare_default_reversal(move)
        commands = self.env.context.get("cso_credit_commands")
        return {**values, "line_ids": commands} if commands else values
