from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_cso_register(self):
        """Begin the registration of a return of this serial number for the customer.

        :return: action that opens it
        """
        self.ensure_one()
        return self.env["cso.register"]._start({"number": self.name})

    def _get_cso_place(self):
        """Return where this number lies in our stock (``stock.location``), if it does."""
        self.ensure_one()
        here = self.quant_ids.filtered(
            lambda quant: quant.location_id.usage == "internal" and quant.quantity > 0
        )
        return here[:1].location_id
