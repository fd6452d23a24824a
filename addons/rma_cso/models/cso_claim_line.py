from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What the desk notes by hand; all else was found out when the position was claimed.
EDITABLE_FIELDS = {"expected_amount", "answer", "answer_text", "fate"}


class CsoClaimLine(models.Model):
    """An article of a return position that is claimed back; amounts in the company's currency."""

    _name = "cso.claim.line"
    _description = "Position of a Claim"
    _order = "claim_id desc, id"
    _rec_name = "claim_id"
    _check_company_auto = True

    claim_id = fields.Many2one("cso.claim", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(related="claim_id.kind", store=True)
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    position_id = fields.Many2one(
        "cso.rma.line", required=True, index=True, ondelete="cascade", check_company=True
    )
    rma_id = fields.Many2one(related="position_id.rma_id")
    noted_at_delivery = fields.Selection(related="position_id.noted_at_delivery")
    product_id = fields.Many2one("product.product", "Article", required=True, check_company=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        digits="Product Unit", required=True, help="In the unit of the article."
    )
    lot_ids = fields.Many2many(
        "stock.lot", "cso_claim_line_stock_lot_rel", "line_id", "lot_id", "Serial Numbers"
    )
    move_ids = fields.One2many("stock.move", "cso_claim_line_id", "Stock Moves")
    value = fields.Monetary("Value at Cost")
    expected_amount = fields.Monetary(
        "Expected",
        compute="_compute_expected_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="Net.",
    )
    answer = fields.Selection(
        [
            ("credit", "Credit"),
            ("replacement", "Repaired or replaced"),
            ("refused", "Refused"),
        ],
        help="Of the vendor or carrier.",
    )
    answer_text = fields.Char("Reason of the Answer")
    fate = fields.Selection(
        [("back", "Comes back"), ("scrap", "Scrapped there")],
        "Refused Goods",
        help="What happens to goods at the vendor that were refused.",
    )
    answered_on = fields.Datetime(compute="_compute_answered_on", store=True)

    # computed from the facts
    shipped_qty = fields.Float(
        "Shipped", digits="Product Unit", compute="_compute_moved", store=True
    )
    back_qty = fields.Float("Back", digits="Product Unit", compute="_compute_moved", store=True)
    received_amount = fields.Monetary(
        "Received",
        compute="_compute_received_amount",
        store=True,
        help="Share of what was credited, by what was expected.",
    )
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)
    lost_amount = fields.Monetary("Lost", compute="_compute_lost_amount", store=True)

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "A quantity is missing.")
    _expected_positive = models.Constraint(
        "CHECK (expected_amount >= 0)", "An expected amount cannot be negative."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("value")
    def _compute_expected_amount(self):
        for line in self:
            line.expected_amount = line.value

    @api.depends("answer")
    def _compute_answered_on(self):
        for line in self:
            line.answered_on = line.answer and (line.answered_on or fields.Datetime.now())

    @api.depends("move_ids.state", "move_ids.quantity")
    def _compute_moved(self):
        for line in self:
            done = line.move_ids.filtered(lambda move: move.state == "done")
            back = done.filtered(lambda move: move.location_id.usage == "supplier")
            unit = line.product_uom_id
            line.back_qty = sum(move._get_cso_quantity(unit) for move in back)
            line.shipped_qty = sum(move._get_cso_quantity(unit) for move in done - back)

    @api.depends("answer", "expected_amount", "claim_id.received_amount")
    def _compute_received_amount(self):
        for claim in self.claim_id:
            lines = claim.line_ids.filtered(lambda line: line.answer == "credit")
            (claim.line_ids - lines).received_amount = 0.0
            left, total = claim.received_amount, sum(lines.mapped("expected_amount"))
            for line in lines:
                share = claim.received_amount * line.expected_amount / (total or 1.0)
                is_last = line == lines[-1]
                line.received_amount = left if is_last else claim.currency_id.round(share)
                left -= line.received_amount

    @api.depends(
        "claim_id.cancelled_on",
        "claim_id.closed_on",
        "claim_id.expected_amount",
        "claim_id.received_amount",
        "answer",
        "fate",
        "shipped_qty",
        "back_qty",
    )
    def _compute_is_open(self):
        for line in self:
            line.is_open = line._get_is_open()

    @api.depends("is_open", "answer", "fate", "expected_amount", "received_amount")
    def _compute_lost_amount(self):
        for line in self:
            line.lost_amount = 0.0 if line.is_open else line._get_lost_amount()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        """Keep what was sent in."""
        if self.claim_id.filtered("sent_on"):
            raise UserError(self.env._("The claim was sent in: its positions stay."))

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):
        """Extend: answers are noted when the claim was sent in; goods that stay are free again.

        :raise UserError: where something is changed that cannot be
        """
        if not self.env.su:
            self._check_editable(vals)
        result = super().write(vals)
        if "answer" in vals or "fate" in vals:
            self._release()
        return result

    def _check_editable(self, vals):
        if vals.keys() - EDITABLE_FIELDS:
            raise UserError(self.env._("Only the answer and the amount are noted by hand."))
        for line in self:
            is_ended = line.claim_id.cancelled_on or line.claim_id.closed_on
            if is_ended or (vals.keys() - {"expected_amount"} and not line.claim_id.sent_on):
                raise UserError(
                    self.env._(
                        "%(claim)s is not sent in, or has ended: no answer can be noted.",
                        claim=line.claim_id.name,
                    )
                )

    # ------------------------------------------------------------------ business
    def _get_is_open(self):
        """Return whether something is still waited for, of the vendor or of us."""
        self.ensure_one()
        if self.claim_id.cancelled_on or self.claim_id.closed_on:
            return False
        if self.answer == "credit":
            return not self.claim_id._is_credited()
        if self.answer == "replacement":
            return self._is_away() or not self.shipped_qty
        return not self.answer or (self._is_away() and self.fate != "scrap")

    def _is_away(self):
        """Return whether goods of this line are at the vendor."""
        self.ensure_one()
        return self.product_uom_id.compare(self.shipped_qty, self.back_qty) > 0

    def _get_lost_amount(self):
        """Return what was expected and will not come, of a line that is done."""
        self.ensure_one()
        if self.claim_id.cancelled_on or self.answer == "replacement":
            return 0.0
        is_lost = self.kind == "carrier" or self._is_away()
        if self.answer == "refused":
            return self.expected_amount if is_lost else 0.0
        return max(self.expected_amount - self.received_amount, 0.0)

    def _filter_money(self):
        """Return those of these lines for which a credit is expected."""
        return self.filtered(lambda line: line.answer in (False, "credit"))

    def _filter_holding(self):
        """Return those of these lines that need the goods: they stay for the vendor, or are there;
        what came back is free again.
        """
        return self.filtered(
            lambda line: (
                line.kind == "vendor" and line.is_open and (not line.shipped_qty or line._is_away())
            )
        )

    def _filter_pending(self):
        """Return those of these lines whose goods wait here, without a transfer."""
        return self._filter_holding().filtered(
            lambda line: all(move.state == "cancel" for move in line.move_ids)
        )

    def _filter_to_ship(self):
        """Return those of these lines whose goods are to be sent to the vendor."""
        return self._filter_pending().filtered(lambda line: line.answer != "refused")

    def _release(self):
        """Let goods that no claim needs any more be put away again."""
        for position_sudo in self.position_id.sudo():  # nobody puts away by writing fields
            is_kept = position_sudo.claim_line_ids._filter_holding()
            is_aside = position_sudo.disposition == "vendor" and position_sudo._get_goods_here()
            if is_aside and not is_kept:
                position_sudo.disposition = False

    def _get_deadlines(self):
        """Return the last days (list of dates) that the policies name for these lines."""
        policies_sudo = self.env["cso.vendor.policy"].sudo()  # asked by purchases
        order_lines_sudo = self.position_id.sale_line_id.sudo()
        by_line = policies_sudo._get_policies(order_lines_sudo)
        by_partner = policies_sudo._get_policies_by_partner(self.company_id)
        dates = []
        for line in self:
            sold_sudo = line.position_id.sale_line_id.sudo()
            own = policies_sudo._get_policy(by_partner, line.claim_id.partner_id, sold_sudo)
            days = own.claim_days or (line.kind == "vendor" and by_line[sold_sudo.id].claim_days)
            if days:
                dates.append(line._get_start() + timedelta(days=days))
        return dates

    def _get_start(self):
        """Return the day from which the days of the policy count: a vendor's from the request of
        the customer, a carrier's from the shipment.
        """
        self.ensure_one()
        is_carrier = self.kind == "carrier"
        shipped = is_carrier and self.position_id._get_carrier_moves().mapped("date")
        moment = shipped and max(shipped)
        return self.company_id._get_cso_date(moment or self.position_id.submitted_on)

    def _prepare_credit_line(self):
        """Return the values of the line of the credit note that is expected.

        A carrier credits the damage, and not goods that went back to it.
        """
        self.ensure_one()
        values = {
            "name": f"{self.claim_id.name}: {self.product_id.display_name}",
            "quantity": self.quantity,
            "price_unit": self.expected_amount / self.quantity,
        }
        return values | ({"product_id": self.product_id.id} if self.kind == "vendor" else {})

    # ------------------------------------------------------------------ transfers
    def _make_shipment(self):
        """Make the transfers to the vendor of what lies here of these lines.

        :return: the moves (``stock.move``)
        """
        moves, lots, pickings = self.env["stock.move"], {}, {}
        for line in self:
            for part in line.position_id._get_goods_here():
                if part["product"] != line.product_id:
                    continue
                place = part["location"]
                if place not in pickings:
                    pickings[place] = line._create_picking(
                        place.warehouse_id.out_type_id, place, line._get_vendor_location()
                    )
                values = line._prepare_move(pickings[place], part["quantity"])
                move = moves.create(values)
                lots[move] = part["lots"]
                moves |= move
        moves._confirm_cso_units(lots)
        return moves

    def _make_receipt(self):
        """Make the receipts of what is at the vendor of these lines; it expects the same serials.

        :return: the moves (``stock.move``)
        """
        moves, pickings = self.env["stock.move"], {}
        for line in self:
            for (origin, lot), quantity in line._get_away_lots().items():
                warehouse = origin.location_id.warehouse_id
                if warehouse not in pickings:
                    pickings[warehouse] = line._create_picking(
                        warehouse.cso_returns_type_id,
                        line._get_vendor_location(),
                        warehouse.cso_returns_location_id,
                    )
                values = line._prepare_move(pickings[warehouse], quantity)
                values |= line._prepare_back(values, origin, lot)
                moves |= moves.create(values)
        moves._action_confirm(merge=False)
        return moves

    def _get_away_lots(self):
        """Return what is to come back from the vendor: quantity by shipment and lot; nothing of
        what is announced already, or was scrapped there.
        """
        self.ensure_one()
        if not self._is_away() or (self.answer == "refused" and self.fate == "scrap"):
            return {}
        moves = self.sudo().move_ids.filtered(lambda move: move.state != "cancel")
        away = defaultdict(float)
        backs = moves.filtered(lambda move: move.location_id.usage == "supplier")
        for item in (moves - backs).filtered(lambda move: move.state == "done").move_line_ids:
            away[item.move_id, item.lot_id] += item.quantity_product_uom
        for move in backs:
            left = move._get_cso_quantity(self.product_uom_id) or move.product_qty
            expected = move.origin_returned_move_id
            for key in sorted(away, key=lambda one: one[1] not in move.move_line_ids.lot_id):
                taken = min(left, away[key]) if key[0] == expected else 0.0
                away[key] -= taken
                left -= taken
        return {key: left for key, left in away.items() if self.product_uom_id.compare(left, 0) > 0}

    def _get_vendor_location(self):
        partner = self.claim_id.partner_id.with_company(self.company_id)
        return partner.property_stock_supplier

    def _create_picking(self, operation_type, source, destination):
        return self.env["stock.picking"].create(
            {
                "picking_type_id": operation_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "partner_id": self.claim_id.partner_id.id,
                "company_id": self.company_id.id,
                "origin": self._get_origin(),
            }
        )

    def _get_origin(self):
        claim = self.claim_id
        return f"{claim.name} ({claim.partner_ref})" if claim.partner_ref else claim.name

    def _prepare_move(self, picking, quantity):
        """Return the values of a move to or from the vendor, in the unit of the article."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": quantity,
            "product_uom": self.product_uom_id.id,
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "warehouse_id": picking.picking_type_id.warehouse_id.id,
            "company_id": picking.company_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "cso_rma_line_id": self.position_id.id,
            "cso_claim_line_id": self.id,
            "cso_step": "vendor",
            "origin": self.claim_id.name,
            "partner_id": picking.partner_id.id,
            "procure_method": "make_to_stock",
            "to_refund": False,
        }

    def _prepare_back(self, values, origin, lot):
        """Return the values by which a move undoes a shipment, and expects a serial."""
        item = {
            name: values[name]
            for name in ("product_id", "picking_id", "location_id", "location_dest_id")
        }
        item |= {
            "company_id": values["company_id"],
            "product_uom_id": values["product_uom"],
            "quantity": values["product_uom_qty"],
            "lot_id": lot.id,
        }
        return {"origin_returned_move_id": origin.id, "move_line_ids": [Command.create(item)]}
