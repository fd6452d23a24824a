from odoo import api, fields, models


class CsoRefuse(models.TransientModel):
    _name = "cso.refuse"
    _description = "Refuse Positions"

    position_ids = fields.Many2many(
        "cso.rma.line", string="Positions", default=lambda self: self._get_positions()
    )
    text = fields.Text("Reason", required=True, help="Told to the customer.")

    @api.model
    def _get_positions(self):
        if self.env.context.get("active_model") != "cso.rma.line":
            return self.env["cso.rma.line"]
        return self.env["cso.rma.line"].browse(self.env.context.get("active_ids", []))

    def action_refuse(self):
        """Refuse the positions; their units can be claimed again."""
        self.ensure_one()
        self.position_ids.check_access("write")
        self.position_ids._refuse(self.text)
        return {"type": "ir.actions.act_window_close"}
