from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    cso_rma_line_id = fields.Many2one(
        "cso.rma.line", "Return Position", index="btree_not_null", copy=False
    )
    is_cso_fee = fields.Boolean("Return Fee", copy=False)
    cso_credited_line_id = fields.Many2one(
        "account.move.line",
        "Credited Invoice Line",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
    )

    def _get_cso_credited_qty(self, uom):
        """Return the quantity of these credit note lines in `uom`, cancelled ones left out."""
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, uom)
            for line in self
            if line.parent_state != "cancel"
        )
