from odoo import fields, models

# Codes that the program knows: who looks after the others has all roles.
ADMINISTRATOR = "administrator"
DEFAULT_ROLES = ["orders", "prices", "returns"]


class PartnerAccessRole(models.Model):
    _name = "partner.access.role"
    _description = "Portal Role"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "A role with this code exists already.")
