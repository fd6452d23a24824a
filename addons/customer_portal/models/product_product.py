from odoo import models

from .sale_line_number import get_number_index


class ProductProduct(models.Model):
    _inherit = "product.product"

    _default_code_key_idx = models.Index(get_number_index("default_code"))
    _barcode_key_idx = models.Index(get_number_index("barcode"))
