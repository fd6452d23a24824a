from odoo import api, fields, models
from odoo.fields import Command

from ..tools import show_number


class CsoPositionCredit(models.AbstractModel):
    """Units of a return position that are credited, or taken off before they are invoiced.

    Two kinds of documents that a decision promises: ``credit`` (units on credit notes) and
    ``uninvoiced`` (units that leave the order line before they were invoiced). Units that never
    came back leave the customer's account into the loss location.
    """

    _name = "cso.position.credit"
    _description = "Credit of Return Positions"

    credited_qty = fields.Float(
        "Credited",
        compute="_compute_credited_qty",
        store=True,
        help="On credit notes that are not cancelled, drafts included.",
    )
    credited_posted_qty = fields.Float(
        "Credited (posted)", compute="_compute_credited_qty", store=True
    )
    uninvoiced_qty = fields.Float(
        "Taken Off",
        readonly=True,
        copy=False,
        help="Left the order line by the decision before it was invoiced: no credit note is due.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends(
        "refund_line_ids.quantity",
        "refund_line_ids.parent_state",
        "refund_line_ids.is_cso_fee",
        "refund_line_ids.is_cso_amount",
        "refund_line_ids.is_cso_correction",
    )
    def _compute_credited_qty(self):
        for position in self:
            goods = position.refund_line_ids._filter_cso_units()
            position.credited_qty = goods._get_cso_quantity(position.product_uom_id)
            posted = goods.filtered(lambda refund: refund.parent_state == "posted")
            position.credited_posted_qty = posted._get_cso_quantity(position.product_uom_id)

    @api.depends(
        "credited_qty",
        "credited_posted_qty",
        "uninvoiced_qty",
        "quantity",
        "received_qty",
        "back_qty",
        "is_goods_expected",
    )
    def _compute_is_settled(self):
        """Extend: a credit is settled when all that is accepted is on posted credit notes."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ what is credited
    def _has_credit(self):
        """Return whether all accepted units are credited or taken off, drafts included."""
        self.ensure_one()
        return bool(self.credited_qty) and not self._get_quantity_to_credit()

    def _is_credit_done(self):
        """Return whether all accepted units are on posted credit notes."""
        self.ensure_one()
        uom = self.product_uom_id
        is_posted = uom.compare(self.credited_posted_qty, self.credited_qty) >= 0
        return self._has_credit() and is_posted

    def _has_uninvoiced(self):
        """Return whether all accepted units are credited or taken off."""
        self.ensure_one()
        return bool(self.uninvoiced_qty) and not self._get_quantity_to_credit()

    def _is_uninvoiced_done(self):
        """Return whether all accepted units are credited or taken off."""
        return self._has_uninvoiced()

    def _get_credit_promises(self):
        """Return the kinds of documents that a decided credit of this position promises."""
        self.ensure_one()
        facts = {"credit": self.credited_qty, "uninvoiced": self.uninvoiced_qty}
        return [kind for kind, quantity in facts.items() if quantity]

    def _get_possible_outcomes(self):
        """Extend: what is credited in part is credited in whole."""
        outcomes = super()._get_possible_outcomes()
        begun = self.filtered(lambda position: position._get_taken_qty())
        for position in begun:
            outcomes &= position.outcome_id
        return outcomes

    def _get_taken_qty(self):
        """Return the units that left the order line: credited, drafts included, or taken off."""
        self.ensure_one()
        return self.credited_qty + self.uninvoiced_qty

    def _get_quantity_to_credit(self):
        """Return what is accepted and not credited yet, in the unit of the order line."""
        self.ensure_one()
        left = self._get_accepted_qty() - self._get_taken_qty()
        return left if self.product_uom_id.compare(left, 0.0) > 0 else 0.0

    def _get_accepted_qty(self):
        """Return what is accepted, in the unit of the order line: what came and stayed with us
        where goods are expected.
        """
        self.ensure_one()
        here = self.received_qty - self.back_qty
        return min(here, self.quantity) if self.is_goods_expected else self.quantity

    # ------------------------------------------------------------------ words
    def _get_number(self):
        """Return which position of its case it is, as the customer counts them."""
        self.ensure_one()
        return self.rma_id.line_ids.ids.index(self.id) + 1

    def _get_document_text(self):
        """Return the words that name this position on a document, in the customer's language."""
        self.ensure_one()
        line = self.with_context(lang=self.partner_id.lang)
        parts = [
            line.env._(
                "%(case)s, position %(number)s", case=line.rma_id.name, number=line._get_number()
            ),
            line.reason_id.name,
            ", ".join(line.lot_ids.mapped("name")),
            line.reference,
        ]
        return " · ".join(part for part in parts if part)

    def _get_fee_text(self, percent):
        """Return the words of the fee line, in the customer's language.

        :param float percent: 0.0 where the fee is an amount
        """
        self.ensure_one()
        line = self.with_context(lang=self.partner_id.lang)
        position = line._get_document_text()
        if not percent:
            return line.env._(
                "Return fee for bringing the goods back into stock\n%(position)s",
                position=position,
            )
        return line.env._(
            "Return fee %(percent)s %% for bringing the goods back into stock\n%(position)s",
            percent=show_number(line.env, percent),
            position=position,
        )

    # ------------------------------------------------------------------ not invoiced yet
    def _take_off(self, quantity, fee, percent):
        """Take units off the order line that are not invoiced; their fee is invoiced with the rest.

        :param float quantity: in the unit of the order line
        :param float fee: before tax, in the currency of the order
        :param float percent: the percentage of the fee, 0.0 where it is an amount
        """
        self.ensure_one()
        self.sudo().uninvoiced_qty += quantity  # nobody decides by writing fields
        if not self.sale_line_id.currency_id.is_zero(fee):
            lines_sudo = self.env["sale.order.line"].sudo()  # clerks do not write orders
            lines_sudo.create(self._prepare_fee_order_line(fee, percent))

    def _prepare_fee_order_line(self, fee, percent):
        line_sudo = self.sale_line_id.sudo()
        product = self.company_id.cso_fee_product_id
        return {
            "order_id": line_sudo.order_id.id,
            "product_id": product.id,
            "name": self._get_fee_text(percent),
            "product_uom_qty": 1.0,
            "qty_delivered": 1.0,
            "price_unit": fee,
            "sequence": line_sudo.sequence,
            **({} if product.taxes_id else {"tax_ids": [Command.set(line_sudo.tax_ids.ids)]}),
        }

    # ------------------------------------------------------------------ losses
    def _get_loss_moves(self):
        """Return the moves (sudo) by which units of this position are in the loss location."""
        moves_sudo = self.sudo().move_ids  # who posts credit notes need not read stock
        done = moves_sudo.filtered(lambda move: move.cso_step == "loss" and move.state == "done")
        return done.filtered(
            lambda move: not (move.origin_returned_move_id & done or move.returned_move_ids & done)
        )

    def _get_shipped_parts(self):
        """Return what the customer got for one unit of this position: quantity by article, in the
        unit of the article; of a kit its parts.
        """
        self.ensure_one()
        line = self.sale_line_id.sudo()  # clerks of the desk read no deliveries of orders
        moves = line._get_return_moves()[0][line.id]
        if not line._is_cso_kit(moves):
            unit = self.product_id.uom_id
            factor = self.product_uom_id._compute_quantity(1.0, unit, round=False)
            return {self.product_id: (factor, moves)} if moves else {}
        per_kit, shipped = line._get_cso_kit_parts(), moves.grouped("product_id")
        return {part: (per_kit[part], shipped[part]) for part in shipped if part in per_kit}

    def _is_loss(self):
        """Return whether what is credited of this position leaves the customer without coming
        back: it is not expected, or another article came.
        """
        self.ensure_one()
        parts = self._get_shipped_parts()
        return bool(parts) and not self._get_done_receipts().product_id & next(iter(parts))

    def _get_lots_at_customer(self):
        """Return the serials (``stock.lot``) of the order line that the customer has."""
        self.ensure_one()
        facts = self.env["sale.line.facts"]
        line_sudo = self.sale_line_id.sudo()  # clerks of the desk read no deliveries of orders
        moves_sudo = facts._search_moves(line_sudo)
        moves = facts._get_moves(moves_sudo, "_get_customer_out_moves")
        return facts._get_serials_at_customer(moves)[line_sudo.id].with_env(self.env)

    def _get_loss_qty(self):
        """Return what left the order line and neither came back nor is written off.

        :return: quantity in the unit of the order line
        """
        self.ensure_one()
        parts = self._get_shipped_parts()
        if not parts:
            return 0.0
        product, (factor, _shipped) = next(iter(parts.items()))
        moves = self.sudo().move_ids.filtered(  # clerks may not read all moves
            lambda move: (
                move.product_id == product
                and move.state == "done"
                and move.cso_step in ("receipt", "loss")
            )
        )
        gone = sum(
            move._get_cso_quantity(product.uom_id) * (1 if move._is_incoming() else -1)
            for move in moves
        )
        left = self._get_taken_qty() - max(gone, 0.0) / factor
        return left if self.product_uom_id.compare(left, 0.0) > 0 else 0.0

    def _write_off(self, lots):
        """Move what is credited of these positions and never came back into the loss location.

        :param dict lots: serials (``stock.lot``) by position, where they are tracked
        :return: the moves (sudo)
        """
        values = []
        for position in self:
            quantity = position._get_loss_qty()
            if quantity:
                values += position._prepare_losses(quantity, lots.get(position))
        moves_sudo = self.env["stock.move"].sudo().create(values)  # the desk decides, not the dock
        moves_sudo._action_done()
        return moves_sudo

    def _prepare_losses(self, quantity, lots):
        """Return the values of the moves that write units off, delivery by delivery.

        :param float quantity: in the unit of the order line
        """
        values = []
        for product, (factor, shipped) in self._get_shipped_parts().items():
            wanted = quantity * factor
            for origin in shipped.sorted(lambda move: (move.date, move.id)):
                left = wanted if origin == shipped[-1:] else origin._get_cso_left_qty()
                items = origin._split_cso_units(min(left, wanted), lots)
                taken = sum(items.values())
                if product.uom_id.compare(taken, 0.0) > 0:
                    values.append(self._prepare_loss(origin, taken, items))
                    wanted -= taken
        return values

    def _prepare_loss(self, origin, quantity, items):
        places = {
            "location_id": origin.location_dest_id.id,
            "location_dest_id": self.company_id._ensure_loss_location().id,
        }
        product = origin.product_id
        item = {**places, "product_id": product.id, "product_uom_id": product.uom_id.id}
        return {
            **places,
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "company_id": origin.company_id.id,
            "origin_returned_move_id": origin.id,
            "cso_rma_line_id": self.id,
            "cso_step": "loss",
            "origin": self.rma_id.name,
            "is_inventory": True,
            "inventory_name": self.rma_id.name,
            "to_refund": False,
            "picked": True,
            "move_line_ids": [
                Command.create({**item, "quantity": units, "lot_id": lot.id})
                for lot, units in items.items()
            ],
        }

    def _undo_losses(self):
        """Bring what was written off of these positions back to the customer's account."""
        values = []
        for move in self._get_loss_moves():
            places = {
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
            }
            items = [
                Command.create(item.copy_data(places)[0] | {"quantity": item.quantity})
                for item in move.move_line_ids
            ]
            values += move.copy_data(
                {
                    **places,
                    "origin_returned_move_id": move.id,
                    "product_uom_qty": move.quantity,
                    "picked": True,
                    "move_line_ids": items,
                }
            )
        self.env["stock.move"].sudo().create(values)._action_done()  # as when written off
