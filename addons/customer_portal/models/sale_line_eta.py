from collections import defaultdict
from datetime import date

from odoo import api, fields, models

ETA_STATES = [
    ("none", "Nothing open"),
    ("in_stock", "In stock"),
    ("known", "Known"),
    ("partial", "Partly known"),
    ("unknown", "No date yet"),
]
OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")
QTY_DIGITS = 6


class SaleLineEta(models.AbstractModel):
    """Which supplier's date belongs to how much of an order line.

    Quantities in this class are in the product's own unit until they become slices.
    Everything is read with sudo: purchases and moves are no business of who asks, and no more
    than quantities and dates leave this class.
    """

    _name = "sale.line.eta"
    _description = "Allotment of Suppliers' Dates to Order Lines"

    @api.model
    def _get_eta_values(self, lines):
        """Dates of arrival for the open, not reserved quantity of order lines.

        :param lines: confirmed ``sale.order.line`` with an open quantity
        :return: ``{line_id: {'slices': [(quantity in the line's unit, date or None)],
            'reserved_on': date the reserved goods are planned to leave or None,
            'ordered_on': when the last purchase was sent or False}}``
        :rtype: dict
        """
        lines_sudo = lines.sudo().with_prefetch()
        moves = self._get_open_moves(lines_sudo)
        sources = self._get_direct_sources(lines_sudo, moves)
        needs = self._get_needs(lines_sudo, moves, sources)
        taken = self._allot_direct(lines_sudo, needs, sources)
        self._allot_receipts(lines_sudo, needs, moves, taken)
        return {line.id: self._prepare_result(line, needs, moves, taken) for line in lines_sudo}

    @api.model
    def _get_open_moves(self, lines_sudo):
        """Open moves of the lines inside our warehouses, towards the customer.

        :return: ``{line_id: stock.move}``
        """
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search_fetch(
                [
                    ("sale_line_id", "in", lines_sudo.ids),
                    ("state", "in", OPEN_MOVE_STATES),
                    ("location_id.usage", "in", ("internal", "transit")),
                ],
                [
                    "sale_line_id",
                    "product_qty",
                    "quantity",
                    "product_uom",
                    "date",
                    "procure_method",
                    "move_orig_ids",
                    "created_purchase_line_ids",
                    "warehouse_id",
                    "state",
                ],
            )
        )
        return defaultdict(
            self.env["stock.move"].sudo().browse,
            moves_sudo.grouped(lambda move: move.sale_line_id.id),
        )

    @api.model
    def _get_direct_sources(self, lines_sudo, moves):
        """Purchase lines made for the order lines, and goods of theirs that wait inside.

        :return: ``{line_id: (purchase.order.line, quantity between receipt and shipment)}``
        """
        purchased = (
            self.env["purchase.order.line"]
            .sudo()
            .search([("sale_line_id", "in", lines_sudo.ids), ("state", "!=", "cancel")])
            .grouped(lambda line: line.sale_line_id.id)
        )
        chains = self._get_chains(moves)
        made = {
            line.id: chains[line.id].purchase_line_id
            | chains[line.id].created_purchase_line_ids
            | purchased.get(line.id, self.env["purchase.order.line"])
            for line in lines_sudo
        }
        prefetch = list({bought_id for bought in made.values() for bought_id in bought._ids})
        return {
            line.id: (
                made[line.id]
                .with_prefetch(prefetch)
                .filtered(lambda bought: bought.state != "cancel")
                .with_prefetch(prefetch),
                self._get_inside(chains[line.id] - moves[line.id], chains[line.id]._prefetch_ids),
            )
            for line in lines_sudo
        }

    @api.model
    def _get_chains(self, moves):
        """Moves of the lines with all moves that feed them, read level by level for all lines.

        :return: ``{line_id: stock.move}``
        """
        everything = self.env["stock.move"].sudo().union(*moves.values())
        everything._rollup_move_origs_fetch()
        ids = {line_id: tuple(own._rollup_move_origs()) for line_id, own in moves.items()}
        prefetch = list({move_id for chain in ids.values() for move_id in chain})
        chains = {
            line_id: everything.browse(chain).with_prefetch(prefetch)
            for line_id, chain in ids.items()
        }
        return defaultdict(everything.browse, chains)

    @api.model
    def _get_inside(self, moves, prefetch):
        """Quantity that waits between receipt and shipment for one line."""
        return sum(
            self._get_reserved(move)
            for move in moves.with_prefetch(prefetch)
            if move.state in OPEN_MOVE_STATES
            and not move.sale_line_id
            and move.location_id.usage == "internal"
        )

    @api.model
    def _get_reserved(self, move):
        product_uom = move.product_id.uom_id
        return move.product_uom._compute_quantity(move.quantity, product_uom, round=False)

    @api.model
    def _get_needs(self, lines_sudo, moves, sources):
        """Open quantity that is not reserved.

        :return: ``{line_id: quantity}``
        """
        needs = {}
        for line in lines_sudo:
            reserved = sum(self._get_reserved(move) for move in moves[line.id])
            missing = line.customer_open_qty * self._get_factor(line) - reserved
            needs[line.id] = round(max(missing - sources[line.id][1], 0.0), QTY_DIGITS)
        return needs

    @api.model
    def _get_factor(self, line):
        """Product units in one unit of the line."""
        return (
            line.product_uom_id._compute_quantity(1.0, line.product_id.uom_id, round=False) or 1.0
        )

    @api.model
    def _get_promise_key(self, line):
        order = line.order_id
        return (order.commitment_date or order.date_order, line.order_id.id, line.sequence, line.id)

    @api.model
    def _allot_direct(self, lines_sudo, needs, sources):
        """Give each line what was bought for it, earliest date first.

        :return: ``{line_id: [(quantity, date or None, sent on or False)]}``
        """
        taken = defaultdict(list)
        left = {}
        for line in lines_sudo.sorted(self._get_promise_key):
            need = needs[line.id]
            for bought in sources[line.id][0].sorted(self._get_arrival_key):
                left.setdefault(bought.id, self._get_expected_quantity(bought))
                part = min(need, left[bought.id])
                if part > 0:
                    left[bought.id] -= part
                    need = round(need - part, QTY_DIGITS)
                    taken[line.id].append(
                        (part, bought.supplier_eta or None, self._get_sent_on(bought))
                    )
        return taken

    @api.model
    def _get_arrival_key(self, bought):
        return (bought.supplier_eta or date.max, bought.id)

    @api.model
    def _get_expected_quantity(self, bought):
        """What is still to come of a purchase line."""
        if not bought.product_qty:
            return 0.0
        share = max(1 - bought.qty_received / bought.product_qty, 0.0)
        return round(bought.product_uom_qty * share, QTY_DIGITS)

    @api.model
    def _get_sent_on(self, bought):
        order = bought.order_id
        return order.state == "purchase" and (order.date_approve or order.date_order)

    @api.model
    def _allot_receipts(self, lines_sudo, needs, moves, taken):
        """Give lines that wait for stock the receipts on their way, in the order of promise.

        All lines that wait for the same products take part, the asked ones keep their share.
        """
        waiting = lines_sudo.filtered(lambda line: self._get_rest(line, needs, taken) > 0)
        stock_moves = (
            self.env["stock.move"]
            .sudo()
            .union(*(self._get_waiting(moves[line.id]) for line in waiting))
        )
        receipts = self._get_free_receipts(stock_moves.product_id)
        if not receipts:
            return
        asked = {line.id: self._get_rest(line, needs, taken) for line in waiting}
        for move in self._get_competitors(stock_moves.product_id):
            line_id = move.sale_line_id.id
            need = move.product_qty - self._get_reserved(move)
            if line_id in asked:
                need = min(need, asked[line_id])
            parts = self._take(receipts[move.product_id.id, move.warehouse_id.id], need)
            if line_id in asked:
                taken[line_id] += parts
                asked[line_id] -= sum(part[0] for part in parts)

    @api.model
    def _get_rest(self, line, needs, taken):
        return round(needs[line.id] - sum(part[0] for part in taken[line.id]), QTY_DIGITS)

    @api.model
    def _get_waiting(self, moves):
        return moves.filtered(
            lambda move: move.procure_method == "make_to_stock" and move.state != "assigned"
        )

    @api.model
    def _get_free_receipts(self, products):
        """Receipts that no order line has claimed, earliest date first.

        :return: ``{(product_id, warehouse_id): [[quantity, date or None, sent on]]}``
        """
        incoming_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("purchase_line_id", "!=", False),
                    ("state", "in", OPEN_MOVE_STATES),
                    ("move_dest_ids", "=", False),
                    ("location_dest_id.usage", "=", "internal"),
                ]
            )
            if products
            else self.env["stock.move"]
        )
        receipts = defaultdict(list)
        for move in incoming_sudo.sorted(lambda move: self._get_arrival_key(move.purchase_line_id)):
            warehouse = move.warehouse_id or move.location_dest_id.warehouse_id
            bought = move.purchase_line_id
            receipts[move.product_id.id, warehouse.id].append(
                [move.product_qty, bought.supplier_eta or None, self._get_sent_on(bought)]
            )
        return receipts

    @api.model
    def _get_competitors(self, products):
        """Moves to customers that wait for stock of the products, oldest promise first."""
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("sale_line_id", "!=", False),
                    ("procure_method", "=", "make_to_stock"),
                    ("state", "in", ("confirmed", "partially_available", "waiting")),
                    ("location_id.usage", "=", "internal"),
                ]
            )
        )
        return moves_sudo.sorted(lambda move: self._get_promise_key(move.sale_line_id))

    @api.model
    def _take(self, receipts, need):
        """Take a quantity out of receipts, first come first; what is empty is removed."""
        parts = []
        while receipts and need > 0:
            part = min(need, receipts[0][0])
            parts.append((part, receipts[0][1], receipts[0][2]))
            need = round(need - part, QTY_DIGITS)
            receipts[0][0] = round(receipts[0][0] - part, QTY_DIGITS)
            if receipts[0][0] <= 0:
                receipts.pop(0)
        return parts

    @api.model
    def _prepare_result(self, line, needs, moves, taken):
        rest = self._get_rest(line, needs, taken)
        parts = taken[line.id] + ([(rest, None, False)] if rest > 0 else [])
        sent = [part[2] for part in parts]
        return {
            "slices": self._prepare_slices(parts, self._get_factor(line)),
            "reserved_on": self._get_reserved_on(line, moves[line.id]),
            "ordered_on": bool(sent) and all(sent) and max(sent),
        }

    @api.model
    def _prepare_slices(self, parts, factor):
        by_day = defaultdict(float)
        for quantity, day, _sent in parts:
            by_day[day] += quantity / factor
        days = sorted(by_day, key=lambda day: day or date.max)
        return [(round(by_day[day], QTY_DIGITS), day) for day in days]

    @api.model
    def _get_reserved_on(self, line, moves):
        planned = [move.date for move in moves if move.quantity]
        if not planned:
            return None
        return fields.Datetime.context_timestamp(
            line.with_context(tz=line.company_id.partner_id.tz or "UTC"), max(planned)
        ).date()
