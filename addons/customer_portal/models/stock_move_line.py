from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # no "index" on the field: Odoo would keep that index when the add-on is uninstalled
    _lot_idx = models.Index("(lot_id) WHERE lot_id IS NOT NULL")
