import math
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare
from odoo.tools.sql import column_exists, create_column

from ..tools import ReturnFacts, ReturnRequest, ReturnShipment, ReturnSlot

# What the return rules ask for; the others of the many fields are not read.
LINE_FIELDS = [
    *("order_id", "company_id", "currency_id", "product_id", "product_uom_id", "product_uom_qty"),
    *("price_subtotal", "price_reduce_taxexcl", "is_special_order", "qty_delivered_method"),
    *("qty_delivered", "cso_claimed_qty"),
]
TEMPLATE_FIELDS = [
    *("name", "type", "tracking", "categ_id", "uom_id", "maker_id", "maker_part_number"),
    *("is_email_delivery", "is_returnable"),
]
COMPANY_FIELDS = [
    *("currency_id", "resource_calendar_id", "partner_id", "cso_receiving_partner_id"),
    *("cso_transit_days", "cso_returns_email"),
]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    cso_rma_line_ids = fields.One2many("cso.rma.line", "sale_line_id", "Return Positions")
    # Not rounded: one piece of a line in dozens is no round figure.
    cso_claimed_qty = fields.Float(
        "Claimed",
        compute="_compute_cso_claimed_qty",
        store=True,
        help="In open positions that take units.",
    )
    cso_claim_limit = fields.Float(
        "Claim Limit",
        copy=False,
        help="What could be claimed in total when the last position was submitted.",
    )
    cso_free_for_id = fields.Many2one(
        "cso.rma.line",
        "Free of Charge For",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
        help="The return position for which this is delivered free of charge.",
    )

    cso_counter_qty = fields.Float(
        "Taken Off What Was Sent",
        compute="_compute_qty_delivered",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Credited licences and services: they are not delivered any more.",
    )

    _cso_claimed_within_limit = models.Constraint(
        "CHECK (cso_claimed_qty <= cso_claim_limit + 0.00001)",
        "More units would be claimed than were delivered.",
    )

    # ------------------------------------------------------------------ setup
    def _auto_init(self):
        """Lines that were there before the installation are not computed again: all are zero."""
        if not column_exists(self.env.cr, self._table, "cso_counter_qty"):
            create_column(self.env.cr, self._table, "cso_counter_qty", "float8")
        return super()._auto_init()

    # ------------------------------------------------------------------ computes
    @api.depends("cso_rma_line_ids.credited_qty", "cso_rma_line_ids.uninvoiced_qty")
    def _compute_qty_delivered(self):
        """Extend `sale`: what is credited through a position is not delivered any more.

        Where a clerk or an e-mail delivers, a counter-entry takes it off.
        """
        result = super()._compute_qty_delivered()
        for line in self:
            counter = line.cso_counter_qty
            is_counted = line.cso_rma_line_ids and not line._is_moved()
            taken = line._get_cso_credited_qty() if is_counted else 0.0
            line.cso_counter_qty = min(taken, line.qty_delivered + counter)
            if line.cso_counter_qty != counter:
                line.qty_delivered += counter - line.cso_counter_qty
        return result

    @api.depends("cso_rma_line_ids.credited_qty", "cso_rma_line_ids.uninvoiced_qty")
    def _compute_qty_to_invoice(self):
        """Extend `sale`: what is credited through a position is not invoiced again."""
        result = super()._compute_qty_to_invoice()
        for line in self.filtered("cso_rma_line_ids"):
            if line.state == "sale" and line.product_id.invoice_policy == "order":
                line.qty_to_invoice -= line._get_cso_credited_qty()
        self._filter_free().qty_to_invoice = 0.0
        return result

    @api.depends("cso_rma_line_ids.credited_qty", "cso_rma_line_ids.uninvoiced_qty")
    def _compute_invoice_status(self):
        """Extend `sale`: a line that was invoiced stays so after a credit by a position."""
        result = super()._compute_invoice_status()
        for line in self.filtered("cso_rma_line_ids"):
            billed = line.qty_invoiced + line._get_cso_credited_qty()
            is_billed = line.product_uom_id.compare(billed, line.product_uom_qty) >= 0
            is_over = is_billed or line._is_cso_shipping_over()
            if line.invoice_status == "no" and line.state == "sale" and is_over:
                line.invoice_status = "invoiced"
        self._filter_free().invoice_status = "no"
        return result

    @api.depends("cso_rma_line_ids.uninvoiced_qty")
    def _compute_customer_status(self):
        """Extend `customer_portal`: what was taken off before it was invoiced is not waited for."""
        return super()._compute_customer_status()

    @api.depends("cso_rma_line_ids.holds_units", "cso_rma_line_ids.quantity")
    def _compute_cso_claimed_qty(self):
        for line in self:
            holding = line.cso_rma_line_ids.filtered("holds_units")
            line.cso_claimed_qty = sum(holding.mapped("quantity"))

    # ------------------------------------------------------------------ CRUD
    def _has_field_access(self, field, operation):
        """Extend: what is free of charge for a return is decided at the returns desk only."""
        if operation == "write" and field.name == "cso_free_for_id" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        """Extend: of what is free of charge for a return, not more is delivered than was decided.

        :raise UserError: where the quantity would rise, or the article change
        """
        if not self.env.su and not {"product_id", "product_uom_id", "product_uom_qty"}.isdisjoint(
            vals
        ):
            self._check_free(vals)
        return super().write(vals)

    def _check_free(self, vals):
        for line in self._filter_free():
            wanted = vals.get("product_uom_qty", line.product_uom_qty)
            is_other = any(
                name in vals and vals[name] != line[name].id
                for name in ("product_id", "product_uom_id")
            )
            if is_other or line.product_uom_id.compare(wanted, line.product_uom_qty) > 0:
                raise UserError(
                    self.env._(
                        "%(article)s is free of charge for a return: what more is delivered is"
                        " decided at the returns desk.",
                        article=line.product_id.display_name,
                    )
                )

    # ------------------------------------------------------------------ actions
    def action_cso_choose(self):
        """Take up this line in the registration of a return that is open.

        :raise UserError: where none is open
        """
        self.ensure_one()
        register = self.env["cso.register"].browse(self.env.context.get("cso_register_id")).exists()
        if not register:
            raise UserError(self.env._("Open the registration of a return first."))
        register._choose(self)

    # ------------------------------------------------------------------ business
    def _prepare_qty_delivered(self):
        """Extend `sale`: a counter-entry for what positions credit, drafts included.

        The delivered quantity falls together with the invoiced one, so that nothing becomes "to
        invoice"; a return of goods alone changes neither.

        :return: dict of quantities by line, in the unit of the line
        """
        quantities = super()._prepare_qty_delivered()
        for line in self.filtered(lambda line: line.cso_rma_line_ids and line._is_moved()):
            quantities[line] -= line._get_cso_credited_qty()
        return quantities

    def _prepare_qty_invoiced(self):
        """Extend `sale`: what positions credit in another unit than the line's is not rounded.

        :return: dict of quantities by line, in the unit of the line
        """
        quantities = super()._prepare_qty_invoiced()
        for line in self.filtered("cso_rma_line_ids"):
            uom = line.product_uom_id
            for bill in line._get_invoice_lines():
                unit, is_alive = bill.product_uom_id, bill.parent_state != "cancel"
                if bill.cso_rma_line_id and unit != uom and is_alive:
                    quantities[line] += unit._compute_quantity(bill.quantity, uom)
                    quantities[line] -= unit._compute_quantity(bill.quantity, uom, round=False)
        return quantities

    def _get_outgoing_incoming_moves(self, strict=True):
        """Extend `sale_stock`: what a return moves is neither delivered nor taken back."""
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        return outgoing._filter_sold(), incoming._filter_sold()

    def _filter_free(self):
        """Return those of these lines that are delivered free of charge for return positions."""
        return self.filtered(lambda line: line.sudo().cso_free_for_id)  # asked for all users

    def _get_display_price(self):
        """Extend `sale`: what is free of charge stays so when quantity or article change.

        :return: unit price in the currency of the order
        """
        return 0.0 if self._filter_free() else super()._get_display_price()

    def _is_cso_delivered(self):
        """Return whether all of this line is delivered; what came back as a return counts too."""
        self.ensure_one()
        delivered = self.qty_delivered + self._get_cso_credited_qty()
        return (
            self.state == "cancel"
            or self.product_uom_id.compare(delivered, self.product_uom_qty) >= 0
        )

    def _get_invoice_lines(self):
        """Extend `sale`: amounts and corrections do not change how much is invoiced."""
        bills = super()._get_invoice_lines()
        counted = bills.filtered(lambda bill: not (bill.is_cso_amount or bill.is_cso_correction))
        return counted.with_prefetch(bills._prefetch_ids)

    def _is_cso_shipping_over(self):
        """Return whether nothing is shipped any more; `sale_stock` would wait for returns too."""
        self.ensure_one()
        states = self.move_ids._filter_sold().mapped("state")
        is_over = "done" in states and set(states) <= {"done", "cancel"}
        return is_over and self.product_id.invoice_policy == "delivery"

    def _is_moved(self):
        """Return whether stock moves make the delivered quantity, not a clerk."""
        self.ensure_one()
        return self.qty_delivered_method == "stock_move"

    def _get_cso_credited_qty(self):
        """Return what positions credit of this line, drafts included, or took off before it was
        invoiced, in its unit.
        """
        self.ensure_one()
        return sum(position._get_taken_qty() for position in self.cso_rma_line_ids)

    def _get_cso_billed_qty(self):
        """Return what is on posted invoices and not on posted credit notes, in its unit."""
        self.ensure_one()
        bills = self._get_invoice_lines().filtered(lambda bill: bill.parent_state == "posted")
        return sum(
            bill._get_cso_quantity(self.product_uom_id) * -bill.move_id.direction_sign
            for bill in bills
        )

    def _get_cso_uninvoiced_qty(self):
        """Return what the customer has that is on no invoice, drafts included, in its unit."""
        self.ensure_one()
        facts = self._get_return_facts()[self.id]
        bills = self._get_invoice_lines().filtered(
            lambda bill: bill.move_id.move_type == "out_invoice"
        )
        billed = bills._get_cso_quantity(self.product_uom_id)
        taken = sum(self.cso_rma_line_ids.mapped("uninvoiced_qty"))
        return max(facts.total - facts.gone - billed - taken, 0.0)

    def _get_customer_shipped_qty(self):
        """Extend `customer_portal`: licences that were credited were sent all the same."""
        return super()._get_customer_shipped_qty() + self.cso_counter_qty

    def _get_email_sent_qty(self):
        """Extend `customer_portal`: credited licences are not delivered any more."""
        return super()._get_email_sent_qty() - self.cso_counter_qty

    def _is_invoiced(self):
        """Extend `customer_portal`: nothing is due for what was taken off before."""
        if super()._is_invoiced():
            return True
        taken = sum(self.cso_rma_line_ids.mapped("uninvoiced_qty"))
        billed = self.customer_invoiced_qty + taken
        return bool(taken) and self.product_uom_id.compare(billed, self.product_uom_qty) >= 0

    def _get_return_eligibility(self, reasons=None, quantity=None):
        """Judge these lines for all active reasons, or some.

        :param reasons: ``cso.reason`` records; None: all active ones in their order
        :param float quantity: units of each line; None: all that can still be claimed
        :return: dict by line id of a list of dicts: ``reason``, ``allowed``, ``until`` (date or
            False), ``objections`` (dicts of code, text, until, alternative, max_quantity,
            is_rule), ``destination`` (dict as of ``cso.vendor.policy._get_destination``: where
            goods with a defect are to go; False elsewhere)
        """
        reasons = (
            reasons
            if reasons is not None
            else self.env["cso.reason"].search_fetch([("active", "=", True)])
        )
        requests = [ReturnRequest(line, reason, quantity) for line in self for reason in reasons]
        answers = self.env["cso.eligibility"]._assess(requests)
        result = {line.id: [] for line in self}
        for request, answer in zip(requests, answers, strict=True):
            result[request.line.id].append(
                {
                    "reason": request.reason,
                    "allowed": not answer["objections"],
                    "until": answer["until"],
                    "objections": answer["objections"],
                    "destination": answer["destination"],
                }
            )
        return result

    def _get_claimable_quantities(self):
        """Return by line id the quantity that can still be claimed, in the unit of the line."""
        facts = self._get_return_facts()
        reason = self.env["cso.reason"]
        return {line.id: facts[line.id].get_left(ReturnRequest(line, reason)) for line in self}

    def _get_return_facts(self):
        """Gather what the return rules need, with a fixed number of queries.

        :return: dict by line id of ``ReturnFacts``
        """
        lines_sudo = self.sudo()  # customers may not read moves, serials and invoice lines
        lines_sudo._fetch_for_return()
        units = self.env["sale.line.facts"]
        moves_sudo = units._search_moves(lines_sudo)
        moves_sudo.fetch(["date", "product_uom", "quantity", "cso_rma_line_id"])
        outgoing, incoming = lines_sudo._get_return_moves(moves_sudo)
        invoiced = lines_sudo._get_return_invoice_lines()
        policies = self.env["cso.vendor.policy"].sudo()._get_policies(lines_sudo)
        lots = units._get_serials_at_customer(
            units._get_moves(moves_sudo, "_get_customer_out_moves")
        )
        held = lines_sudo._get_held_lots(lots)
        mailed = lines_sudo._get_email_deliveries()
        claims = lines_sudo._get_closed_claims(lots)
        facts = {}
        for line in lines_sudo:
            one = line._prepare_return_facts(
                outgoing[line.id], incoming[line.id], invoiced[line.id], mailed.get(line.id, ())
            )
            one.policy = policies[line.id]
            one.lots = lots[line.id]
            one.free_lots = one.lots - held
            one.closed_claims = claims[line.id]
            facts[line.id] = one
        return facts

    def _fetch_for_return(self):
        """Read what the return rules ask of these lines and of what they belong to."""
        self.fetch(LINE_FIELDS)
        self.order_id.fetch(["currency_rate", "name", "client_order_ref", "partner_shipping_id"])
        self.product_id.fetch(["product_tmpl_id", "default_code", "barcode"])
        self.product_id.product_tmpl_id.fetch(TEMPLATE_FIELDS)
        self.company_id.fetch(COMPANY_FIELDS)

    def _prepare_return_facts(self, outgoing, incoming, invoice_lines, mailed):
        """Return the facts of one line from its moves, invoice lines and deliveries by e-mail."""
        self.ensure_one()
        company, product, uom = self.company_id, self.product_id, self.product_uom_id
        bills = invoice_lines.filtered(lambda bill: bill.move_id.move_type == "out_invoice")
        manual = (invoice_lines - bills).filtered(lambda credit: not credit.cso_rma_line_id)
        billed = bills.filtered(lambda bill: bill.parent_state == "posted")
        total = self._get_cso_shipped_qty(outgoing, billed)
        returned = self._get_cso_returned_qty(outgoing, incoming, total)
        shipments = self._prepare_return_shipments(outgoing, mailed, total)
        return ReturnFacts(
            kind=self._get_cso_kind(),
            today=company._get_cso_date(),
            company=company,
            currency=company.currency_id,
            policy=None,
            lots=None,
            free_lots=None,
            categ_ids=frozenset(map(int, filter(None, self._get_cso_categ_path().split("/")))),
            is_tracked=product.tracking == "serial",
            is_returnable=product.is_returnable,
            is_special_order=self.is_special_order,
            is_invoiced=bool(billed),
            claimed=self.cso_claimed_qty,
            total=round(total, 6),
            gone=round(max(returned, manual._get_cso_quantity(uom)), 6),
            slots=self._prepare_return_slots(billed, shipments),
            shipments=shipments,
            lot_places=self._get_cso_lot_places(outgoing),
            lot_size=self._get_cso_lot_size(),
        )

    def _get_cso_kind(self):
        """Return what was sold: goods, licence, or service, such as freight or a down payment."""
        if self.product_id.is_email_delivery:
            return "licence"
        return "goods" if self.product_id.type == "consu" else "service"

    def _get_cso_categ_path(self):
        return self.product_id.categ_id.parent_path or ""

    def _get_cso_lot_size(self):
        """Return what one piece of the article is in the unit of the line."""
        return self.product_id.uom_id._compute_quantity(1.0, self.product_uom_id, round=False)

    def _get_cso_lot_places(self, outgoing):
        """Return by id of a serial its place among the units, in the order of leaving."""
        size, place, places = self._get_cso_lot_size(), 0.0, {}
        for move in outgoing:
            lots = move.move_line_ids.lot_id.sorted("id")
            for lot in lots:
                places.setdefault(lot.id, place)
                place += size
        return places

    def _prepare_return_shipments(self, outgoing, mailed, total):
        """Return the units of this line by the day they left, the oldest first."""
        company, uom = self.company_id, self.product_uom_id
        if not self._is_cso_kit(outgoing):
            parts = [
                (company._get_cso_date(move.picking_id.date_done or move.date), quantity)
                for move in outgoing
                if (quantity := move._get_cso_quantity(uom)) > 0
            ]
        else:
            parts = [(self._get_cso_ship_date(outgoing), total)]
        parts = parts or [(item["date"], item["quantity"]) for item in reversed(mailed)]
        return [
            ReturnShipment(quantity, day, company._get_cso_receipt_date(day))
            for day, quantity in parts
        ]

    def _prepare_return_slots(self, billed, shipments):
        """Return the units of this line by invoice line, the oldest first, then the rest."""
        slots = [
            ReturnSlot(quantity, bill.invoice_date, abs(bill.balance) / quantity)
            for bill in billed.sorted(lambda bill: (bill.invoice_date, bill.id))
            if (quantity := bill._get_cso_quantity(self.product_uom_id)) > 0
        ]
        invoiced, value = sum(slot.quantity for slot in slots), self._get_cso_unit_value()
        for part in shipments:
            rest = part.quantity - invoiced
            invoiced = max(-rest, 0.0)
            if float_compare(rest, 0.0, precision_digits=5) > 0:
                slots.append(ReturnSlot(rest, part.ship_date, value))
        return slots

    def _get_cso_unit_value(self):
        """Return the net unit price of the order in company currency, at the order's rate."""
        self.ensure_one()
        net = self.price_subtotal / (self.product_uom_qty or 1.0)
        return net / (self.order_id.currency_rate or 1.0)

    def _get_cso_shipped_qty(self, outgoing, billed):
        """Return what the customer ever got of this line; licences count when they are invoiced."""
        self.ensure_one()
        if self._is_cso_kit(outgoing):
            return self._get_cso_kit_qty(outgoing)
        if outgoing:
            return sum(move._get_cso_quantity(self.product_uom_id) for move in outgoing)
        if self._is_moved():
            return 0.0
        sent = self.qty_delivered + self.cso_counter_qty
        return max(sent, billed._get_cso_quantity(self.product_uom_id))

    def _get_cso_returned_qty(self, outgoing, incoming, total):
        """Return what came back outside of positions; of a kit each set that is not whole."""
        if self._is_cso_kit(outgoing):
            return total - self._get_cso_kit_qty(outgoing, incoming)
        return sum(move._get_cso_quantity(self.product_uom_id) for move in incoming)

    def _is_cso_kit(self, outgoing):
        """Return whether parts were shipped for this line, not the article itself."""
        return bool(outgoing) and self.product_id not in outgoing.product_id

    def _get_cso_kit_qty(self, outgoing, incoming=()):
        """Return how many whole sets of parts the customer has, in the unit of the line."""
        counts = []
        for part, per_set in self._get_cso_kit_parts().items():
            out, back = (
                sum(
                    move._get_cso_quantity(part.uom_id) for move in moves if move.product_id == part
                )
                for moves in (outgoing, incoming)
            )
            counts.append((out - back) / per_set)
        return math.floor(min(counts, default=0.0) + 1e-6)

    def _get_cso_kit_parts(self):
        """Return by article (``product.product``) what one unit of this line takes of it, in the
        unit of the article; nothing unless parts are shipped for this line.
        """
        self.ensure_one()
        wanted = self.move_ids._filter_sold().filtered(
            lambda move: (
                move.state != "cancel"
                and not move.origin_returned_move_id
                and move.location_dest_id._is_outgoing()
            )
        )
        demands = defaultdict(float)
        for move in wanted if self.product_id not in wanted.product_id else ():
            demands[move.product_id] += move.product_qty / (self.product_uom_qty or 1.0)
        return {part: demand for part, demand in demands.items() if demand}

    def _get_cso_ship_date(self, outgoing):
        """Return the day the first goods left our warehouse, or False."""
        moments = [move.picking_id.date_done or move.date for move in outgoing]
        return self.company_id._get_cso_date(min(moments)) if moments else False

    def _get_return_moves(self, moves_sudo=None):
        """Return two dicts by line id: moves to the customer, and moves back outside of positions.

        Deliveries that send returned goods back are neither.

        :param moves_sudo: of ``_search_moves`` of ``sale.line.facts``; None: searched here
        """
        facts = self.env["sale.line.facts"]
        moves_sudo = facts._search_moves(self) if moves_sudo is None else moves_sudo
        outgoing = facts._get_moves(moves_sudo, "_get_customer_shipped_moves")
        incoming = facts._get_moves(moves_sudo, "_get_customer_returned_moves")
        return self._filter_return_moves(outgoing), self._filter_return_moves(incoming)

    def _filter_return_moves(self, moves_by_line):
        """Return the moves of what was sold, by line id; of a kit those of its parts."""
        result = defaultdict(self.env["stock.move"].browse)
        for line in self:
            moves = moves_by_line[line.id]
            own = moves.filtered(lambda move, line=line: move.product_id == line.product_id)
            result[line.id] = (own or moves).with_prefetch(moves._prefetch_ids)
        return result

    def _get_closed_claims(self, lots_by_line):
        """Return by line id the positions that are over: of the line, or of one of its serials."""
        lots = self.env["stock.lot"].union(*lots_by_line.values())
        ended = Domain("authorisation_state", "in", ("refused", "expired", "withdrawn"))
        ended |= Domain("is_settled", "=", True) | Domain("rma_id.state", "=", "closed")
        same = Domain("sale_line_id", "in", self.ids) | Domain("lot_ids", "in", lots.ids)
        names = ["sale_line_id", "reason_id", "rma_id", "lot_ids"]
        found_sudo = (
            self.env["cso.rma.line"]
            .sudo()
            .search_fetch(Domain("submitted_on", "!=", False) & ended & same, names)
        )
        return {
            line.id: found_sudo.filtered(
                lambda claim, line=line: (
                    claim.sale_line_id == line or claim.lot_ids & lots_by_line[line.id]
                )
            )
            for line in self
        }

    def _get_held_lots(self, lots_by_line):
        """Return those of the serials that an open position holds."""
        lots = self.env["stock.lot"].union(*lots_by_line.values())
        held = self.env["cso.rma.line.lot"].search_fetch(
            [("lot_id", "in", lots.ids), ("is_held", "=", True)], ["lot_id"]
        )
        return held.lot_id

    def _get_return_invoice_lines(self):
        """Return by line id the lines of invoices and credit notes, drafts included."""
        domain = Domain("parent_state", "!=", "cancel") & Domain("is_cso_fee", "=", False)
        domain &= Domain("move_id.move_type", "in", ("out_invoice", "out_refund"))
        domain &= Domain("display_type", "=", "product")
        names = ("quantity", "product_uom_id", "balance", "parent_state", "move_id")
        facts = self.env["sale.line.facts"]
        items = facts._get_invoice_items(self, domain, [*names, "cso_rma_line_id"])
        self.env["account.move.line"].sudo().union(*items.values()).move_id.fetch(["move_type"])
        return items

    def _get_cso_line_numbers(self):
        """Return by line id which line of its order it is, as the customer counts them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, number
                  FROM (SELECT id, row_number() OVER (PARTITION BY order_id ORDER BY sequence, id)
                               AS number
                          FROM sale_order_line
                         WHERE display_type IS NULL AND order_id IN %s) AS line
                 WHERE id IN %s
                """,
                tuple(self.order_id.ids) or (0,),
                tuple(self.ids) or (0,),
            )
        )
        return dict(rows)

    def _lock_for_claim(self):
        """Lock these lines in one order; who comes second gets a serialization failure.

        Waiting alone is not enough: the second transaction keeps its old snapshot. As the first
        one also writes the claimed quantity, the lock of the second one fails, and it is retried.
        """
        self.env.execute_query(
            SQL(
                "SELECT id FROM sale_order_line WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids) or (0,),
            )
        )

    def _get_posted_invoice_lines(self):
        """Return the posted customer invoice lines of these lines, the oldest first."""
        return self.invoice_lines.filtered(
            lambda bill: (
                bill.parent_state == "posted"
                and bill.move_id.move_type == "out_invoice"
                and bill.quantity > 0
            )
        ).sorted(lambda bill: (bill.invoice_date, bill.id))

    def _raise_claim_limit(self, limits=None):
        """Write how much can be claimed in total; the database refuses to claim more.

        :param dict limits: quantity by line id, in the unit of the line; None: asked here
        """
        if limits is None:
            facts = self._get_return_facts()
            limits = {line_id: fact.total - fact.gone for line_id, fact in facts.items()}
        for limit, lines in self.grouped(lambda line: limits[line.id]).items():
            lines.cso_claim_limit = limit
        self.flush_recordset(["cso_claim_limit"])
