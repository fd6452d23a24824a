from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# States in which units can still get a fate of their own.
SPLITTABLE_STATES = ("review", "asked", "authorised", "received", "to_decide")
# What was told, authorised and found out holds for all units: a part has it from the whole.
PART_FIELDS = (
    *("authorisation_state", "authorised_on", "valid_until", "reminded_for"),
    *("question", "asked_on", "answered_on", "extended_on", "extension_text"),
    *("sent_on", "carrier", "tracking_ref", "eligibility"),
    *("takes_units", "asks_goods", "asks_fee", "message", "validity_days"),
    *("test_result", "test_note", "disposition"),
)


class CsoPositionSplit(models.AbstractModel):
    """Parts of a return position whose units fare differently: each is a position of its own."""

    _name = "cso.position.split"
    _description = "Splitting of a Return Position"

    split_from_id = fields.Many2one(
        "cso.rma.line",
        "Part Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The position that these units were announced with.",
    )

    # ------------------------------------------------------------------ actions
    def action_split(self):
        """Open the dialog that makes a position of its own of some units of this one.

        :raise UserError: where it is decided, or is one unit only
        """
        self.ensure_one()
        self._check_splittable()
        return self._get_dialog("cso.split", self.env._("Split"))

    # ------------------------------------------------------------------ business
    def _check_splittable(self):
        self._check_states(SPLITTABLE_STATES)
        leaving = self.move_ids.filtered(
            lambda move: move.cso_step != "receipt" and move.state not in ("done", "cancel")
        )
        for position in leaving.cso_rma_line_id:
            raise UserError(
                self.env._(
                    "Goods of %(position)s are leaving: cancel that transfer first.",
                    position=position.display_name,
                )
            )

    def _get_splittable_lots(self):
        """Return the serials by which units of this position are told apart."""
        received = self.env["stock.lot"].union(*self._get_received_units())
        return self.lot_ids | received

    def _split(self, quantity, received=None, lots=None):
        """Make a position of its own of some units of this one, with the same authorisation.

        :param float quantity: units that leave, in the unit of the order line
        :param dict received: those of them that were received: quantity by serial (``stock.lot``),
            as of ``_get_received_units``
        :param lots: their claimed serials, received or not
        :return: the new position
        :raise UserError: where it is decided, or no unit would be left
        """
        self.ensure_one()
        self._check_splittable()
        came = sum((received or {}).values())
        is_more = self._compare_units(max(quantity, came), self.quantity) >= 0
        if quantity <= 0 or is_more or self._compare_units(came, quantity) > 0:
            raise UserError(self._get_split_text())
        whole_sudo = self.sudo()  # nobody splits by writing fields; moves are the warehouse's
        received, lots = received or {}, (lots or self.env["stock.lot"]) & self.lot_ids
        plan = whole_sudo._plan_done(received)
        plan += whole_sudo._plan_waiting(quantity, received, lots)
        values = whole_sudo._prepare_part(quantity, lots)
        whole_sudo.write(
            {
                "quantity": self.quantity - quantity,
                "lot_ids": [Command.unlink(lot.id) for lot in lots],
            }
        )
        part_sudo = whole_sudo.create(values)
        part_sudo.tested_on = whole_sudo.tested_on
        whole_sudo._hand_over_lots(part_sudo, lots)
        for move, items, bare in plan:
            part_sudo._take_over(move, items, bare)
        return self.browse(part_sudo.id)

    def _get_split_text(self):
        return self.env._(
            "Choose more than none and fewer than all units of %(position)s.",
            position=self.display_name,
        )

    def _compare_units(self, quantity, other):
        """Return whether a quantity is less (-1), the same (0) or more (1) than another one."""
        delta = quantity - other
        return 0 if abs(delta) < 1e-5 else (1 if delta > 0 else -1)

    def _prepare_part(self, quantity, lots):
        """Return the values of a part of this position."""
        values = self.copy_data()[0]
        values.update(self._convert_to_write({name: self[name] for name in PART_FIELDS}))
        return {
            **values,
            "quantity": quantity,
            "lot_ids": [Command.set(lots.ids)],
            "test_photo_ids": [Command.set(self.test_photo_ids.ids)],
            "tested_by_id": self.tested_by_id.id,
            "split_from_id": (self.split_from_id or self).id,
        }

    def _hand_over_lots(self, part, lots):
        """Let a part hold its serials from now on."""
        rows = self.env["cso.rma.line.lot"].search(
            [("line_id", "=", self.id), ("lot_id", "in", lots.ids)]
        )
        rows.line_id = part

    # ------------------------------------------------------------------ moves
    def _get_units_by_product(self):
        """Return how many units of each article one unit of this position is; a kit has several.

        What came in place of the announced article is shared evenly.
        """
        came = {
            product: sum(move._get_cso_received_qty(product.uom_id) for move in moves)
            for product, moves in self._get_done_receipts().grouped("product_id").items()
        }
        shares = {product: quantity / self.received_qty for product, quantity in came.items()}
        return {**shares, **self._get_goods()}

    def _plan_done(self, received):
        """Return what moved of received units: triples of move, quantities by item, and 0.

        A serial takes all that it went through along; of other units each way is shared, the
        oldest move first.
        """
        if not received:
            return []
        plan, left = [], {}
        factors = self._get_units_by_product()
        done = self.move_ids.filtered(lambda move: move.state == "done")
        for move in done.sorted(lambda move: (move.date, move.id)):
            items = {}
            for item in move.move_line_ids:
                factor = factors.get(move.product_id, 0.0)
                taken = self._plan_item(item, received, factor, left)
                if move.product_id.uom_id.compare(taken, 0.0) > 0:
                    items[item] = taken
            if items:
                plan.append((move, items, 0.0))
        return plan

    def _plan_item(self, item, received, factor, left):
        """Return how much of a ``stock.move.line`` goes along, in the unit of the article.

        :param dict received: as of ``_split``
        :param float factor: units of the article in one unit of the position
        :param dict left: what is still to be shared by way and lot; it is reduced
        """
        if item.lot_id in received and item.product_id.tracking == "serial":
            return item.quantity_product_uom
        is_undone = item.move_id.cso_step == "receipt" and item.location_id.usage == "internal"
        lot = item.lot_id if item.lot_id in received else item.lot_id.browse()
        if lot not in received or is_undone:
            return 0.0
        way = (item.product_id, item.location_id, item.move_id.location_dest_id, lot)
        taken = min(left.setdefault(way, received[lot] * factor), item.quantity_product_uom)
        left[way] -= taken
        return taken

    def _plan_waiting(self, quantity, received, lots):
        """Return what is announced of units that have not arrived: triples of move, quantities by
        item, and quantity without an item.
        """
        wanted = quantity - sum(received.values())
        awaited = self.quantity - max(self.received_qty, 0.0)
        if self._compare_units(wanted, 0.0) <= 0 or self._compare_units(awaited, 0.0) <= 0:
            return []
        share, plan = min(wanted / awaited, 1.0), []
        for product, moves in self._get_announced_receipts().grouped("product_id").items():
            left = product.uom_id.round(sum(moves.mapped("product_qty")) * share)
            for move in moves.sorted("id"):
                items, bare = self._plan_announced(move, left, lots)
                taken = sum(items.values()) + bare
                left -= taken
                if product.uom_id.compare(taken, 0.0) > 0:
                    plan.append((move, items, bare))
        return plan

    def _plan_announced(self, move, wanted, lots):
        """Return quantities by item of an announced move, and what is taken without an item.

        Items that expect one of these serials go first, those of other serials stay.
        """
        expected = move.move_line_ids
        bare = move.product_qty - sum(expected.mapped("quantity_product_uom"))
        own = expected.filtered(lambda item: item.lot_id and item.lot_id in lots)
        items = {}
        for item in own | expected.filtered(lambda item: not item.lot_id):
            taken = min(wanted, item.quantity_product_uom)
            if move.product_id.uom_id.compare(taken, 0.0) > 0:
                items[item] = taken
                wanted -= taken
        return items, min(max(bare, 0.0), wanted)

    def _take_over(self, move, items, bare):
        """Let this position have a move, or a part of it that becomes a move of its own.

        :param move: ``stock.move`` of the whole
        :param dict items: quantities by ``stock.move.line``, in the unit of the article
        :param float bare: quantity without an item, in the same unit
        """
        unit = move.product_id.uom_id
        taken, total = sum(items.values()) + bare, move.product_qty
        if move.state == "done":
            total = sum(move.move_line_ids.mapped("quantity_product_uom"))
        if unit.compare(taken, total) >= 0:
            move.cso_rma_line_id = self
            return
        value = move.value
        part = move.copy(self._prepare_taken_move(move, taken))
        for item, quantity in items.items():
            self._take_over_item(item, part, quantity)
        demand = move.product_uom_qty - part.product_uom_qty
        move.with_context(do_not_unreserve=True).product_uom_qty = max(demand, 0.0)
        part.value = move.company_currency_id.round(value * taken / total)
        move.value = value - part.value

    def _prepare_taken_move(self, move, taken):
        """Return the values by which the taken part of a move differs from a new one like it."""
        names = ("date", "state", "picked", "cso_step")
        relations = ("picking_id", "origin_returned_move_id", "sale_line_id")
        return {
            **{name: move[name] for name in names},
            **{name: move[name].id for name in relations},
            "product_uom_qty": move.product_id.uom_id._compute_quantity(taken, move.product_uom),
            "cso_rma_line_id": self.id,
            "move_line_ids": [],
        }

    def _take_over_item(self, item, part, quantity):
        """Bring an item of a move, or some of its quantity, to the part of the move."""
        if item.product_id.uom_id.compare(quantity, item.quantity_product_uom) >= 0:
            item.move_id = part
            return
        share = item.product_id.uom_id._compute_quantity(quantity, item.product_uom_id)
        item.quantity -= share
        item.copy({"move_id": part.id, "quantity": share, "picked": item.picked})
