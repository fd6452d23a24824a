from odoo import fields, models

from .partner_access_user_password import PASSWORD_POLICIES


class ResGroups(models.Model):
    _inherit = "res.groups"

    portal_password_policy = fields.Selection(
        PASSWORD_POLICIES,
        "Password Policy",
        help="Which rules the passwords of its users follow, unless their company has its own.",
    )
