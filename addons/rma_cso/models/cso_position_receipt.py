from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command


class CsoPositionReceipt(models.AbstractModel):
    """The receipts by which the warehouse takes the goods of return positions back."""

    _name = "cso.position.receipt"
    _description = "Receipts of Return Positions"

    def _announce_receipts(self):
        """Make the receipts that the warehouse will open by the number of the case."""
        # Positions are authorised by customers and clerks without rights on stock.
        moves_sudo = self.env["stock.move"].sudo().create(self.sudo()._prepare_receipt_moves())
        moves_sudo._action_confirm(merge=False)
        moves_sudo.picking_id.filtered(lambda picking: picking.state == "draft").action_confirm()

    def _prepare_receipt_moves(self):
        """Return the values of all receipts: deliveries backwards, expecting these serials."""
        outgoing, _incoming = self.sale_line_id._get_return_moves()
        values, announced = [], defaultdict(float)
        for line in self:
            moves = outgoing[line.sale_line_id.id].sorted(lambda move: (move.date, move.id))
            for origin, quantity, lots in line._split_by_origin(moves, announced):
                picking = line.rma_id._ensure_receipt(line._get_return_warehouse(origin))
                receipt = line._prepare_receipt_move(picking, origin, quantity)
                receipt["move_line_ids"] = [
                    Command.create(line._prepare_receipt_item(receipt, lot)) for lot in lots
                ]
                values += origin.copy_data(receipt)
        return values

    def _prepare_receipt_item(self, receipt, lot):
        """Return the values of one expected unit of a receipt, by its serial number."""
        names = ("picking_id", "location_id", "location_dest_id")
        return {
            **{name: receipt[name] for name in names},
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": 1.0,
            "lot_id": lot.id,
        }

    def _prepare_receipt_move(self, picking, origin, quantity):
        """Return the values of a receipt; it is valued like its delivery.

        The delivered quantity of the order line stays until the position is credited.
        """
        return {
            "product_uom_qty": quantity,
            "product_uom": origin.product_uom.id,
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "location_id": origin.location_dest_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "location_final_id": False,
            "origin_returned_move_id": origin.id,
            "sale_line_id": self.sale_line_id.id,
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

    def _split_by_origin(self, moves, announced):
        """Return lists of delivery move, quantity in its unit and serials that come back.

        Serials lead to the delivery that carried them; other units are taken first in, first out.

        :param moves: deliveries of the order line, the oldest first
        :param dict announced: quantity by delivery of positions before this one; it is added to
        """
        self.ensure_one()
        split = self._split_by_lots if self.lot_ids else self._split_by_quantity
        parts = split(moves, announced)
        for move, quantity, _lots in parts:
            announced[move] += quantity
        return parts

    def _get_return_warehouse(self, move):
        """Return the warehouse that takes goods of this delivery back; the vendor's: our own."""
        return move.location_id.warehouse_id or self.order_id.warehouse_id

    def _split_by_lots(self, moves, announced):
        parts, left = [], self.lot_ids
        for move in moves:
            lots = left & move.move_line_ids.lot_id
            left -= lots
            if lots:
                units = self.product_id.uom_id._compute_quantity(len(lots), move.product_uom)
                parts.append((move, units, lots))
        return parts

    def _split_by_quantity(self, moves, announced):
        parts, wanted, uom = [], self.quantity, self.product_uom_id
        for move in moves:
            returned = sum(
                back._get_cso_quantity(move.product_uom)
                for back in move.returned_move_ids
                if back.state != "cancel"
            )
            left = move.quantity - returned - announced[move]
            needed = uom._compute_quantity(wanted, move.product_uom, round=False)
            quantity = min(left, needed)
            if move.product_uom.compare(quantity, 0.0) > 0:
                wanted -= move.product_uom._compute_quantity(quantity, uom, round=False)
                quantity = move.product_uom.round(quantity)
                parts.append((move, quantity, self.env["stock.lot"]))
        return parts
