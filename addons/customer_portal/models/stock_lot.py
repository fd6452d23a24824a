from odoo import models

from .sale_line_number import get_number_index


class StockLot(models.Model):
    _inherit = "stock.lot"

    _number_idx = models.Index(get_number_index("name"))
