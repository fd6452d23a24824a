from odoo import api, fields, models


class ChangePasswordUser(models.TransientModel):
    _inherit = "change.password.user"

    password_rules = fields.Text("It Needs", compute="_compute_password_rules")

    @api.depends_context("lang")
    @api.depends("user_id")
    def _compute_password_rules(self):
        for line in self:
            line.password_rules = line.user_id._get_password_rules_text()
