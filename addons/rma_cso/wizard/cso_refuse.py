from odoo import fields, models


class CsoRefuse(models.TransientModel):
    _name = "cso.refuse"
    _inherit = ["cso.text.dialog"]
    _description = "Refuse Positions"

    _text_kind = "refuse"

    text = fields.Text("Reason")

    def action_refuse(self):
        """Refuse the positions; their units can be claimed again.

        :raise UserError: where one of them is closed or credited already
        """
        self.ensure_one()
        self._lock_positions(self.position_ids)
        for positions, text in self._get_texts():
            positions._refuse(text)
        return {"type": "ir.actions.act_window_close"}
