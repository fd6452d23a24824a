from odoo import fields, models


class CsoAskBack(models.TransientModel):
    _name = "cso.ask.back"
    _inherit = ["cso.text.dialog"]
    _description = "Ask the Customer Back"

    _text_kind = "ask"

    text = fields.Text("Question")

    def action_ask(self):
        """Ask the customer; the positions wait for the answer.

        :raise UserError: where one of them does not wait for an authorisation
        """
        self.ensure_one()
        self._lock_positions(self.position_ids)
        for positions, text in self._get_texts():
            positions._ask_back(text)
        return {"type": "ir.actions.act_window_close"}
