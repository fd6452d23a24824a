from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    holds_software_until_hardware = fields.Boolean(
        "Holds Software until Hardware",
        groups="base.group_user",
        help="This vendor sends software only after the hardware of the same order has shipped.",
    )
