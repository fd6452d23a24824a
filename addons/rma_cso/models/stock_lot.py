from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_cso_register(self):
        """Begin the registration of a return of this serial number for the customer.

        :return: action that opens it
        """
        self.ensure_one()
        return self.env["cso.register"]._start({"number": self.name})

    def _get_cso_place(self, company):
        """Return where this number lies in the stock of a company (``stock.location``), if it does.

        :param company: ``res.company``
        """
        self.ensure_one()
        here = self.quant_ids.filtered(
            lambda quant: (
                quant.quantity > 0
                and quant.location_id.usage == "internal"
                and quant.company_id == company
            )
        )
        return here[:1].location_id
