from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Steps after which goods are shipped or back like on any order: the line that they are sold on.
SOLD_STEPS = ("kept",)


class StockMove(models.Model):
    _inherit = "stock.move"

    cso_rma_line_id = fields.Many2one(
        "cso.rma.line", "Return Position", index="btree_not_null", check_company=True
    )
    cso_claim_line_id = fields.Many2one(
        "cso.claim.line",
        "Position of a Claim",
        index="btree_not_null",
        groups="base.group_user",
        readonly=True,
    )
    cso_step = fields.Selection(
        [
            ("receipt", "Received from the customer"),
            ("disposition", "Put away after the test"),
            ("vendor", "To or from the vendor"),
            ("back", "Sent back to the customer"),
            ("loss", "Credited without goods"),
            ("kept", "Kept by the customer"),
        ],
        "Step of the Return",
        readonly=True,
        groups="base.group_user",
        help="A move that takes a step back has the step too.",
    )

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):
        """Extend: what was done for a return position stays what it was.

        :raise UserError: where its step or position would change by hand
        """
        if not self.env.su and ("cso_step" in vals or "cso_rma_line_id" in vals):
            self._check_cso_done()
        return super().write(vals)

    def _check_cso_done(self):
        for move in self.filtered(lambda move: move.state == "done" and move.cso_step):
            raise UserError(
                self.env._(
                    "%(move)s is done for a return: it keeps its position.",
                    move=move.display_name,
                )
            )

    # ------------------------------------------------------------------ business
    def _get_customer_shipped_moves(self):
        """Extend `customer_portal`: what a return moves is no shipment of its order line."""
        return super(StockMove, self._filter_sold())._get_customer_shipped_moves()

    def _get_customer_returned_moves(self):
        """Extend `customer_portal`: what positions bring back is counted by them alone."""
        return super(StockMove, self._filter_sold())._get_customer_returned_moves()

    def _filter_sold(self):
        """Return those of these moves that make what an order line shipped or took back."""
        sold = self.filtered(lambda move: not move.cso_step or move.cso_step in SOLD_STEPS)
        return sold.with_prefetch(self._prefetch_ids)

    def _get_cso_received_qty(self, uom):
        """Return what this move brought in for its position in `uom`, not rounded.

        Negative when it took a receipt back.
        """
        self.ensure_one()
        if self.state != "done" or self.cso_step != "receipt":
            return 0.0
        quantity = self._get_cso_quantity(uom)
        return -quantity if self.location_id.usage == "internal" else quantity

    def _get_cso_received_lots(self):
        """Return the serials (``stock.lot``) that these moves brought in, and that none of them
        took out or sent back again.
        """
        receipts = self.filtered(
            lambda move: move.state == "done" and move.cso_step in ("receipt", "back")
        )
        lots = self.env["stock.lot"]
        for move in receipts.sorted("id"):
            is_back = move.location_id.usage == "internal"
            lots = lots - move.move_line_ids.lot_id if is_back else lots | move.move_line_ids.lot_id
        return lots

    def _get_cso_left_qty(self):
        """Return what of this delivery did not come back, in the unit of the article."""
        self.ensure_one()
        unit = self.product_id.uom_id
        backs = self.returned_move_ids.filtered(lambda move: move.state != "cancel")
        left = self._get_cso_quantity(unit) - sum(move._get_cso_quantity(unit) for move in backs)
        return max(left, 0.0)

    def _split_cso_units(self, wanted, lots=None):
        """Return quantities by lot (``stock.lot``, empty without one) of this delivery.

        :param float wanted: in the unit of the article
        :param lots: the serials that are meant; None: the first ones
        """
        self.ensure_one()
        if self.product_id.tracking == "none":
            return {self.env["stock.lot"]: wanted}
        items = {}
        for item in self.move_line_ids:
            is_meant = not lots or item.lot_id in lots
            taken = min(item.quantity_product_uom, wanted) if is_meant else 0.0
            if taken > 0:
                items[item.lot_id] = items.get(item.lot_id, 0.0) + taken
                wanted -= taken
        return items

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Extend `stock`: moves of two positions, or two steps, stay apart."""
        own = ["cso_rma_line_id", "cso_step", "cso_claim_line_id"]
        return [*super()._prepare_merge_moves_distinct_fields(), *own]

    def _action_done(self, cancel_backorder=False):
        """Extend `stock`: goods that came back from the vendor can be put away again."""
        claimed_sudo = self.sudo().filtered("cso_claim_line_id")  # the warehouse reads no claims
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        if claimed_sudo:
            claimed_sudo.cso_claim_line_id._release()
        return moves

    def _set_quantity_done_prepare_vals(self, qty):
        """Extend `stock`: of what a customer sends, nobody guesses the serial number."""
        commands = super()._set_quantity_done_prepare_vals(qty)
        if self.product_id.tracking == "none" or not self.picking_id.is_cso_receipt:
            return commands
        return [self._prepare_cso_count(command) for command in commands]

    def _prepare_cso_count(self, command):
        """Return a command on the items of a receipt without the serial that it took from others:
        a unit more of a serial that is there is a unit whose serial nobody has read yet.
        """
        code, item_id, values = command
        if code == Command.UPDATE:
            more = values["quantity"] - self.move_line_ids.browse(item_id).quantity
            if more <= 0:
                return command
            values = self._prepare_move_line_vals(quantity=more)
        elif code != Command.CREATE:
            return command
        return Command.create({**values, "lot_id": False})

    def _set_cso_apart(self, items, origin):
        """Move items of this receipt to a receipt of their own.

        :param items: ``stock.move.line``
        :param origin: the delivery (``stock.move``) that they undo; empty: none, they are valued
            at the cost of the article
        :return: the new move
        """
        self.ensure_one()
        values = {
            "product_uom_qty": 0.0,
            "origin_returned_move_id": origin.id,
            "sale_line_id": origin.sale_line_id.id,
            "to_refund": False,
            "move_orig_ids": False,
            "move_dest_ids": False,
        }
        move = self.copy(values)
        items.move_id = move
        move.picked = True
        return move

    def _confirm_cso_units(self, lots):
        """Confirm these moves and reserve the very units that are meant: others of the same
        article lie in the same place, and Odoo reserves the oldest at once.

        :param dict lots: quantities by lot (``stock.lot``) of each move, in the unit of the
            article; empty where no lots are kept
        """
        self._action_confirm(merge=False)
        named = self.filtered(lambda move: any(lots[move]))
        named._do_unreserve()
        for move in named:
            for lot, quantity in lots[move].items():
                move._update_reserved_quantity(quantity, move.location_id, lot, strict=False)
        named._recompute_state()
        (self - named)._action_assign()

    def _get_cso_quantity(self, uom):
        """Return the quantity of this move in `uom`, not rounded: sums are rounded at the end."""
        self.ensure_one()
        return self.product_uom._compute_quantity(self.quantity, uom, round=False)
