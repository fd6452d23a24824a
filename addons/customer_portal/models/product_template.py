from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .sale_line_number import get_number_index


class ProductTemplate(models.Model):
    _inherit = "product.template"

    maker_id = fields.Many2one(
        "res.partner", index="btree_not_null", help="Brand that makes the product."
    )
    maker_part_number = fields.Char(index="btree_not_null")
    is_email_delivery = fields.Boolean(
        "Delivered by E-mail", help="Software or a licence that is sent by e-mail, not shipped."
    )
    is_returnable = fields.Boolean(
        "Returnable", default=True, help="Customers may return new goods of this product."
    )

    replaced_by_id = fields.Many2one(
        "product.template",
        "Replaced by",
        index="btree_not_null",
        help="What customers are offered instead when this product is no longer for sale.",
    )

    _maker_part_number_key_idx = models.Index(get_number_index("maker_part_number"))

    @api.constrains("replaced_by_id")
    def _check_replaced_by(self):
        if self._has_cycle("replaced_by_id"):
            raise ValidationError(self.env._("A product cannot replace itself."))

    def write(self, vals):
        """What is sent by e-mail leaves the day it comes, and may wait for the other goods."""
        result = super().write(vals)
        if "is_email_delivery" in vals:
            orders = Domain("order_line.product_id.product_tmpl_id", "in", self.ids)
            self.env["sale.order.line"]._mark_open_eta(Domain("order_id", "any", orders))
        return result

    def _get_successor(self):
        """The product at the end of those that replaced each other; none when nothing did."""
        self.ensure_one()
        chain = self
        while chain[-1].replaced_by_id - chain:
            chain += chain[-1].replaced_by_id
        return chain[-1] - self
