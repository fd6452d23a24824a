from odoo import api, models
from odoo.fields import Domain

from .sale_line_number import get_number_index

# What we add to orders on our own: model and field of the product.
OWN_PRODUCTS = (
    ("delivery.carrier", "product_id"),
    ("res.company", "sale_discount_product_id"),
)


class ProductProduct(models.Model):
    _inherit = "product.product"

    _default_code_key_idx = models.Index(get_number_index("default_code"))
    _barcode_key_idx = models.Index(get_number_index("barcode"))

    @api.model
    def _get_orderable_domain(self, company):
        """What customers may order by themselves: goods, software and services for sale; not what
        we add to orders on our own, as shipping, discounts and down payments.

        :param company: ``res.company`` that would sell it
        :rtype: Domain
        """
        own = self.browse()
        for name, path in OWN_PRODUCTS:
            records = self.env[name].with_context(active_test=False)
            own |= records.search([(path, "!=", False)])[path]
        for_sale = Domain("active", "=", True) & Domain("sale_ok", "=", True)
        kinds = Domain("type", "!=", "combo") & Domain("id", "not in", own.ids)
        return for_sale & kinds & Domain(self._check_company_domain(company))

    def _get_successors(self, company):
        """What customers are offered instead of products that are no longer for sale.

        :return: ``{product_id: product.product}``, several where the successor has variants
        :rtype: dict
        """
        ends = {product: product.product_tmpl_id._get_successor() for product in self}
        templates = self.env["product.template"].union(*ends.values())
        domain = self._get_orderable_domain(company)
        found = self.search(domain & Domain("product_tmpl_id", "in", templates.ids))
        variants = found.grouped("product_tmpl_id")
        return {product.id: variants.get(end, self.browse()) for product, end in ends.items()}
