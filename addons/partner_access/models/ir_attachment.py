from odoo import fields, models

DOCUMENT_KINDS = [
    ("vat_statement", "VAT statement"),
    ("register_extract", "Register extract"),
    ("letterhead", "Letterhead with bank details"),
    ("other", "Other document"),
]


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    portal_document_kind = fields.Selection(
        DOCUMENT_KINDS, "Document", readonly=True, groups="base.group_user"
    )
