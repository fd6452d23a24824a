from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What an order of a case has from the original one.
ORDER_FIELDS = (
    *("partner_id", "partner_invoice_id", "partner_shipping_id", "company_id", "warehouse_id"),
    *("pricelist_id", "fiscal_position_id", "payment_term_id", "user_id", "team_id"),
)


class CsoPositionDelivery(models.AbstractModel):
    """What we deliver for return positions: the same goods back, or others free of charge.

    Two kinds of documents that a decision promises: ``back`` (transfers of the same goods back to
    the customer) and ``delivery`` (lines of orders that are free of charge).
    """

    _name = "cso.position.delivery"
    _description = "Deliveries for Return Positions"

    free_line_ids = fields.One2many(
        "sale.order.line",
        "cso_free_for_id",
        "Free Order Lines",
        groups="base.group_user",
        help="Delivered free of charge for this position.",
    )
    back_qty = fields.Float(
        "Sent Back",
        digits="Product Unit",
        compute="_compute_back_qty",
        store=True,
        help="Received and delivered back to the customer, in the unit of the order line.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("move_ids.cso_step", "move_ids.state", "move_ids.quantity")
    def _compute_back_qty(self):
        for position in self:
            position.back_qty = position._get_back_qty()

    @api.depends(
        "back_qty",
        "move_ids.state",
        "free_line_ids.state",
        "free_line_ids.product_uom_qty",
        "free_line_ids.qty_delivered",
    )
    def _compute_is_settled(self):
        """Extend: what goes to the customer is settled when it is delivered."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ business
    def _get_back_moves(self):
        """Return the moves that bring the same goods back, and those that undo such moves."""
        moves_sudo = self.sudo().move_ids  # who decides need not read transfers
        return moves_sudo.filtered(lambda move: move.cso_step == "back" and move.state != "cancel")

    def _get_sent_back_moves(self):
        """Return the moves by which the same goods went back; they may come once more."""
        return self._get_back_moves().filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )

    def _get_back_qty(self):
        """Return what went back, in the unit of the order line; of a kit whole sets count."""
        self.ensure_one()
        moves = self._get_back_moves()
        goods = self._get_goods() if moves else {}
        if not goods:
            return sum(self._get_back_quantity(product) for product in moves.product_id)
        return min(self._get_back_quantity(product) / units for product, units in goods.items())

    def _get_back_quantity(self, product):
        """Return what of an article went back to the customer and stayed there, in its unit."""
        self.ensure_one()
        done = self._get_back_moves().filtered(
            lambda move: move.state == "done" and move.product_id == product
        )
        return sum(
            move._get_cso_quantity(product.uom_id)
            * (1 if move.location_dest_id.usage == "customer" else -1)
            for move in done
        )

    def _has_back(self):
        """Return whether the goods of this position go back to the customer, or are there."""
        self.ensure_one()
        waiting = self._get_back_moves().filtered(lambda move: move.state != "done")
        return bool(waiting) or self.product_uom_id.compare(self.back_qty, 0.0) > 0

    def _is_back_done(self):
        """Return whether the goods of this position are back at the customer."""
        self.ensure_one()
        is_done = all(move.state == "done" for move in self._get_back_moves())
        return is_done and self.product_uom_id.compare(self.back_qty, 0.0) > 0

    def _check_goods_stay(self):
        """Refuse positions whose goods go back to the customer, or are there: he would have both.

        :raise UserError: that names the position
        """
        for position in self.filtered("is_goods_expected"):
            is_leaving = any(move.state != "done" for move in position._get_back_moves())
            if is_leaving or (position.received_qty > 0 and not position._is_here()):
                raise UserError(
                    self.env._(
                        "The goods of %(position)s go back to the customer, or are there already.",
                        position=position.display_name,
                    )
                )

    def _get_free_lines(self):
        """Return the lines (``sale.order.line``) of free orders that are not cancelled, or of
        which something was delivered before.
        """
        lines_sudo = self.sudo().free_line_ids  # also asked when a customer's page is shown
        return lines_sudo.filtered(
            lambda line: line.qty_delivered or (line.state != "cancel" and line.product_uom_qty)
        )

    def _has_delivery(self):
        """Return whether something is delivered free of charge for this position."""
        self.ensure_one()
        return bool(self._get_free_lines())

    def _is_delivery_done(self):
        """Return whether all that is free of charge for this position is delivered."""
        self.ensure_one()
        lines = self._get_free_lines()
        return bool(lines) and all(line._is_cso_delivered() for line in lines)

    # ------------------------------------------------------------------ the same goods back
    def _send_back(self, reason_text=None):
        """Make the deliveries of what was received of these positions to their return address.

        Goods that lie nowhere with us, or that leave already, are left out: called twice, it makes
        nothing new.

        :param str reason_text: told to the warehouse on the delivery
        :return: the new deliveries (``stock.picking``, sudo)
        """
        moves_sudo = self.env["stock.move"].sudo()  # clerks and customers do not write transfers
        lots = {}
        for position in self.sudo():
            for part in position._get_goods_here():
                picking = position._ensure_back_picking(part, reason_text)
                move = moves_sudo.create(position._prepare_back_move(picking, part))
                lots[move] = part["lots"]
                moves_sudo |= move
        moves_sudo._confirm_cso_units(lots)
        return moves_sudo.picking_id

    def _get_goods_here(self):
        """Return what was received of this position and lies with us, not on its way out.

        :return: list of dicts: ``receipt`` (``stock.move`` that brought it), ``location``,
            ``product``, ``quantity`` and ``lots`` (quantity by ``stock.lot``), in the unit of the
            product
        """
        self.ensure_one()
        balance = defaultdict(float)
        alive = self.move_ids.filtered(lambda move: move.state != "cancel")
        done = alive.filtered(lambda move: move.state == "done")
        for item in alive.move_line_ids:
            balance[item.product_id, item.lot_id, item.location_id] -= item.quantity_product_uom
        for item in done.move_line_ids:
            place = item.location_dest_id
            balance[item.product_id, item.lot_id, place] += item.quantity_product_uom
        for move in alive - done:
            missing = move.product_qty - sum(move.move_line_ids.mapped("quantity_product_uom"))
            balance[move.product_id, move.lot_ids.browse(), move.location_id] -= missing
        receipts = done.filtered(lambda move: move.cso_step == "receipt").grouped("product_id")
        return self._group_goods(balance, receipts)

    def _group_goods(self, balance, receipts):
        """Return the goods that lie with us, one part per article and location."""
        parts = {}
        for (product, lot, location), quantity in balance.items():
            is_here = location.usage == "internal" and product in receipts
            if not is_here or product.uom_id.compare(quantity, 0.0) <= 0:
                continue
            part = parts.setdefault(
                (product, location),
                {
                    "receipt": receipts[product][0],
                    "location": location,
                    "product": product,
                    "quantity": 0.0,
                    "lots": {},
                },
            )
            part["quantity"] += quantity
            if lot:
                part["lots"][lot] = quantity
        return list(parts.values())

    def _get_return_address(self):
        """Return where the goods go back to: as the customer said, else where they were sent."""
        self.ensure_one()
        return self.rma_id.return_address_id or self.order_id.partner_shipping_id

    def _ensure_back_picking(self, part, reason_text):
        """Return the open delivery of these goods, made when there is none.

        Goods that belong to no order line have a delivery of their own: on one of an order, Odoo
        would add them to the order.
        """
        self.ensure_one()
        operation_type = part["location"].warehouse_id.out_type_id
        order = part["receipt"].sale_line_id.order_id
        open_pickings = self.rma_id.picking_ids.filtered(
            lambda picking: (
                picking.picking_type_id == operation_type
                and picking.state not in ("done", "cancel")
                and picking.location_id == part["location"]
                and picking.partner_id == self._get_return_address()
                and picking.sale_id == order
            )
        )
        return open_pickings[:1] or self.env["stock.picking"].create(
            self._prepare_back_picking(part, operation_type, reason_text)
        )

    def _prepare_back_picking(self, part, operation_type, reason_text):
        address = self._get_return_address()
        return {
            "picking_type_id": operation_type.id,
            "location_id": part["location"].id,
            "location_dest_id": address.with_company(self.company_id).property_stock_customer.id,
            "partner_id": address.id,
            "company_id": self.company_id.id,
            "origin": self.rma_id.name,
            "cso_rma_id": self.rma_id.id,
            "note": reason_text or False,
        }

    def _prepare_back_move(self, picking, part):
        """Return the values of the move that brings goods back.

        It undoes the receipt: the order line neither ships nor bills it a second time.
        """
        receipt = part["receipt"]
        return {
            "product_id": part["product"].id,
            "product_uom_qty": part["quantity"],
            "product_uom": part["product"].uom_id.id,
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "location_id": part["location"].id,
            "location_dest_id": picking.location_dest_id.id,
            "origin_returned_move_id": receipt.id,
            "sale_line_id": receipt.sale_line_id.id,
            "cso_rma_line_id": self.id,
            "cso_step": "back",
            "origin": self.rma_id.name,
            "partner_id": picking.partner_id.id,
            "procure_method": "make_to_stock",
            "to_refund": False,
        }

    # ------------------------------------------------------------------ free of charge
    def _get_quantity_to_deliver(self):
        """Return what is proposed to be delivered for this position, in its unit: what came back
        where goods are expected, else what is claimed.
        """
        self.ensure_one()
        received = self.is_goods_expected and min(self.received_qty, self.quantity)
        return received or self.quantity

    def _make_free_orders(self, goods):
        """Make and confirm the orders that are free of charge, one per case and address.

        :param list goods: dicts of ``position``, ``product``, ``quantity``, ``uom`` and ``address``
            (res.partner)
        :return: the orders (``sale.order``, sudo)
        """
        orders_sudo = self.env["sale.order"].sudo()  # clerks do not write orders
        groups = defaultdict(list)
        for item in goods:
            origin = item["position"].order_id
            groups[item["position"].rma_id, item["address"], origin.warehouse_id].append(item)
        for (case, address, _warehouse), items in groups.items():
            values = items[0]["position"]._prepare_case_order()
            values["partner_shipping_id"] = address.id
            values["order_line"] = [
                Command.create(item["position"]._prepare_free_line(item)) for item in items
            ]
            orders_sudo |= orders_sudo.with_company(case.company_id).create(values)
        orders_sudo.action_confirm()
        return orders_sudo

    def _prepare_case_order(self):
        """Return the values of an order of this case, for the customer of the original one and on
        its terms.
        """
        self.ensure_one()
        origin_sudo = self.order_id.sudo()  # clerks read no price lists and terms
        return {
            **{name: origin_sudo[name].id for name in ORDER_FIELDS},
            "client_order_ref": self.rma_id.reference or origin_sudo.client_order_ref,
            "origin": self.rma_id.name,
            "cso_rma_id": self.rma_id.id,
            "require_signature": False,
            "require_payment": False,
        }

    def _prepare_free_line(self, item):
        """Return the values of an order line free of charge, of ``_make_free_orders``."""
        return {
            "product_id": item["product"].id,
            "product_uom_qty": item["quantity"],
            "product_uom_id": item["uom"].id,
            "price_unit": 0.0,
            "discount": 0.0,
            "cso_free_for_id": item["position"].id,
        }
