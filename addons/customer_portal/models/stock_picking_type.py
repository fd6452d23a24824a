from odoo import models


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    def _get_code_report_name(self):
        # Core leaves the slip of a drop-shipment without a title; for the customer it is one.
        if self.code == "dropship":
            return self.env["stock.picking.type"].new({"code": "outgoing"})._get_code_report_name()
        return super()._get_code_report_name()
