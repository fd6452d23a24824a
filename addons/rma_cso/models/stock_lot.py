from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_cso_register(self):
        """Begin the registration of a return of this serial number for the customer.

        :return: action that opens it
        """
        self.ensure_one()
        return self.env["cso.register"]._start({"number": self.name})
