from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .product_pricelist import RulesOfMany


class PortalCartOffer(models.AbstractModel):
    """What the cart costs and when its articles come; nothing of it is stored."""

    _name = "portal.cart.offer"
    _description = "Request Cart: Prices and Availability"

    def _get_open_lines(self):
        """Lines whose article can still be ordered."""
        products = self._filter_orderable(self.line_ids.product_id, self.company_id)
        return self.line_ids.filtered(lambda line: line.product_id in products)

    def _with_rules(self, lines):
        """The cart in the company that sells, with the rules of prices of all articles at once."""
        rules = RulesOfMany(lines.product_id)
        return self.with_company(self.company_id).with_context(portal_rules=rules)

    def _get_quotation(self, lines):
        """The quotation that would be made now; it is not stored, so prices, discounts and taxes
        are what Odoo computes for the one that will be.

        :param lines: ``portal.cart.line``
        :return: ``sale.order`` with lines in the order of the cart's
        """
        cart = self._with_rules(lines)
        # cost accounts are looked up line by line, and say nothing to a customer
        vals = cart._prepare_order(lines, analytic_distribution=False)
        return cart.env["sale.order"].new(vals)

    # --- availability -----------------------------------------------------------------------------

    @api.model
    def _get_availability(self, wanted, warehouse):
        """When articles could leave our warehouse, by what nobody else was promised.

        :param wanted: list of ``(product, quantity)``, quantities in the unit of the product
        :param warehouse: ``stock.warehouse`` that would deliver
        :return: ``{product_id: {'state', 'day', 'in_stock'}}``; the state is email, service, stock
            (all of it), part, ordered or unknown; the day (date) is the supplier's that brings the
            rest, ``in_stock`` how much of the asked quantity lies here
        :rtype: dict
        """
        goods = self.env["product.product"].concat(*(product for product, _quantity in wanted))
        goods = goods.filtered("is_storable").with_context(warehouse_id=warehouse.id)
        stock = {product.id: product for product in goods}
        goods.mapped("free_qty")
        short = goods.browse(
            product.id
            for product, quantity in wanted
            if product.id in stock and stock[product.id].free_qty < quantity
        )
        arriving = self._get_arriving(short, warehouse)
        return {
            product.id: self._get_state(product, quantity, stock.get(product.id), arriving)
            for product, quantity in wanted
        }

    @api.model
    def _get_state(self, product, quantity, stock, arriving):
        if not stock:
            state = "email" if product.is_email_delivery else "service"
            if product.type == "consu":
                state = "stock"
            return {"state": state, "day": None, "in_stock": 0}
        free = max(stock.free_qty, 0)
        if free >= quantity:
            return {"state": "stock", "day": None, "in_stock": quantity}
        day = self._get_arrival(stock, quantity, arriving[product.id])
        state = "part" if free else "ordered" if day else "unknown"
        return {"state": state, "day": day, "in_stock": free}

    @api.model
    def _get_arrival(self, stock, quantity, arriving):
        """The supplier's date of the receipt after which there is enough for everybody who ordered
        before and for this quantity; none when no supplier has named one.
        """
        left = stock.qty_available - stock.outgoing_qty
        for day, arrives in arriving:
            left += arrives
            if left >= quantity:
                return day
        return None

    @api.model
    def _get_arriving(self, products, warehouse):
        """``{product_id: [(date, quantity)]}`` of open purchases with a supplier's date, the
        earliest first; dates that are over tell nothing.
        """
        found = defaultdict(list)
        domain = Domain("product_id", "in", products.ids) & Domain("state", "=", "purchase")
        domain &= Domain("supplier_eta", ">=", fields.Date.context_today(self))
        domain &= Domain("order_id.picking_type_id.warehouse_id", "=", warehouse.id)
        lines = self.env["purchase.order.line"].search_fetch(
            domain, ["supplier_eta", "product_uom_qty", "qty_received", "product_qty"]
        )
        for line in lines.sorted("supplier_eta"):
            missing = 1 - line.qty_received / line.product_qty if line.product_qty else 0
            if missing > 0:
                found[line.product_id.id].append(
                    (line.supplier_eta, line.product_uom_qty * missing)
                )
        return found
