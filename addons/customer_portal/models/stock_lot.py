from odoo import models

from .sale_line_number import get_number_index


class StockLot(models.Model):
    _inherit = "stock.lot"

    _number_idx = models.Index(get_number_index("name"))

    def _get_portal_url(self):
        """The page of this serial for the customer who had it; the id tells apart what different
        products have in common.
        """
        self.ensure_one()
        return f"/my/serials/{self.id}"
