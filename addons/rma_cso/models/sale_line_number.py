from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_portal.models.sale_line_number import NUMBER


class SaleLineNumber(models.AbstractModel):
    _inherit = "sale.line.number"

    @api.model
    def _get_number_domains(self):
        """Extend `customer_portal`: the number of a case.

        :return: ``{number_type: method(number, prefix) -> Domain of order lines}``
        """
        return {**super()._get_number_domains(), "case": self._get_case_domain}

    @api.model
    def _get_case_domain(self, number, prefix):
        """Return the lines that cases with this number are about, of cases the user may see."""
        match = self._get_case_match(number, prefix)
        positions_sudo = self.env["cso.rma.line"].sudo()  # inside the access domain only
        found = positions_sudo.search_fetch(Domain("rma_id", "any", match), ["sale_line_id"])
        return Domain("id", "in", found.sale_line_id.ids)

    @api.model
    def _get_serials_match(self, numbers):
        """Return the domain of the serials (stock.lot) with any of these numbers.

        :param list numbers: as typed or scanned
        """
        keys = {key for number in numbers for key in self._get_serial_variants(number)}

        def to_sql(model, alias, query):
            found = self._get_columns_sql(NUMBER, ["name"], model, alias, query)
            return SQL("%s = ANY(%s)", found, list(keys))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_case_match(self, number, prefix=False):
        """Return the domain of the cases with this number that the user may see."""
        domain = self.env.user._get_access_domain("cso.rma") & Domain("submitted_on", "!=", False)
        return domain & self._get_match_domain("name", number, prefix)
