import math
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CsoPositionReceipt(models.AbstractModel):
    """The receipts by which the warehouse takes the goods of return positions back."""

    _name = "cso.position.receipt"
    _description = "Receipts of Return Positions"

    # ------------------------------------------------------------------ actions
    def action_note_parcel(self):
        """Open the dialog in which staff note that the parcel of these positions is announced.

        :raise UserError: where no goods are waited for
        """
        self._check_to_send()
        return self._get_dialog("cso.parcel", self.env._("Parcel Announced"))

    # ------------------------------------------------------------------ business
    def _check_to_send(self):
        """Refuse positions whose goods are on the way, here, or not expected."""
        for position in self.filtered(lambda position: not position.is_to_send):
            raise UserError(
                self.env._("No parcel is waited for: %(position)s.", position=position.display_name)
            )

    # ------------------------------------------------------------------ what comes back
    def _get_goods(self):
        """Return what comes back for this position: dict by article of its quantity per unit of
        the order line, in the unit of the article. Of a kit the parts; nothing where the customer
        could not name the article.
        """
        self.ensure_one()
        is_other = self.slip_matches == "no"
        if is_other and not self.received_product_id:
            return {}
        kit = {} if is_other else self.sale_line_id.sudo()._get_cso_kit_parts()
        if kit:
            return kit
        product = self.received_product_id if is_other else self.product_id
        uom = self.product_uom_id
        return {product: uom._compute_quantity(1.0, self.product_id.uom_id, round=False)}

    def _is_from_delivery(self):
        """Return whether what comes back was shipped for the order line; a surplus, or another
        article, was never booked to the customer.
        """
        self.ensure_one()
        return self.takes_units and self.slip_matches != "no"

    def _get_receipt_moves(self):
        """Return the receipts (``stock.move``, sudo) that are not cancelled."""
        moves_sudo = self.sudo().move_ids  # asked by customers and clerks
        return moves_sudo.filtered(
            lambda move: move.cso_step == "receipt" and move.state != "cancel"
        )

    def _get_done_receipts(self):
        """Return the receipts (``stock.move``, sudo) that are done."""
        return self._get_receipt_moves().filtered(lambda move: move.state == "done")

    def _get_announced_receipts(self):
        """Return the receipts (``stock.move``, sudo) that are still to come."""
        return self._get_receipt_moves().filtered(lambda move: move.state != "done")

    def _get_received_qty(self):
        """Return what came and stayed, in the unit of the order line; of a kit whole sets count."""
        self.ensure_one()
        receipts = self._get_receipt_moves()
        goods = self._get_goods() if receipts else {}
        if not goods:
            return sum(move._get_cso_received_qty(self.product_uom_id) for move in receipts)
        counts = defaultdict(float)
        for move in receipts:
            product = move.product_id
            counts[product] += move._get_cso_received_qty(product.uom_id)
        sets = min(counts[product] / per_unit for product, per_unit in goods.items())
        return math.floor(sets + 1e-6) if len(goods) > 1 else sets

    # ------------------------------------------------------------------ announcing
    def _announce_receipts(self):
        """Make the receipts that the warehouse will open by the number of the case.

        What is announced or here already is left out: called twice, it makes nothing new.
        """
        # Positions are authorised by customers and clerks without rights on stock.
        positions_sudo = self.sudo()
        moves_sudo = self.env["stock.move"].sudo().create(positions_sudo._prepare_receipt_moves())
        moves_sudo._action_confirm(merge=False)
        moves_sudo.picking_id.filtered(lambda picking: picking.state == "draft").action_confirm()
        for position in positions_sudo.filtered(lambda position: not position._get_goods()):
            position.rma_id._ensure_receipt(position._get_return_warehouse())

    def _prepare_receipt_moves(self):
        """Return the values of all receipts: deliveries backwards, expecting these serials."""
        outgoing, _incoming = self.sale_line_id._get_return_moves()
        values, announced = [], defaultdict(float)
        for position in self:
            moves = outgoing[position.sale_line_id.id] | position._get_sent_back_moves()
            moves = moves if position._is_from_delivery() else ()
            for part in position._get_announced_parts(moves, announced):
                values += position._prepare_receipt_values(**part)
        return values

    def _get_announced_parts(self, moves, announced):
        """Return what is still to be announced of this position.

        Serials lead to the delivery that carried them; other units are taken first in, first out.
        What no delivery explains has no original move.

        :param moves: deliveries of the order line
        :param dict announced: quantity by delivery of positions before this one, in the unit of
            the article; it is added to
        :return: list of dicts: ``origin`` (``stock.move``, may be empty), ``product``,
            ``quantity`` in its unit and ``lots``
        """
        self.ensure_one()
        parts = []
        oldest_first = sorted(moves, key=lambda move: (move.date, move.id))
        for product, per_unit in self._get_goods().items():
            own = [move for move in oldest_first if move.product_id == product]
            if self.lot_ids and product == self.product_id:
                found = self._split_by_lots(own)
            else:
                found = self._split_by_quantity(own, announced, product, per_unit)
            for origin, quantity, lots in found:
                announced[origin] += quantity
                names = ("origin", "product", "quantity", "lots")
                parts.append(dict(zip(names, (origin, product, quantity, lots), strict=True)))
        return parts

    def _split_by_lots(self, moves):
        parts = []
        expected = self._get_announced_receipts().move_line_ids.lot_id
        left = self.lot_ids - expected - self.move_ids._get_cso_received_lots()
        # a unit that is counted by another serial, or by none yet, is announced already
        open_count = len(self.lot_ids) - self._get_alive_quantity(self.product_id)
        left = left[: max(int(open_count), 0)]
        for move in moves:
            lots = left & move.move_line_ids.lot_id
            left -= lots
            if lots:
                parts.append((move, len(lots), lots))
        if left:
            parts.append((self.env["stock.move"], len(left), left))
        return parts

    def _split_by_quantity(self, moves, announced, product, per_unit):
        parts, uom, none = [], product.uom_id, self.env["stock.lot"]
        wanted = self.quantity * per_unit - self._get_alive_quantity(product)
        for move in moves:
            quantity = uom.round(min(move._get_cso_left_qty() - announced[move], wanted))
            if uom.compare(quantity, 0.0) > 0:
                wanted -= quantity
                parts.append((move, quantity, none))
        if uom.compare(wanted, 0.0) > 0:
            parts.append((self.env["stock.move"], uom.round(wanted), none))
        return parts

    def _get_alive_quantity(self, product):
        """Return what is announced or here of an article, in its unit."""
        receipts = self._get_receipt_moves().filtered(lambda move: move.product_id == product)
        return sum(
            move._get_cso_received_qty(product.uom_id) if move.state == "done" else move.product_qty
            for move in receipts
        ) - self._get_back_quantity(product)

    def _prepare_receipt_values(self, origin, product, quantity, lots):
        """Return the values (list of one dict) of a receipt, with the units that it expects."""
        picking = self.rma_id._ensure_receipt(self._get_return_warehouse(origin))
        receipt = self._prepare_receipt_move(picking, origin, product, quantity)
        receipt["move_line_ids"] = [
            Command.create(self._prepare_receipt_item(receipt, product, lot)) for lot in lots
        ]
        return origin.copy_data(receipt) if origin else [receipt]

    def _prepare_receipt_item(self, receipt, product, lot):
        """Return the values of one expected unit of a receipt, by its serial number."""
        names = ("picking_id", "location_id", "location_dest_id")
        return {
            **{name: receipt[name] for name in names},
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": 1.0,
            "lot_id": lot.id,
        }

    def _prepare_receipt_move(self, picking, origin, product, quantity):
        """Return the values of a receipt; with a delivery behind it, it is valued like that.

        The delivered quantity of the order line stays until the position is credited.
        """
        uom = origin.product_uom or product.uom_id
        return {
            "product_id": product.id,
            "product_uom_qty": product.uom_id._compute_quantity(quantity, uom),
            "product_uom": uom.id,
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "location_id": (origin.location_dest_id or picking.location_id).id,
            "location_dest_id": picking.location_dest_id.id,
            "location_final_id": False,
            "origin_returned_move_id": origin.id,
            "sale_line_id": origin.sale_line_id.id,
            "cso_rma_line_id": self.id,
            "cso_step": "receipt",
            "origin": self.rma_id.name,
            "procure_method": "make_to_stock",
            "to_refund": False,
            "state": "draft",
            "date": fields.Datetime.now(),
            "date_deadline": False,
            "partner_id": self.partner_id.id,
        }

    def _expect_serials(self):
        """Name the serials that are still to come in the receipts of what remains: of a receipt
        that brought fewer, Odoo keeps the number of the other units only.
        """
        for position in self.sudo().filtered("lot_ids"):  # the warehouse reads no positions
            items = position._get_announced_receipts().move_line_ids
            received = position._get_receipt_moves()._get_cso_received_lots()
            left = position.lot_ids - items.lot_id - received
            unnamed = items.filtered(
                lambda item, own=position: (
                    item.product_id == own.product_id and item.quantity == 1 and not item.lot_id
                )
            )
            for item, lot in zip(unnamed, left, strict=False):
                item.lot_id = lot

    def _get_return_warehouse(self, move=None):
        """Return the warehouse that takes goods of this delivery back; the vendor's: our own."""
        place = move and move.location_id.warehouse_id
        return place or self.order_id.warehouse_id

    # ------------------------------------------------------------------ the rest does not come
    def _expect_no_more(self):
        """Cancel what is still announced of these positions; what is here stays."""
        self._get_announced_receipts()._action_cancel()
