from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        """Sent and cancelled purchases change what customers are told."""
        result = super().write(vals)
        if "state" in vals:
            self.order_line._mark_sale_lines_eta()
        return result

    def _update_date_planned_for_lines(self, updated_dates):
        """Dates that the vendor enters in his own portal are the supplier's dates."""
        result = super()._update_date_planned_for_lines(updated_dates)
        for line, planned in updated_dates:
            line._set_supplier_eta(line._get_planned_day(planned), "vendor")
        return result
