from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoDecideGoodwill(models.TransientModel):
    _name = "cso.decide.goodwill"
    _inherit = ["cso.decide.amount"]
    _description = "Decide: Goodwill"

    line_ids = fields.One2many(
        "cso.decide.goodwill.line",
        "wizard_id",
        "Positions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    text = fields.Char(
        "Reason", help="Stands on the credit note, so write it in the customer's language."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.amount")
    def _compute_preview(self):
        """Extend: the amounts count."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _get_decided_positions(self):
        return self.line_ids.position_id

    def _check_positions(self):
        if not (self.text or "").strip():
            raise UserError(self.env._("Write the reason that stands on the credit note."))
        return super()._check_positions()

    def _get_amounts(self):
        product = self._get_product("cso_goodwill_product_id")
        return [
            {
                "position": line.position_id,
                "bill": line._get_bill(),
                "net": line.amount,
                "product": product,
                "text": f"{(self.text or '').strip()}\n{line.position_id._get_document_text()}",
            }
            for line in self.line_ids
        ]

    def _get_preview(self):
        if not any(line.amount for line in self.line_ids):
            return self.env._("Enter an amount: it is credited with its tax.")
        return "\n".join(self._get_amount_texts())

    def _make_documents(self):
        """Make one draft credit note per invoice for the amounts."""
        notes_sudo = self._make_amount_notes()
        positions = self._get_decided_positions()
        positions.rma_id._log_credit_notes(notes_sudo)
        return dict.fromkeys(positions, ("amount",))
