from odoo import fields, models

from .sale_line_number import get_number_index


class ProductCustomerCode(models.Model):
    _name = "product.customer.code"
    _description = "Customer's Own Item Number"
    _order = "partner_id, code"
    _rec_name = "code"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    code = fields.Char("Customer's Item Number", required=True, index=True)

    _partner_product_unique = models.Constraint(
        "UNIQUE (partner_id, product_id)",
        "A customer has one item number of its own per product.",
    )
    _code_key_idx = models.Index(get_number_index("code"))

    def _get_codes(self, partner, products):
        """Item numbers that a customer uses for products, its own before its head office's.

        :return: ``{product_id: code}``
        """
        companies = partner.commercial_partner_id
        while companies[-1:].parent_id:
            companies += companies[-1].parent_id.commercial_partner_id
        found = self.search_fetch(
            [("partner_id", "in", companies.ids), ("product_id", "in", products.ids)],
            ["partner_id", "product_id", "code"],
        )
        rank = {company.id: index for index, company in enumerate(companies)}
        found = found.sorted(lambda code: rank[code.partner_id.id], reverse=True)
        return {code.product_id.id: code.code for code in found}
