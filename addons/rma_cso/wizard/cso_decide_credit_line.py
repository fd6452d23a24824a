from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare, format_amount

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoDecideCreditLine(models.TransientModel):
    _name = "cso.decide.credit.line"
    _description = "Decide: Credit of a Position"

    wizard_id = fields.Many2one("cso.decide.credit", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    product_uom_id = fields.Many2one(related="position_id.product_uom_id")
    # Not rounded: one piece of a line in dozens is no round figure.
    quantity = fields.Float(
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="Accepted and not credited yet.",
    )
    fee_percent = fields.Float(
        "Return Fee (%)",
        digits=(5, 2),
        compute="_compute_fee_percent",
        store=True,
        readonly=False,
        precompute=True,
    )
    fee_amount = fields.Monetary(
        "Return Fee (Amount)",
        help="Before tax, in the currency of the order; instead of a percentage.",
    )
    currency_id = fields.Many2one(related="position_id.sale_line_id.currency_id")
    asks_lots = fields.Boolean(compute="_compute_possible_lot_ids")
    possible_lot_ids = fields.Many2many("stock.lot", compute="_compute_possible_lot_ids")
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Never Came Back",
        compute="_compute_lot_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', possible_lot_ids)]",
        help="Serial numbers that are credited although we do not have them.",
    )

    _position_once = models.Constraint(
        "UNIQUE (wizard_id, position_id)", "A position is decided once."
    )
    _fee_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100)", "The fee must be between 0 and 100 %."
    )
    _fee_amount_positive = models.Constraint(
        "CHECK (fee_amount >= 0)", "The fee cannot be negative."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.position_id._get_quantity_to_credit()

    @api.depends("position_id", "fee_amount")
    def _compute_fee_percent(self):
        for line in self:
            line.fee_percent = 0.0 if line.fee_amount else line.position_id.fee_percent

    @api.depends("position_id")
    def _compute_possible_lot_ids(self):
        for line in self:
            position = line.position_id
            is_lost = position.product_id.tracking == "serial" and position._is_loss()
            line.asks_lots = is_lost
            line.possible_lot_ids = is_lost and position._get_lots_at_customer()

    @api.depends("position_id", "quantity")
    def _compute_lot_ids(self):
        for line in self:
            known = line.position_id.lot_ids & line.possible_lot_ids
            lots = known or line.possible_lot_ids
            line.lot_ids = lots if len(lots) == line._get_units() else False

    # ------------------------------------------------------------------ business
    def _get_units(self):
        """Return how many pieces are credited, in the unit of the article."""
        unit = self.position_id.product_id.uom_id
        return unit.round(self.product_uom_id._compute_quantity(self.quantity, unit, round=False))

    def _check_position(self):
        """Refuse more than a position has left to credit, and losses without a serial number."""
        self.ensure_one()
        left = self.position_id._get_quantity_to_credit()
        is_more = float_compare(self.quantity, left, precision_digits=5) > 0
        if left <= 0 or self.quantity <= 0 or is_more:
            raise UserError(
                self.env._(
                    "%(left)s of %(position)s can be credited.",
                    left=PortalFormat(self.env).quantity(left),
                    position=self.position_id.display_name,
                )
            )
        if self._is_lot_missing():
            raise UserError(self._get_lot_text())

    def _is_lot_missing(self):
        """Return whether serial numbers of what is written off are still to be chosen."""
        chosen = self.lot_ids._origin & self.possible_lot_ids._origin
        return self.asks_lots and len(chosen) != self._get_units()

    def _get_lot_text(self):
        return self.env._(
            "Choose the serial numbers that never came back: %(position)s.",
            position=self.position_id.display_name,
        )

    def _allot(self, left, taken):
        """Return what is done with the units of this line: credited of the oldest invoice first.

        :param list left: ``Creditable`` of the invoice lines; reduced by the call
        :param dict taken: units of each order line that the dialog takes off so far; added to
        :return: dict as of ``cso.decide.credit``
        :raise UserError: where the invoices have fewer units left and all else is invoiced
        """
        self.ensure_one()
        wanted, credits = self.quantity, {}
        for creditable in left:
            uom = creditable.bill.product_uom_id or self.product_uom_id
            part = creditable.take(self.product_uom_id._compute_quantity(wanted, uom, round=False))
            if part:
                wanted -= uom._compute_quantity(part.quantity, self.product_uom_id, round=False)
                credits.setdefault(part.bill.move_id, []).append(part)
        uninvoiced = wanted if self.product_uom_id.compare(wanted, 0.0) > 0 else 0.0
        if uninvoiced:
            self._check_uninvoiced(uninvoiced, taken)
        fees = self._split_fee(credits, uninvoiced)
        return {
            "credits": credits,
            "uninvoiced": uninvoiced,
            "order_fee": fees.pop(None),
            "fees": fees,
        }

    def _check_uninvoiced(self, quantity, taken):
        """Refuse units that are on no posted invoice and not free to be invoiced either."""
        sale_line = self.position_id.sale_line_id
        # clerks of the desk read no invoices
        room = sale_line.sudo()._get_cso_uninvoiced_qty() - taken[sale_line]
        taken[sale_line] += quantity
        if self.product_uom_id.compare(quantity, room) > 0:
            raise UserError(
                self.env._(
                    "%(missing)s of %(position)s cannot be credited: credited already, or on an "
                    "invoice that is not posted.",
                    missing=PortalFormat(self.env).quantity(quantity),
                    position=self.position_id.display_name,
                )
            )

    # ------------------------------------------------------------------ fee
    def _get_percent(self):
        """Return the percentage of the fee; 0.0 where it is an amount."""
        return 0.0 if self.fee_amount else self.fee_percent

    def _split_fee(self, credits, uninvoiced):
        """Return the net fee by invoice, in its currency, and of what is not invoiced (None).

        A percentage is taken of each; an amount of the oldest invoice first.

        :raise UserError: where the fee is more than what it is taken off
        """
        nets = {invoice: sum(part.net for part in parts) for invoice, parts in credits.items()}
        nets[None] = uninvoiced * self.position_id.sale_line_id.price_reduce_taxexcl
        currencies = {invoice: (invoice or self).currency_id for invoice in nets}
        if not self.fee_amount:
            return {
                invoice: currencies[invoice].round(net * self.fee_percent / 100)
                for invoice, net in nets.items()
            }
        fees, rest = {}, self.fee_amount
        for invoice, net in nets.items():
            fees[invoice] = min(rest, currencies[invoice].round(net))
            rest -= fees[invoice]
        if self.currency_id.compare_amounts(rest, 0.0) > 0:
            raise UserError(
                self.env._(
                    "The return fee is more than what is credited: %(position)s.",
                    position=self.position_id.display_name,
                )
            )
        return fees

    # ------------------------------------------------------------------ documents
    def _prepare_credit_commands(self, credits, fee):
        """Return the line commands of a credit note: the units of this line, and their fee."""
        position = self.position_id
        commands = [
            Command.create(part.bill._prepare_cso_credit_line(position, part.quantity))
            for part in credits
        ]
        first_sudo = credits[0].bill
        if not first_sudo.currency_id.is_zero(fee):
            values = first_sudo._prepare_cso_fee_line(position, self._get_percent(), fee)
            commands.append(Command.create(values))
        return commands

    def _get_preview_texts(self, parts):
        """Return what else is made of this line: what leaves the order, and what leaves stock.

        :param dict parts: as of ``_allot``
        """
        fmt, texts = PortalFormat(self.env), []
        if parts["uninvoiced"]:
            texts.append(
                self.env._(
                    "%(quantity)s of %(article)s not invoiced yet: no credit note; it leaves "
                    "order %(order)s.",
                    quantity=fmt.quantity(parts["uninvoiced"]),
                    article=self.position_id.product_id.display_name,
                    order=self.position_id.order_id.name,
                )
            )
        if not self.currency_id.is_zero(parts["order_fee"]):
            texts.append(
                self.env._(
                    "The return fee %(fee)s is invoiced with order %(order)s.",
                    fee=format_amount(self.env, parts["order_fee"], self.currency_id),
                    order=self.position_id.order_id.name,
                )
            )
        if self.position_id._is_loss():
            texts.append(
                self.env._(
                    "%(quantity)s of %(article)s never came back: written off at cost.",
                    quantity=fmt.quantity(self.quantity),
                    article=self.position_id.product_id.display_name,
                )
            )
        if self._is_lot_missing():
            texts.append(self._get_lot_text())
        return texts
