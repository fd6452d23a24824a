from odoo import api, fields, models


class ChangePasswordOwn(models.TransientModel):
    _inherit = "change.password.own"

    password_rules = fields.Text("A Password Needs", compute="_compute_password_rules")

    @api.depends_context("uid", "lang")
    def _compute_password_rules(self):
        self.password_rules = self.env.user._get_password_rules_text()
