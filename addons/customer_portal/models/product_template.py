from odoo import fields, models

from .sale_line_number import get_number_index


class ProductTemplate(models.Model):
    _inherit = "product.template"

    maker_id = fields.Many2one(
        "res.partner", index="btree_not_null", help="Brand that makes the product."
    )
    maker_part_number = fields.Char(index="btree_not_null")
    is_email_delivery = fields.Boolean(
        "Delivered by E-mail", help="Software or a licence that is sent by e-mail, not shipped."
    )
    is_returnable = fields.Boolean(
        "Returnable", default=True, help="Customers may return new goods of this product."
    )

    _maker_part_number_key_idx = models.Index(get_number_index("maker_part_number"))
