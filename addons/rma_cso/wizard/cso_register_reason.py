from odoo import fields, models


class CsoRegisterReason(models.TransientModel):
    _name = "cso.register.reason"
    _description = "Reason of a Return at the Desk"

    register_id = fields.Many2one("cso.register", required=True, ondelete="cascade")
    reason_id = fields.Many2one("cso.reason", required=True, ondelete="cascade")
    help_shown = fields.Text(related="reason_id.help_shown")
    is_possible = fields.Boolean("Possible")
    is_rule = fields.Boolean(help="Only rules speak against it, which may be overridden.")
    until = fields.Date("Possible Until", help="The day is included.")
    text = fields.Text("Explanation")

    def action_fill_in(self):
        """Open the form of this reason for the line.

        :raise UserError: where the reason has no form
        """
        self.ensure_one()
        return self.register_id._open_form(self.reason_id)
