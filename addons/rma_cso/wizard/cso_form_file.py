from odoo import fields, models


class CsoFormFile(models.TransientModel):
    _name = "cso.form.file"
    _description = "Photo of a Position at the Desk"
    _rec_name = "label"

    kind = fields.Char(required=True, readonly=True)
    label = fields.Char("Photo", required=True, readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    content = fields.Binary("File")
    name = fields.Char("File Name")
