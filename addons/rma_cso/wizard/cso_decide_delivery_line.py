from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoDecideDeliveryLine(models.TransientModel):
    _name = "cso.decide.delivery.line"
    _description = "Decide: Article Delivered Free of Charge"

    wizard_id = fields.Many2one("cso.decide.delivery", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="position_id.partner_id")
    product_id = fields.Many2one(
        "product.product",
        "Article",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('sale_ok', '=', True), ('type', '!=', 'combo')]",
        help="Delivered free of charge.",
    )
    product_uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_product_uom_id")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
    )
    address_id = fields.Many2one(
        "res.partner",
        "Delivered To",
        compute="_compute_address_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id", "wizard_id.outcome_id")
    def _compute_product_id(self):
        for line in self:
            is_chosen = line.wizard_id.outcome_id.asks_article
            line.product_id = not is_chosen and line.position_id.product_id

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            own = line._is_same_article() and line.position_id.product_uom_id
            line.product_uom_id = own or line.product_id.uom_id

    @api.depends("position_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.position_id._get_quantity_to_deliver()

    @api.depends("position_id")
    def _compute_address_id(self):
        for line in self:
            line.address_id = line.position_id.order_id.partner_shipping_id

    # ------------------------------------------------------------------ business
    def _is_same_article(self):
        self.ensure_one()
        return self.product_id == self.position_id.product_id

    def _check_line(self):
        """Refuse what is missing, and more of the article than is claimed."""
        self.ensure_one()
        name = self.position_id.display_name
        if not self.product_id:
            raise UserError(
                self.env._("Choose the article to deliver: %(position)s.", position=name)
            )
        if not self.address_id:
            raise UserError(self.env._("Choose where to deliver: %(position)s.", position=name))
        if self.product_uom_id.compare(self.quantity, 0.0) <= 0:
            raise UserError(self.env._("The quantity is missing: %(position)s.", position=name))
        self._check_ceiling()
        self._check_address()

    def _check_ceiling(self):
        position = self.position_id
        lines = self.wizard_id.line_ids.filtered(lambda line: line.position_id == position)
        quantity = sum(lines.filtered(lambda line: line._is_same_article()).mapped("quantity"))
        is_more = self.product_uom_id.compare(quantity, position.quantity) > 0
        if self._is_same_article() and is_more:
            raise UserError(
                self.env._(
                    "Only %(quantity)s are claimed: %(position)s.",
                    quantity=PortalFormat(self.env).quantity(position.quantity),
                    position=position.display_name,
                )
            )

    def _check_address(self):
        """Refuse the address of another customer; the order may have gone to any."""
        known = self.position_id.order_id.partner_shipping_id
        known |= self.position_id.rma_id.return_address_id
        is_own = self.address_id._get_top_company() == self.partner_id._get_top_company()
        if self.address_id not in known and not is_own:
            raise UserError(
                self.env._(
                    "%(address)s is not an address of this customer.",
                    address=self.address_id.display_name,
                )
            )

    def _get_preview(self):
        """Return quantity, article and whether it is in stock, in words."""
        self.ensure_one()
        if not self.product_id:
            return self.env._("choose the article")
        names = {
            "quantity": PortalFormat(self.env).quantity(self.quantity),
            "article": self.product_id.display_name,
        }
        if self._is_in_stock():
            return self.env._("%(quantity)s x %(article)s (in stock)", **names)
        return self.env._(
            "%(quantity)s x %(article)s (not in stock: supplied as for any order)", **names
        )

    def _is_in_stock(self):
        """Return whether the warehouse has this quantity free."""
        warehouse = self.position_id.order_id.warehouse_id
        product = self.product_id.with_context(warehouse_id=warehouse.id)
        units = self.product_uom_id._compute_quantity(self.quantity, product.uom_id, round=False)
        return product.uom_id.compare(product.free_qty, units) >= 0

    def _prepare_goods(self):
        """Return what is delivered, as ``_make_free_orders`` takes it."""
        self.ensure_one()
        return {
            "position": self.position_id,
            "product": self.product_id,
            "quantity": self.quantity,
            "uom": self.product_uom_id,
            "address": self.address_id,
        }
