from collections import defaultdict, namedtuple
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
WAITING_MOVE_STATES = ("waiting", "confirmed", "partially_available")
MOVE_FIELDS = [
    *("sale_line_id", "product_id", "product_uom_qty", "quantity", "product_uom", "date", "state"),
    *("procure_method", "move_orig_ids", "created_purchase_line_ids", "warehouse_id"),
    *("location_id", "location_dest_id", "location_final_id"),
]
QTY_DIGITS = 6

# What is said of a quantity: when it comes, who says so, how sure it is, when it was ordered.
Supply = namedtuple("Supply", "day source confidence sent_on")
IN_STOCK = Supply(None, "stock", "confirmed", False)
NO_DATE = Supply(None, "none", "none", False)


class SaleLineEta(models.AbstractModel):
    """Which supplier's date belongs to how much of an order line.

    Quantities in this class are in the product's own unit and not rounded until they become
    slices. Everything is read with sudo: purchases and moves are no business of who asks, and no
    more than quantities, dates, source and confidence leave this class.
    """

    _name = "sale.line.eta"
    _description = "Allotment of Suppliers' Dates to Order Lines"

    @api.model
    def _get_eta_values(self, lines):
        """Dates of arrival for the open quantity of order lines.

        Sources: ``stock`` (reserved, or inside and being put away), ``supplier`` (a date the
        supplier named) and ``none``. Confidence: ``confirmed`` (the purchase is), ``named`` (a
        date for a purchase that is not confirmed yet) and ``none``.

        :param lines: confirmed ``sale.order.line`` with an open quantity
        :return: ``{line_id: {'slices': [(quantity in the line's unit, date or None, source,
            confidence)], ordered by date, None last, 'reserved_on': date (in the company's time
            zone) what is in stock is planned to leave or None, 'ordered_on': when the last
            purchase was sent or False}}``
        :rtype: dict
        """
        lines_sudo = lines.sudo().with_prefetch()
        moves = self._get_open_moves(lines_sudo)
        bought, inside = self._get_direct_sources(lines_sudo, moves)
        siblings_sudo = self._get_siblings(lines_sudo, bought)
        if siblings_sudo:
            sibling_moves = self._get_open_moves(siblings_sudo)
            more = self._get_direct_sources(siblings_sudo, sibling_moves)
            moves |= sibling_moves
            bought, inside = bought | more[0], inside | more[1]
        needs = {line.id: self._get_need(line, moves) for line in lines_sudo | siblings_sudo}
        taken = self._allot_direct(lines_sudo | siblings_sudo, needs, bought, inside)
        self._allot_receipts(lines_sudo, needs, moves, taken)
        return {line.id: self._prepare_result(line, needs, moves, taken) for line in lines_sudo}

    # --- What is there and what is on its way ---------------------------------------------------

    @api.model
    def _get_open_moves(self, lines_sudo):
        """Open moves of the lines inside our warehouses, towards the customer.

        :return: ``{line_id: stock.move}``
        """
        moves_sudo = self._search_moves(
            [
                ("sale_line_id", "in", lines_sudo.ids),
                ("state", "in", OPEN_MOVE_STATES),
                ("location_id.usage", "in", ("internal", "transit")),
            ]
        )
        return defaultdict(moves_sudo.browse, moves_sudo.grouped(lambda move: move.sale_line_id.id))

    @api.model
    def _search_moves(self, domain):
        return self.env["stock.move"].sudo().search_fetch(domain, MOVE_FIELDS)

    @api.model
    def _get_direct_sources(self, lines_sudo, moves):
        """What was bought for the order lines, and goods of theirs between receipt and shipment.

        :return: ``({line_id: purchase.order.line}, {line_id: stock.move})``
        """
        made_sudo = self.env["purchase.order.line"].sudo()
        purchased = made_sudo.search(
            [("sale_line_id", "in", lines_sudo.ids), ("state", "!=", "cancel")]
        ).grouped(lambda line: line.sale_line_id.id)
        chains = self._get_chains(moves)
        made = {
            line.id: chains[line.id].purchase_line_id
            | chains[line.id].created_purchase_line_ids
            | purchased.get(line.id, made_sudo)
            for line in lines_sudo
        }
        prefetch = list({bought_id for bought in made.values() for bought_id in bought._ids})
        bought = {
            line_id: lines.with_prefetch(prefetch)
            .filtered(lambda line: line.state != "cancel")
            .with_prefetch(prefetch)
            for line_id, lines in made.items()
        }
        return bought, {line.id: self._get_inside(chains[line.id]) for line in lines_sudo}

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
    def _get_inside(self, chain):
        """Moves of a chain that hold goods between receipt and shipment."""
        return chain.filtered(
            lambda move: (
                move.state in OPEN_MOVE_STATES
                and not move.sale_line_id
                and move.location_id.usage == "internal"
            )
        ).with_prefetch(chain._prefetch_ids)

    @api.model
    def _get_siblings(self, lines_sudo, bought):
        """Other open lines that the same purchases feed; they have their share too."""
        purchases_sudo = self.env["purchase.order.line"].sudo().union(*bought.values())
        others_sudo = purchases_sudo._get_fed_sale_lines_sudo() - lines_sudo
        return others_sudo.filtered(
            lambda line: line.state == "sale" and line.customer_open_qty > 0
        )

    @api.model
    def _convert(self, quantity, unit, product):
        """A quantity in the product's own unit; sums must not grow by rounding."""
        return unit._compute_quantity(quantity, product.uom_id, round=False)

    @api.model
    def _get_reserved(self, move):
        return self._convert(move.quantity, move.product_uom, move.product_id)

    @api.model
    def _get_factor(self, line):
        """Product units in one unit of the line."""
        return self._convert(1.0, line.product_uom_id, line.product_id) or 1.0

    @api.model
    def _get_open_quantity(self, line):
        return round(line.customer_open_qty * self._get_factor(line), QTY_DIGITS)

    @api.model
    def _get_need(self, line, moves):
        """Open quantity that is not reserved."""
        reserved = sum(self._get_reserved(move) for move in moves[line.id])
        return round(max(self._get_open_quantity(line) - reserved, 0.0), QTY_DIGITS)

    @api.model
    def _get_promise_key(self, line):
        order = line.order_id
        return (order.commitment_date or order.date_order, order.id, line.sequence, line.id)

    # --- Who gets what --------------------------------------------------------------------------

    @api.model
    def _allot_direct(self, lines_sudo, needs, bought, inside):
        """Give each line what was bought for it: what is inside, then by date, earliest first.

        :return: ``{line_id: [(quantity, Supply)]}``
        """
        taken = defaultdict(list)
        left = {}
        for line in lines_sudo.sorted(self._get_promise_key):
            sources = [*inside[line.id], *bought[line.id].sorted(self._get_arrival_key)]
            for source in sources:
                if source not in left:
                    left[source] = [self._prepare_receipt(source)]
                taken[line.id] += self._take(left[source], self._get_rest(line, needs, taken))
        return taken

    @api.model
    def _prepare_receipt(self, source):
        """Quantity and supply of a purchase line or of a move with goods that are inside."""
        if source._name == "stock.move":
            return [self._get_reserved(source), IN_STOCK]
        return [self._get_expected_quantity(source), self._prepare_supply(source)]

    @api.model
    def _get_arrival_key(self, bought):
        return (bought.supplier_eta or date.max, bought.id)

    @api.model
    def _get_expected_quantity(self, bought):
        """What is still to come of a purchase line."""
        missing = max(bought.product_qty - bought.qty_received, 0.0)
        return self._convert(missing, bought.product_uom_id, bought.product_id)

    @api.model
    def _prepare_supply(self, bought):
        order = bought.order_id
        is_confirmed = order.state == "purchase"
        sent_on = is_confirmed and (order.date_approve or order.date_order)
        if not bought.supplier_eta:
            return NO_DATE._replace(sent_on=sent_on)
        confidence = "confirmed" if is_confirmed else "named"
        return Supply(bought.supplier_eta, "supplier", confidence, sent_on)

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
        products = stock_moves.product_id
        receipts = self._get_free_receipts(products) if products else None
        if not receipts:
            return
        asked = {line.id for line in waiting}
        for move in self._get_competitors(products):
            line = move.sale_line_id
            need = self._convert(move.product_uom_qty, move.product_uom, move.product_id)
            need -= self._get_reserved(move)
            if line.id in asked:
                need = min(need, self._get_rest(line, needs, taken))
            parts = self._take(receipts[self._get_place(move, move.location_id)], need)
            if line.id in asked:
                taken[line.id] += parts

    @api.model
    def _get_rest(self, line, needs, taken):
        return round(needs[line.id] - sum(part[0] for part in taken[line.id]), QTY_DIGITS)

    @api.model
    def _get_waiting(self, moves):
        return moves.filtered(
            lambda move: move.procure_method == "make_to_stock" and move.state != "assigned"
        )

    @api.model
    def _get_place(self, move, location):
        return (move.product_id.id, (move.warehouse_id or location.warehouse_id).id)

    @api.model
    def _get_free_receipts(self, products):
        """What no order line has claimed: goods being put away, then receipts by date.

        :return: ``{(product_id, warehouse_id): [[quantity, Supply]]}``
        """
        receipts = defaultdict(list)
        for move in self._get_put_away(products):
            place = self._get_place(move, move.location_id)
            receipts[place].append([self._get_reserved(move), IN_STOCK])
        incoming = self._search_moves(
            [
                ("product_id", "in", products.ids),
                ("purchase_line_id", "!=", False),
                ("state", "in", OPEN_MOVE_STATES),
                ("move_dest_ids", "=", False),
                ("location_dest_id.usage", "=", "internal"),
            ]
        )
        for move in incoming.sorted(lambda move: self._get_arrival_key(move.purchase_line_id)):
            quantity = self._convert(move.product_uom_qty, move.product_uom, move.product_id)
            supply = self._prepare_supply(move.purchase_line_id)
            receipts[self._get_place(move, move.location_dest_id)].append([quantity, supply])
        return receipts

    @api.model
    def _get_put_away(self, products):
        """Moves with goods on the way from a gate or the inspection to the shelf."""
        found = self._search_moves(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ("assigned", "partially_available")),
                ("sale_line_id", "=", False),
                ("move_dest_ids", "=", False),
                ("location_id.usage", "=", "internal"),
                ("location_dest_id.usage", "=", "internal"),
            ]
        )
        return found.filtered(
            lambda move: (
                not move.location_id._child_of(move.location_id.warehouse_id.lot_stock_id)
                and (move.location_final_id or move.location_dest_id)._child_of(
                    move.location_id.warehouse_id.lot_stock_id
                )
            )
        )

    @api.model
    def _get_competitors(self, products):
        """Moves to customers that wait for stock of the products, oldest promise first."""
        moves_sudo = self._search_moves(
            [
                ("product_id", "in", products.ids),
                ("sale_line_id", "!=", False),
                ("procure_method", "=", "make_to_stock"),
                ("state", "in", WAITING_MOVE_STATES),
                ("location_id.usage", "=", "internal"),
            ]
        )
        return moves_sudo.sorted(lambda move: self._get_promise_key(move.sale_line_id))

    @api.model
    def _take(self, receipts, need):
        """Take a quantity out of receipts, first come first; what is empty is removed."""
        parts = []
        need = round(need, QTY_DIGITS)
        while receipts and need > 0:
            part = min(need, receipts[0][0])
            if part > 0:
                parts.append((part, receipts[0][1]))
            need = round(need - part, QTY_DIGITS)
            receipts[0][0] = round(receipts[0][0] - part, QTY_DIGITS)
            if receipts[0][0] <= 0:
                receipts.pop(0)
        return parts

    # --- What leaves this class -----------------------------------------------------------------

    @api.model
    def _prepare_result(self, line, needs, moves, taken):
        rest = self._get_rest(line, needs, taken)
        reserved = round(self._get_open_quantity(line) - needs[line.id], QTY_DIGITS)
        parts = [(reserved, IN_STOCK), *taken[line.id], (rest, NO_DATE)]
        parts = [part for part in parts if part[0] > 0]
        sent = [supply.sent_on for _quantity, supply in parts if supply.source != "stock"]
        return {
            "slices": self._prepare_slices(parts, self._get_factor(line)),
            "reserved_on": self._get_reserved_on(line, moves[line.id], parts),
            "ordered_on": bool(sent) and all(sent) and max(sent),
        }

    @api.model
    def _prepare_slices(self, parts, factor):
        """Sums per date, source and confidence, by date; without a date first what is here."""
        sums = defaultdict(float)
        for quantity, supply in parts:
            sums[supply[:3]] += quantity / factor
        keys = sorted(sums, key=lambda key: (key[0] or date.max, key[1] != "stock", key[1:]))
        return [(round(sums[key], QTY_DIGITS), *key) for key in keys]

    @api.model
    def _get_reserved_on(self, line, moves, parts):
        """When what is in stock is planned to leave; all of it is here, or only what is reserved
        counts.
        """
        if all(supply == IN_STOCK for _quantity, supply in parts):
            planned = moves.mapped("date")
        else:
            planned = [move.date for move in moves if move.quantity]
        if not planned:
            return None
        zone = line.with_context(tz=line.company_id._get_working_tz())
        return fields.Datetime.context_timestamp(zone, max(planned)).date()
