from odoo import fields, models
from odoo.exceptions import UserError


class CsoReceive(models.TransientModel):
    _name = "cso.receive"
    _description = "Receive a Return"

    number = fields.Char(required=True, help="Scan or type the number of the case.")

    def action_open(self):
        """Open the receipt of the case with this number, an open one first.

        :raise UserError: where there is no such receipt
        """
        self.ensure_one()
        pickings = self._get_receipts()
        if not pickings:
            raise UserError(
                self.env._("There is no receipt for %(number)s.", number=self.number.strip())
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "res_id": pickings[0].id,
            "views": [(False, "form")],
        }

    def _get_receipts(self):
        """Return the receipts of this number, those still open first."""
        number = self.number.strip()
        pickings = self.env["stock.picking"].search(
            [("cso_rma_id", "!=", False), ("origin", "=ilike", number)]
        )
        return pickings.sorted(lambda picking: picking.state in ("done", "cancel"))
