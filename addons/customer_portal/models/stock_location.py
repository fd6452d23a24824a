from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_outgoing(self):
        """Extend Odoo's, which looks the transit place up by query for each place it is asked."""
        if self.usage == "customer":
            return True
        transit_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "stock.stock_location_inter_company", raise_if_not_found=False
        )
        # the ids of all places above are in the path: without that one, this is not below it
        return str(transit_id) in (self.parent_path or "").split("/") and super()._is_outgoing()
