from odoo import fields, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # Staff and our own pages only: a customer reads it by the place where the file stands.
    cso_kind = fields.Char(
        "Photo Slot",
        groups="base.group_user",
        help="What a photo or file of a return shows: the place of the form that it was put into.",
    )
