from odoo import models
from odoo.exceptions import UserError


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _get_cso_place(self, disposition):
        """Return where returned goods that lie here go after their test.

        :param str disposition: restock, quarantine or scrap
        :return: ``stock.location``
        :raise UserError: where the warehouse or company has no such place
        """
        self.ensure_one()
        warehouse = self.warehouse_id
        if disposition == "scrap":
            place = self._get_cso_scrap_place()
        elif disposition == "quarantine":
            place = warehouse._get_cso_quarantine()
        else:
            place = warehouse.lot_stock_id
        if not place:
            raise UserError(
                self.env._(
                    "There is no place for returned goods of %(location)s.",
                    location=self.display_name,
                )
            )
        return place

    def _get_cso_scrap_place(self):
        """Return the scrap location of the company, the one that `stock` proposes."""
        return self.search(
            [("company_id", "=", self.company_id.id), ("usage", "=", "inventory")],
            order="id",
            limit=1,
        )
