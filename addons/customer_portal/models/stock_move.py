from odoo import api, fields, models
from odoo.fields import Domain

from .sale_line_eta import OPEN_MOVE_STATES

# By these a move is held with its order.
ORDER_FIELDS = {"sale_line_id", "origin_returned_move_id"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def _compute_description_picking(self):
        """A slip that goes to a customer never shows what a vendor calls the product."""
        result = super()._compute_description_picking()
        for move in self:
            to_customer = move.location_dest_id._is_outgoing()
            if move.purchase_line_id and to_customer and not move.description_picking_manual:
                variants = move.sale_line_id._get_sale_order_line_multiline_description_variants()
                move.description_picking = variants.strip() or move.product_id.display_name
        return result

    def _action_done(self, cancel_backorder=False):
        self.filtered("quantity")._check_delivery_hold()  # every way to ship ends here
        return super()._action_done(cancel_backorder=cancel_backorder)

    def write(self, vals):
        """Other lines that wait for the same goods move up or down with a move; a receipt that
        is rescheduled by hand names the supplier's date.
        """
        if vals.keys() & ORDER_FIELDS and not self.env.su:
            self._check_order_stays()
        rescheduled = self._get_rescheduled_receipts(vals)
        result = super().write(vals)
        if rescheduled:
            # the warehouse needs no right on purchases
            bought_sudo = rescheduled.purchase_line_id.sudo()
            bought_sudo._set_planned_eta(vals["date"], "receipt")
        if vals.keys() & {"state", "product_uom_qty"}:
            linked = self.filtered(lambda move: move.sale_line_id or move.purchase_line_id)
            linked -= linked._get_announced_returns()
            if linked:
                linked.purchase_line_id._get_fed_sale_lines_sudo()._mark_eta()
                linked._queue_waiting_eta()
        return result

    def _check_delivery_hold(self):
        """Refuse to ship what is held, and what somebody added to it.

        :raise UserError: that names the shipment or the order, and the reason
        """
        held = self.filtered(lambda move: move.picking_id.delivery_hold and move._is_leaving())
        held.picking_id._check_delivery_hold()
        # sudo: who ships need not see the orders
        loose_sudo = self.filtered(lambda move: not move.picking_id).sudo()
        loose_sudo._get_held_moves().sale_line_id.order_id._check_delivery_hold()

    def _check_order_stays(self):
        """Refuse to take goods off a held order, which would not hold them any more.

        :raise UserError: that names the order and the reason
        """
        held_sudo = self.sudo()._get_held_moves()  # as above
        held_sudo.sale_line_id.order_id._check_delivery_hold()

    def _get_held_moves(self):
        """Moves of these that would bring goods of a held order to the customer."""
        return self.filtered(
            lambda move: move.sale_line_id.order_id.delivery_hold and move._is_leaving()
        )

    def _is_leaving(self):
        """Whether the move brings goods to a customer for the first time.

        What goes out again for a return was shipped before.
        """
        self.ensure_one()
        usage = self.location_dest_id.usage
        is_out = self.picking_type_id.code in ("outgoing", "dropship") or usage == "customer"
        is_open = self.state not in ("done", "cancel") and not self.origin_returned_move_id
        return is_out and is_open and usage not in ("supplier", "inventory")

    def _get_announced_returns(self):
        """What customers announced to send back: until it is here, nobody waits for it."""
        return self.filtered(
            lambda move: (
                move.origin_returned_move_id
                and move.state != "done"
                and move.location_id.usage == "customer"
            )
        )

    def _get_rescheduled_receipts(self, vals):
        """Open receipts of purchases that are being moved to another day by hand.

        Odoo writes the date together with a state or a place when it merges, pushes or finishes
        moves; that is no statement of anybody.
        """
        if not vals.get("date") or vals.keys() & {"state", "location_dest_id"}:
            return self.browse()
        date = fields.Datetime.to_datetime(vals["date"])
        return self.filtered(
            lambda move: (
                move.purchase_line_id
                and move.state in OPEN_MOVE_STATES
                and move.location_id.usage == "supplier"
                and move._get_receipt_day(move.date) != move._get_receipt_day(date)
            )
        )

    def _get_receipt_day(self, moment):
        return self.purchase_line_id.sudo()._get_planned_day(moment)

    def _queue_waiting_eta(self):
        """Work through who waits for these products once, before the transaction ends."""
        data = self.env.cr.precommit.data.setdefault("customer_portal.eta_products", set())
        if not data:
            self.env.cr.precommit.add(self.env["stock.move"].sudo()._run_waiting_eta)
        data.update(self.product_id.ids)

    def _run_waiting_eta(self):
        product_ids = self.env.cr.precommit.data.pop("customer_portal.eta_products", ())
        products = self.env["product.product"].browse(product_ids)
        self.env["sale.order.line"]._mark_waiting_eta(products)
        self.env.flush_all()

    @api.model
    def _get_customer_domain(self):
        """Moves to customers and from them, also by way of another of our companies."""
        usages = ("customer", "transit")
        to_customer = Domain("location_dest_id.usage", "in", usages)
        return to_customer | Domain("location_id.usage", "in", usages)

    def _get_outgoing_locations(self):
        """Those of the places of these moves that are the customer's."""
        # Odoo looks another place up for every one that is not the customer's: ask it for few
        return (self.location_id | self.location_dest_id).filtered(
            lambda one: one.usage == "customer" or (one.usage == "transit" and one._is_outgoing())
        )

    def _get_customer_out_moves(self):
        """Done moves that brought goods to the customer, the first time or again."""
        outgoing = self._get_outgoing_locations()
        return self.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id in outgoing
                and move.location_id not in outgoing
            )
        ).with_prefetch(self._prefetch_ids)

    def _get_customer_shipped_moves(self):
        """Moves that brought goods of an order to the customer the first time.

        Returns are no shipments, and what goes out again for a return was shipped before.
        """
        first = self.filtered(lambda move: not move.origin_returned_move_id)
        return first.with_prefetch(self._prefetch_ids)._get_customer_out_moves()

    def _get_customer_returned_moves(self):
        """Done moves that brought goods back from the customer."""
        outgoing = self._get_outgoing_locations()
        return self.filtered(
            lambda move: (
                move.state == "done"
                and move.location_id in outgoing
                and move.location_dest_id not in outgoing
            )
        )
