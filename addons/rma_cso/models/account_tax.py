from odoo import models


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _get_cso_price_for_net(self, net, currency):
        """Return the unit price at which these taxes leave the net amount `net`."""
        if not any(tax.price_include for tax in self):
            return net
        taxes = self.with_context(force_price_include=False)
        return taxes.compute_all(net, currency=currency)["total_included"]
