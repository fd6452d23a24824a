from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.stored_fields import create_computed_columns
from .res_partner_term import HOLDING_TERMS, TERMS

HOLDS = [
    ("confirmation", "Confirmation"),
    ("limit", "Credit limit"),
    ("payment", "Payment"),
]
MAX_REFERENCE_LENGTH = 100
# What does not hold for an order that is a quotation again.
ANEW_FIELDS = ("customer_confirmed_on", "customer_confirmed_by_id", "hold_released_on")
# Nobody writes these but the rules and their own buttons.
GUARDED_FIELDS = {
    "customer_status",
    "delivery_term",
    "delivery_hold",
    "customer_confirmed_by_id",
    "hold_released_on",
    "hold_released_by_id",
    "hold_released_amount",
    "hold_release_reason",
}


class SaleOrderHold(models.AbstractModel):
    """Whether the goods of an order may leave before they are paid, and why not."""

    _name = "sale.order.hold"
    _description = "Hold of the Deliveries of an Order"

    delivery_term = fields.Selection(
        TERMS,
        "Payment before Delivery",
        compute="_compute_delivery_term",
        store=True,
        groups="base.group_user",
        help="The term of the customer, while the order is one that can be held.",
    )
    delivery_hold = fields.Selection(
        HOLDS,
        "Delivery Held",
        compute="_compute_delivery_hold",
        store=True,
        tracking=True,
        groups="base.group_user",
        help="Why nothing of the order may leave.",
    )
    delivery_hold_text = fields.Char(
        "Why Held", compute="_compute_delivery_hold_text", groups="base.group_user"
    )
    missing_payment = fields.Float(
        "Still to Be Paid",
        compute="_compute_missing_payment",
        groups="base.group_user",
        help="So that it may leave, in the currency of the order.",
    )
    customer_confirmed_on = fields.Datetime(
        "Confirmed by the Customer",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="When the customer confirmed the order online, or when you noted their purchase "
        "order; its number is the customer reference.",
    )
    customer_confirmed_by_id = fields.Many2one(
        "res.users",
        "Confirmed Online by",
        copy=False,
        readonly=True,
        tracking=True,
        groups="base.group_user",
    )
    hold_released_on = fields.Datetime(copy=False, readonly=True, groups="base.group_user")
    hold_released_by_id = fields.Many2one(
        "res.users", "Released by", copy=False, readonly=True, groups="base.group_user"
    )
    hold_released_amount = fields.Float(
        "Released up to",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Total of the order, in its currency, when it was released: larger, it is held again.",
    )
    hold_release_reason = fields.Char(copy=False, readonly=True, groups="base.group_user")

    @api.depends("state", "partner_id", "company_id")
    def _compute_delivery_term(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        (self - confirmed).delivery_term = False
        for order in confirmed:
            term = order.partner_id._get_delivery_term(order.company_id)
            order.delivery_term = term if term in HOLDING_TERMS else False

    @api.depends(
        "delivery_term",
        "customer_status",
        "partner_invoice_id",
        "amount_total",
        "order_line.qty_delivered",
        "order_line.customer_open_qty",
        "customer_confirmed_on",
        "signed_on",
        "hold_released_on",
        "transaction_ids.state",
        "transaction_ids.child_transaction_ids.state",
    )
    def _compute_delivery_hold(self):
        stored = self.filtered(lambda one: isinstance(one.id, int))
        for order in self - stored:
            order.delivery_hold = order._origin.delivery_hold  # what is typed is not saved yet
        asked = stored.filtered("delivery_term")
        (stored - asked).delivery_hold = False
        if not asked:
            return
        # sudo: who ships or writes an order need not see what its customer owes
        asked_sudo = asked.sudo()
        limited_sudo = asked_sudo.filtered(lambda order: order.delivery_term == "credit_limit")
        seen_sudo, over_sudo = limited_sudo._get_orders_over_limit()
        holds = (asked_sudo | seen_sudo)._get_delivery_holds(over_sudo)
        for order in asked_sudo:
            order.delivery_hold = holds[order]
        (seen_sudo - asked_sudo)._mark_other_holds(holds)

    @api.depends("delivery_hold")
    @api.depends_context("lang")
    def _compute_delivery_hold_text(self):
        for order in self:
            order.delivery_hold_text = self._get_delivery_hold_text(order.delivery_hold)

    @api.depends("delivery_hold")
    def _compute_missing_payment(self):
        # sudo: who sees the order sees what it waits for
        missing = self._origin.sudo()._get_missing_amounts()
        for order in self:
            order.missing_payment = missing.get(order._origin.id, 0.0)

    @api.constrains("customer_confirmed_on", "client_order_ref")
    def _check_customer_confirmed_on(self):
        for order in self:
            is_noted = order.customer_confirmed_on and not order.customer_confirmed_by_id
            if is_noted and not order.signed_on and not (order.client_order_ref or "").strip():
                raise UserError(
                    self.env._(
                        "Enter the number of the purchase order of %(customer)s as customer "
                        "reference of %(order)s.",
                        customer=order.partner_id.display_name,
                        order=order.name,
                    )
                )

    def _auto_init(self):
        """Nothing is held when the add-on is installed: no order is looked at."""
        if self._auto:
            create_computed_columns(self, ("_compute_delivery_term", "_compute_delivery_hold"))
        return super()._auto_init()

    def _has_field_access(self, field, operation):
        """Nobody writes what the rules find or who released what."""
        if operation == "write" and field.name in GUARDED_FIELDS and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        """A cancelled order leaves its part of the limit to others; one that is a quotation again
        is confirmed or released anew.

        :raise AccessError: when a held order becomes somebody else's by who may not release it
        """
        if "partner_id" in vals and not self.env.su and any(self.sudo().mapped("delivery_hold")):
            self._check_may_release()
        leaving = self.browse()
        if vals.get("state") == "cancel":
            leaving = self.filtered(lambda order: order.delivery_term == "credit_limit")
        result = super().write(vals)
        if vals.get("state") == "draft":
            # sudo: nobody writes these
            self.sudo().write(dict.fromkeys(ANEW_FIELDS, False))
        if leaving:
            # sudo: who cancels an order need not see the others
            leaving_sudo = leaving.sudo()
            customers = leaving_sudo.partner_invoice_id.commercial_partner_id
            leaving_sudo._get_term_orders(customers)._mark_delivery_hold()
        return result

    # --- why --------------------------------------------------------------------------------------

    def _get_delivery_holds(self, over):
        """:return: ``{order: reason or False}``, all by the facts as they are now"""
        holds = dict.fromkeys(self, False)
        waiting = self.filtered(
            lambda order: (
                order.delivery_term
                and order.customer_status in ("confirmed", "partial")
                and not order._is_hold_released()
            )
        )
        prepaid = waiting.filtered(lambda order: order.delivery_term == "prepayment")
        for order, missing in prepaid._get_missing_payments().items():
            holds[order] = missing > 0 and "payment"
        for order in waiting - prepaid:
            if not order._is_confirmed_by_customer():
                holds[order] = "confirmation"
            elif order in over:
                holds[order] = "limit"
        return holds

    def _mark_other_holds(self, holds):
        """Orders that share the limit with one that changed are looked at again."""
        changed = self.filtered(lambda order: order.delivery_hold != holds[order])
        changed._mark_delivery_hold()

    def _mark_delivery_hold(self):
        """Find out again whether these orders, and with them their shipments, are held."""
        self.env.add_to_compute(self._fields["delivery_hold"], self)
        self.modified(["delivery_hold"])

    def _mark_delivery_term(self):
        """Find out again what goes for these orders."""
        self.env.add_to_compute(self._fields["delivery_term"], self)
        self.modified(["delivery_term"])
        self._mark_delivery_hold()

    def _is_confirmed_by_customer(self):
        """Signed or confirmed online, paid online, or their purchase order was noted."""
        self.ensure_one()
        if self.customer_confirmed_on or self.signed_on:
            return True
        return "done" in self.sudo().transaction_ids.mapped("state")

    def _is_hold_released(self):
        """Whether a person has released the order as it is."""
        self.ensure_one()
        compared = self.currency_id.compare_amounts(self.amount_total, self.hold_released_amount)
        return bool(self.hold_released_on) and compared <= 0

    @api.model
    def _get_delivery_hold_text(self, hold):
        """A reason as a sentence in the reader's language; it names no amount."""
        texts = {
            "confirmation": self.env._("The customer has not confirmed the order yet."),
            "limit": self.env._("The order is over the credit limit of the customer."),
            "payment": self.env._("The payment before delivery has not arrived."),
        }
        return texts.get(hold, "")

    # --- what it stops ----------------------------------------------------------------------------

    def _check_delivery_hold(self):
        """Refuse that something of a held order leaves.

        :raise UserError: that names the order and the reason
        """
        for order in self.filtered("delivery_hold"):
            raise UserError(
                self.env._(
                    "Order %(order)s is held. %(reason)s It is released by itself when that is "
                    "settled, or by a person with the right to release it.",
                    order=order.name,
                    reason=order.delivery_hold_text,
                )
            )

    # --- settling it ------------------------------------------------------------------------------

    def _may_confirm_by_customer(self):
        """Who confirms an order agrees to its prices, so he has to see them."""
        user = self.env.user
        return user._has_access_role("orders") and user._has_access_role("prices")

    def _may_see_missing_payment(self):
        """By the role for prices; how far a head office is above its limit is not a branch's to
        see.
        """
        self.ensure_one()
        user = self.env.user
        if self.delivery_hold == "confirmation" or not user._has_access_role("prices"):
            return False
        billed = self.partner_invoice_id.commercial_partner_id
        return self.delivery_hold == "payment" or billed.id in user._get_access_partner_ids()

    def _confirm_by_customer(self, reference=None):
        """The present user confirms the orders for the customer.

        :param str reference: number of the customer's own purchase order; an empty one changes
            nothing
        :raise UserError: when the number is too long
        """
        reference = " ".join((reference or "").replace("\x00", "").split())
        if len(reference) > MAX_REFERENCE_LENGTH:
            raise UserError(
                self.env._(
                    "The number of your purchase order has more than %(count)s characters.",
                    count=MAX_REFERENCE_LENGTH,
                )
            )
        vals = {
            "customer_confirmed_on": fields.Datetime.now(),
            "customer_confirmed_by_id": self.env.user.id,
        }
        if reference:
            vals["client_order_ref"] = reference
        # sudo: customers do not write orders; these were found inside their access domain
        self.sudo().write(vals)

    def action_release_delivery(self):
        """Open the dialog that releases held orders.

        :return: action of the dialog
        :raise AccessError: for who has not the right to
        """
        self._check_may_release()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release the Delivery"),
            "res_model": "delivery.hold.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def action_hold_again(self):
        """Take a release back: what has not shipped is held for the reason there is, if any.

        :raise AccessError: for who has not the right to
        """
        self._check_may_release()
        # sudo: the right is to release orders, not to write them
        orders_sudo = self.sudo()
        orders_sudo.write({"hold_released_on": False, "hold_release_reason": False})
        for order in orders_sudo:
            order.message_post(body=self.env._("The release of the delivery was taken back."))

    def _release_delivery(self, reason):
        """Release held orders as they are now.

        :param str reason: why, for the colleagues
        :raise AccessError: for who has not the right to
        :raise UserError: when no reason is given
        """
        self._check_may_release()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the delivery is released."))
        for order_sudo in self.sudo():  # the right is to release orders, not to write them
            order_sudo.write(
                {
                    "hold_released_on": fields.Datetime.now(),
                    "hold_released_by_id": self.env.user.id,
                    "hold_released_amount": order_sudo.amount_total,
                    "hold_release_reason": reason.strip(),
                }
            )
            order_sudo.message_post(
                body=self.env._("Delivery released: %(reason)s", reason=reason.strip())
            )

    def _check_may_release(self):
        self.check_access("read")
        if not self.env.user.has_group("customer_portal.group_delivery_release"):
            raise AccessError(self.env._("You have not the right to release held deliveries."))

    @api.model
    def _cron_check_holds(self):
        """Look at all orders with a term again: rates change, and the default limit may have."""
        orders = self.env["sale.order"].search(
            [("delivery_term", "!=", False), ("customer_status", "in", ("confirmed", "partial"))]
        )
        orders._mark_delivery_hold()
