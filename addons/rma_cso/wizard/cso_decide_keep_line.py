import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoDecideKeepLine(models.TransientModel):
    _name = "cso.decide.keep.line"
    _description = "Decide: Keep the Goods of a Position"

    wizard_id = fields.Many2one("cso.decide.keep", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    is_sold = fields.Boolean("On the Order", compute="_compute_is_sold")
    product_id = fields.Many2one(
        "product.product",
        "Article Kept",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one("uom.uom", compute="_compute_product_uom_id")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
    )
    price = fields.Float(
        "Price per Unit",
        digits="Product Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        help="Without tax; the offer as the customer was shown it.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    serials = fields.Char(
        "Serial Numbers",
        compute="_compute_serials",
        store=True,
        readonly=False,
        precompute=True,
        help="Of what is kept, with commas between.",
    )
    is_ordered_asked = fields.Boolean(compute="_compute_is_sold")
    ordered = fields.Selection(
        [("deliver", "Deliver it"), ("credit", "Credit it"), ("nothing", "Nothing")],
        "Article That Was Ordered",
        compute="_compute_ordered",
        store=True,
        readonly=False,
        precompute=True,
        help="What becomes of the article that should have come: it is invoiced already.",
    )

    possible_lot_ids = fields.Many2many("stock.lot", compute="_compute_possible_lot_ids")
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Never Delivered",
        compute="_compute_lot_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', possible_lot_ids)]",
        help="Serial numbers of the ordered article that are credited because others came.",
    )

    _position_once = models.Constraint(
        "UNIQUE (wizard_id, position_id)", "A position is decided once."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_is_sold(self):
        for line in self:
            line.is_sold = line.position_id._is_from_delivery()
            line.is_ordered_asked = line.position_id.takes_units and not line.is_sold

    @api.depends("position_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.position_id._get_kept_product()

    @api.depends("position_id", "product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.position_id._get_kept_uom(line.product_id)

    @api.depends("position_id")
    def _compute_quantity(self):
        for line in self:
            kept_sudo = line.position_id._get_kept_line()
            line.quantity = kept_sudo.product_uom_qty or line.position_id.quantity

    @api.depends("position_id")
    def _compute_price(self):
        for line in self:
            line.price = line.position_id.offer_unit_price

    @api.depends("position_id")
    def _compute_currency_id(self):
        for line in self:
            position = line.position_id
            line.currency_id = position.offer_currency_id or position.order_id.currency_id

    @api.depends("position_id")
    def _compute_serials(self):
        for line in self:
            numbers = (line.position_id.typed_serials or "").split()
            line.serials = not line.is_sold and ", ".join(numbers)

    @api.depends("position_id")
    def _compute_ordered(self):
        answers = {"yes": "deliver", "no": "credit"}
        for line in self:
            line.ordered = line.is_ordered_asked and answers.get(line.position_id.still_wanted)

    @api.depends("position_id", "ordered")
    def _compute_possible_lot_ids(self):
        for line in self:
            is_asked = line.ordered == "credit" and line.position_id.product_id.tracking == "serial"
            line.possible_lot_ids = is_asked and line.position_id._get_lots_at_customer()

    @api.depends("possible_lot_ids", "quantity")
    def _compute_lot_ids(self):
        for line in self:
            lots = line.possible_lot_ids
            line.lot_ids = lots if len(lots) == line.quantity else False

    # ------------------------------------------------------------------ business
    def _is_tracked(self):
        self.ensure_one()
        return self.tracking in ("serial", "lot")

    def _check_line(self):
        """Refuse what is missing or not possible, before anything is made."""
        self.ensure_one()
        name, uom = self.position_id.display_name, self.product_uom_id
        is_most = uom.compare(self.quantity, self.position_id.quantity) <= 0
        if uom.compare(self.quantity, 0.0) <= 0 or not is_most:
            raise UserError(
                self.env._(
                    "%(position)s: at most %(quantity)s can be kept.",
                    position=name,
                    quantity=PortalFormat(self.env).quantity(self.position_id.quantity),
                )
            )
        if self.currency_id.compare_amounts(self.price, 0.0) <= 0:
            raise UserError(self.env._("%(position)s: enter the price.", position=name))
        if not self.is_sold:
            self._check_unsold()

    def _check_unsold(self):
        name = self.position_id.display_name
        if not self.product_id:
            raise UserError(
                self.env._("%(position)s: choose the article that is kept.", position=name)
            )
        if self.is_ordered_asked and not self.ordered:
            raise UserError(
                self.env._(
                    "%(position)s: choose what becomes of the article that was ordered.",
                    position=name,
                )
            )
        kept_sudo = self.position_id._get_kept_line()
        if kept_sudo.state == "cancel":
            raise UserError(
                self.env._(
                    "Order %(order)s is cancelled, but has delivered what is kept: return its"
                    " delivery first.",
                    order=kept_sudo.order_id.name,
                )
            )
        if kept_sudo and (
            kept_sudo.product_id != self.product_id
            or self.product_uom_id.compare(kept_sudo.product_uom_qty, self.quantity)
        ):
            raise UserError(
                self.env._(
                    "%(position)s: order %(order)s has delivered what is kept already; only its"
                    " price can change.",
                    position=name,
                    order=kept_sudo.order_id.name,
                )
            )
        self._get_lots()

    def _get_numbers(self):
        return [number for number in re.split(r"[\s,;]+", self.serials or "") if number]

    def _get_lots(self):
        """Return the serial or lot numbers that are kept; none where they have left already."""
        position = self.position_id
        if position._get_kept_line():
            return self.env["stock.lot"]
        return position._get_kept_lots(self.product_id, self._get_numbers(), self.quantity)

    def _get_differences(self, left):
        """Return the amounts, as of ``cso.decide.amount``, that units kept at the offer get back.

        :param dict left: by invoice line what no credit note takes yet; reduced by the call
        """
        position, wizard = self.position_id, self.wizard_id
        product = wizard._get_product("cso_difference_product_id")
        amounts = []
        for part in position._allot_to_invoices(self.quantity, left):
            bill_sudo, currency = part.bill, part.bill.currency_id
            units = bill_sudo.product_uom_id._compute_quantity(
                part.quantity, self.product_uom_id, round=False
            )
            price = self.currency_id._convert(
                self.price, currency, bill_sudo.company_id, bill_sudo.date, round=False
            )
            amounts.append(
                {
                    "position": position,
                    "bill": bill_sudo,
                    "net": currency.round(part.net - currency.round(price * units)),
                    "product": product,
                    "text": position._get_kept_words(units, part.net / units, price, currency),
                }
            )
        return amounts

    def _prepare_goods(self):
        """Return what is sold, as of ``_sell_kept`` of the position."""
        return {
            "product": self.product_id,
            "quantity": self.quantity,
            "price": self.price,
            "currency": self.currency_id,
            "lots": self._get_lots(),
        }

    def _prepare_ordered(self):
        """Return what is delivered free of charge, as of ``_make_free_orders`` of the position."""
        position = self.position_id
        return {
            "position": position,
            "product": position.product_id,
            "quantity": self.quantity,
            "uom": position.product_uom_id,
            "address": position.order_id.partner_shipping_id,
        }

    def _get_sale_text(self):
        """Return what is sold, delivered and invoiced, as a sentence."""
        fmt, currency = PortalFormat(self.env), self.currency_id
        return self.env._(
            "Order with its delivery booked and a draft invoice: %(quantity)s x %(article)s at"
            " %(price)s = %(total)s before tax.",
            quantity=fmt.quantity(self.quantity),
            article=self.product_id.display_name,
            price=format_amount(self.env, self.price, currency),
            total=format_amount(self.env, self.price * self.quantity, currency),
        )
