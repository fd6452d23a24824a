from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CsoPositionKept(models.AbstractModel):
    """Goods that customers keep though they were never invoiced: surplus, or another article.

    An order of its own sells them, so that the original order stays as it is; the delivery that
    never was booked is booked for it.
    """

    _name = "cso.position.kept"
    _description = "Goods Kept Without an Invoice"

    kept_line_id = fields.Many2one(
        "sale.order.line",
        "Kept on Order Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="Sells the customer what was delivered without ever being invoiced.",
    )

    # ------------------------------------------------------------------ business
    def _get_kept_line(self):
        """Return the order line (sudo) that sells what is kept; none where it is cancelled and
        nothing of it was delivered.
        """
        line_sudo = self.sudo().kept_line_id  # clerks do not read all orders
        return line_sudo.filtered(lambda line: line.state != "cancel" or line.qty_delivered)

    def _get_possible_outcomes(self):
        """Extend: what is sold to the customer is kept, or its order is cancelled first."""
        outcomes = super()._get_possible_outcomes()
        for position in self.filtered(lambda position: position._get_kept_line()):
            outcomes &= position.outcome_id
        return outcomes

    def _check_not_begun(self):
        """Refuse positions of which units left the order line, or that sold what is kept.

        :raise UserError: that names the position
        """
        for position in self:
            if position.uninvoiced_qty or position._get_kept_line():
                raise UserError(
                    self.env._(
                        "%(position)s is settled in part: %(outcome)s.",
                        position=position.display_name,
                        outcome=position.outcome_id.name,
                    )
                )

    def _get_kept_product(self):
        """Return the article that may be kept; none where the received one is not known."""
        self.ensure_one()
        is_other = self.slip_matches == "no"
        return self.received_product_id if is_other else self.product_id

    def _sell_kept(self, goods):
        """Sell and deliver what is kept, one order for each original order.

        :param dict goods: by position a dict of ``product``, ``quantity`` (in the unit of the order
            line), ``price`` (net, per unit, in ``currency``) and ``lots`` (``stock.lot``)
        """
        new = self.filtered(lambda position: not position._get_kept_line())
        for order, positions in new.grouped("order_id").items():
            positions._make_kept_order(order, goods)
        for position in self - new:
            line_sudo = position._get_kept_line()
            line_sudo.price_unit = position._get_kept_price(line_sudo, goods[position])

    def _make_kept_order(self, order, goods):
        """Make and deliver the order that sells what is kept of the lines of one order."""
        order_sudo = self.env["sale.order"].sudo()  # clerks do not write orders
        order_sudo = order_sudo.with_company(order.company_id).create(
            self[:1]._prepare_case_order()
        )
        for position in self:
            values = position._prepare_kept_line(order_sudo, goods[position])
            line_sudo = order_sudo.order_line.create(values)
            line_sudo.price_unit = position._get_kept_price(line_sudo, goods[position])
            line_sudo.name = f"{line_sudo.name}\n{position._get_document_text()}"
            position.sudo().kept_line_id = line_sudo  # nobody decides by writing fields
        # nothing is fetched from stock by rules, bought or made: it is at the customer
        order_sudo.with_context(skip_procurement=True).action_confirm()
        self._deliver_kept(order_sudo, goods)

    def _prepare_kept_line(self, order_sudo, item):
        return {
            "order_id": order_sudo.id,
            "product_id": item["product"].id,
            "product_uom_id": self._get_kept_uom(item["product"]).id,
            "product_uom_qty": item["quantity"],
            "price_unit": item["price"],
            "discount": 0.0,
        }

    def _get_kept_uom(self, product):
        """Return the unit in which an article is kept: the order line's, else its own."""
        return (product != self.product_id and product.uom_id) or self.product_uom_id

    def _get_kept_price(self, line_sudo, item):
        """Return the unit price at which a line comes to the net price that was offered."""
        order_sudo, currency = line_sudo.order_id, line_sudo.currency_id
        price = item["currency"]._convert(
            item["price"], currency, order_sudo.company_id, fields.Date.today()
        )
        return line_sudo.tax_ids._get_cso_price_for_net(price, currency)

    def _deliver_kept(self, order_sudo, goods):
        """Book the delivery that never was booked, out of stock at cost."""
        lines_sudo = order_sudo.order_line
        for line_sudo in lines_sudo.filtered(lambda line: line.product_id.type != "consu"):
            line_sudo.qty_delivered = line_sudo.product_uom_qty
        positions = self.filtered(lambda one: one._get_kept_line().product_id.type == "consu")
        if not positions:
            return
        pickings_sudo = self.env["stock.picking"].sudo()  # clerks do not write transfers
        picking_sudo = pickings_sudo.create(self[:1]._prepare_kept_picking(order_sudo))
        for position in positions:
            move_sudo = picking_sudo.move_ids.create(position._prepare_kept_move(picking_sudo))
            position._set_kept_units(move_sudo, goods[position]["lots"])
        # not by the transfer itself: nobody is to be told that something was shipped
        picking_sudo.move_ids._action_done()
        picking_sudo.date_done = fields.Datetime.now()

    def _invoice_kept(self):
        """Make the draft invoices of what is kept, as far as it is not invoiced yet."""
        by_line = {position._get_kept_line(): position for position in self}
        orders_sudo = self.env["sale.order"].sudo().union(*(line.order_id for line in by_line))
        if not orders_sudo:
            return
        for item in orders_sudo._create_invoices().invoice_line_ids:
            position = by_line.get(item.sale_line_ids)
            if position:
                item.cso_rma_line_id = position

    def _prepare_kept_picking(self, order_sudo):
        address = order_sudo.partner_shipping_id.with_company(order_sudo.company_id)
        operation_type = order_sudo.warehouse_id.out_type_id
        return {
            "picking_type_id": operation_type.id,
            "location_id": order_sudo.warehouse_id.lot_stock_id.id,
            "location_dest_id": address.property_stock_customer.id,
            "partner_id": address.id,
            "company_id": order_sudo.company_id.id,
            "origin": f"{order_sudo.name}, {self.rma_id.name}",
            "cso_rma_id": self.rma_id.id,
        }

    def _prepare_kept_move(self, picking_sudo):
        line_sudo = self._get_kept_line()
        return {
            "product_id": line_sudo.product_id.id,
            "product_uom": line_sudo.product_uom_id.id,
            "product_uom_qty": line_sudo.product_uom_qty,
            "picking_id": picking_sudo.id,
            "picking_type_id": picking_sudo.picking_type_id.id,
            "warehouse_id": picking_sudo.picking_type_id.warehouse_id.id,
            "company_id": picking_sudo.company_id.id,
            "location_id": picking_sudo.location_id.id,
            "location_dest_id": picking_sudo.location_dest_id.id,
            "partner_id": picking_sudo.partner_id.id,
            "sale_line_id": line_sudo.id,
            "cso_rma_line_id": self.id,
            "cso_step": "kept",
            "origin": picking_sudo.origin,
            "procure_method": "make_to_stock",
        }

    def _set_kept_units(self, move_sudo, lots):
        """Name what left: these serial or lot numbers, wherever they lie, else any units."""
        move_sudo._action_confirm(merge=False)
        if not lots:
            move_sudo.quantity = move_sudo.product_uom_qty
        else:
            units = move_sudo.product_qty / len(lots)
            move_sudo.move_line_ids = [
                Command.clear(),
                *(Command.create(self._prepare_kept_item(move_sudo, lot, units)) for lot in lots),
            ]
        move_sudo.picked = True

    def _prepare_kept_item(self, move_sudo, lot, units):
        place = lot._get_cso_place(self.company_id) or move_sudo.location_id
        return {
            "picking_id": move_sudo.picking_id.id,
            "product_id": lot.product_id.id,
            "product_uom_id": lot.product_id.uom_id.id,
            "lot_id": lot.id,
            "quantity": units,
            "location_id": place.id,
            "location_dest_id": move_sudo.location_dest_id.id,
        }

    def _get_kept_lots(self, product, numbers, quantity):
        """Return the serial or lot numbers (``stock.lot``, sudo) that were typed of an article.

        :param list numbers: as typed
        :param float quantity: in the unit in which it is kept
        :raise UserError: where one is missing, not known, or not in our stock
        """
        lots_sudo = self.env["stock.lot"].sudo()  # clerks read what the customer has only
        if product.tracking == "none":
            return lots_sudo
        units = self._get_kept_uom(product)._compute_quantity(quantity, product.uom_id)
        wanted = int(units) if product.tracking == "serial" else 1
        if len(set(numbers)) != wanted:
            raise UserError(
                self.env._(
                    "%(article)s: name the %(count)s serial or lot numbers that the customer"
                    " keeps.",
                    article=product.display_name,
                    count=wanted,
                )
            )
        found = lots_sudo.search([("product_id", "=", product.id), ("name", "in", numbers)])
        here = found.filtered(lambda lot: lot._get_cso_place(self.company_id))
        missing = set(numbers) - set(here.mapped("name"))
        if missing:
            raise UserError(
                self.env._(
                    "Not in our stock, so it cannot have been delivered by mistake: %(numbers)s.",
                    numbers=", ".join(sorted(missing)),
                )
            )
        return here
