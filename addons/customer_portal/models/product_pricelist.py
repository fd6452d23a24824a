from odoo import models


class RulesOfMany:
    """Rules of price lists for several products, each list read once; it is passed along as the
    context ``portal_rules`` and forgotten with it.
    """

    def __init__(self, products):
        """:param products: ``product.product`` whose prices will be asked for"""
        self.products = products
        self.found = {}

    def get(self, key, search):
        """Rules by product template, as ``search`` finds them for all products."""
        if key not in self.found:
            self.found[key] = search(self.products).grouped("product_tmpl_id")
        return self.found[key]


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        """As core; prices of many lines, each with its quantity, read the rules once and not once
        a line. Rules of a template stand before those of categories and of everything, as in the
        order of the model.
        """
        many = self.env.context.get("portal_rules")
        if not self or not many or products._name != "product.product" or products - many.products:
            return super()._get_applicable_rules(products, date, **kwargs)
        search = super()._get_applicable_rules
        rules = many.get((self.id, date), lambda every: search(every, date, **kwargs))
        empty = self.env["product.template"]
        found = [rules.get(template) for template in (*products.product_tmpl_id, empty)]
        return self.env["product.pricelist.item"].concat(*filter(None, found))
