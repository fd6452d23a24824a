from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from ..tools.eta_text import DATED_ETA_STATES, OPEN_ETA_STATES, get_eta_text
from ..tools.stored_fields import create_computed_columns
from .sale_line_eta import ETA_STATES
from .sale_line_number import ORDER_WORDS, get_number_index

CUSTOMER_STATUSES = [
    ("confirmed", "Confirmed"),
    ("partial", "Partially fulfilled"),
    ("delivered", "Delivered"),
    ("fulfilled", "Fulfilled"),
    ("cancelled", "Cancelled"),
]
ORDER_COMPUTES = ("_compute_customer_status", "_compute_eta")


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order.hold", "sale.order.payment", "sale.order"]

    confirmed_on = fields.Datetime(
        compute="_compute_confirmed_on",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        help="Since when customers see the order in the portal.",
    )
    customer_status = fields.Selection(
        CUSTOMER_STATUSES,
        string="Customer's Status",
        compute="_compute_customer_status",
        store=True,
        index=True,
        help="What the customer sees. Returns and credits never turn it back.",
    )
    supplier_ordered_on = fields.Datetime(
        "Ordered from the Supplier On",
        compute="_compute_eta",
        store=True,
        help="When the last purchase that the order needs was sent.",
    )
    eta_first = fields.Date("First ETA", compute="_compute_eta", store=True)
    eta_last = fields.Date("Last ETA", compute="_compute_eta", store=True)
    eta_state = fields.Selection(
        ETA_STATES, string="ETA Status", compute="_compute_eta", store=True, index=True
    )
    eta_text = fields.Char("ETA as Shown", compute="_compute_eta_text", groups="base.group_user")
    portal_change_id = fields.Many2one(
        "portal.request",
        "Change Asked For",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The last change that the customer asked for.",
    )
    portal_change_state = fields.Selection(
        related="portal_change_id.state", string="State of the Change", groups="base.group_user"
    )
    portal_line_ids = fields.One2many(
        "sale.order.line",
        string="Lines as the Customer Sees Them",
        compute="_compute_portal_lines",
        groups="base.group_user",
    )
    portal_eta_change_ids = fields.One2many(
        "sale.order.line.eta.change",
        string="ETA History",
        compute="_compute_portal_lines",
        groups="base.group_user",
    )

    portal_user_id = fields.Many2one(
        "res.users",
        "Ordered in the Portal by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The customer's user whose cart this was.",
    )
    has_lines_to_email = fields.Boolean(
        compute="_compute_email_deliveries", groups="base.group_user"
    )
    email_delivery_count = fields.Integer(
        "Deliveries by E-mail", compute="_compute_email_deliveries", groups="base.group_user"
    )

    _open_idx = models.Index(
        "(partner_id) WHERE customer_status IN ('confirmed', 'partial', 'delivered')"
    )
    _address_idx = models.Index("(partner_id, partner_shipping_id)")
    _number_idx = models.Index(get_number_index("name"))
    _reference_idx = models.Index(get_number_index("client_order_ref"))
    _words_idx = models.Index(f"USING gin (({ORDER_WORDS % ('name', 'client_order_ref')}))")

    @api.depends("state")
    def _compute_confirmed_on(self):
        for order in self:
            if order.state in ("draft", "sent"):
                order.confirmed_on = False
            elif order.state == "sale":
                order.confirmed_on = order.confirmed_on or order.date_order
            else:
                order.confirmed_on = order.confirmed_on

    @api.depends("state", "order_line.customer_status", "order_line.customer_open_qty")
    def _compute_customer_status(self):
        for order in self:
            order.customer_status = order._get_customer_status()

    @api.depends(
        "order_line.eta_first",
        "order_line.eta_last",
        "order_line.eta_state",
        "order_line.supplier_ordered_on",
    )
    def _compute_eta(self):
        for order in self:
            order.update(order._prepare_eta())

    @api.depends("eta_state", "eta_first", "eta_last")
    @api.depends_context("lang")
    def _compute_eta_text(self):
        for order in self:
            order.eta_text = get_eta_text(order, "eta_")

    def _compute_portal_lines(self):
        """As saved: what is being typed is not what the customer sees."""
        for order in self:
            lines = order._origin.order_line.filtered(lambda line: line._is_customer_line())
            order.portal_line_ids = lines
            order.portal_eta_change_ids = lines.eta_change_ids.sorted()

    @api.depends("order_line.customer_open_qty", "order_line.email_delivery_ids")
    def _compute_email_deliveries(self):
        for order in self:
            order.has_lines_to_email = bool(order._get_lines_to_email())
            # sudo: everybody who reads the order may know that something was sent
            order.email_delivery_count = len(order.sudo().order_line.email_delivery_ids)

    def write(self, vals):
        """A cancelled order keeps the date it was confirmed on; a promised date is a place in
        the queue for receipts.
        """
        if vals.get("state") == "cancel":
            self.mapped("confirmed_on")  # still to be computed when confirmed just now
        result = super().write(vals)
        if "commitment_date" in vals:
            waiting = self.order_line.filtered(lambda line: line.eta_state in OPEN_ETA_STATES)
            waiting._mark_waiting_eta(waiting.product_id)
        if vals.get("state") in ("sent", "sale", "cancel"):
            self._answer_requests()
        return result

    def _auto_init(self):
        """Orders that were confirmed before the installation keep their own date."""
        if not column_exists(self.env.cr, self._table, "confirmed_on"):
            create_column(self.env.cr, self._table, "confirmed_on", "timestamp")
            self.env.cr.execute(
                "UPDATE sale_order SET confirmed_on = date_order WHERE state = 'sale'"
            )
        create_computed_columns(self, ORDER_COMPUTES)  # filled after those of the lines
        return super()._auto_init()

    def _has_field_access(self, field, operation):
        """Who has no role for prices reads none over the API either."""
        if not self.env.su and self.env.user._is_price_hidden(field):
            return False
        return super()._has_field_access(field, operation)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """As core; what was written about an order names amounts, as the mail of a quotation does:
        who has no role for prices reads what was addressed to them.

        :param str message_operation: read, write, create or unlink
        :return: what a user must be able to do with each order
        :rtype: dict
        """
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        user = self.env.user
        if message_operation == "read" and user.share and not user._has_access_role("prices"):
            return dict.fromkeys(operations, "write")
        return operations

    def _get_customer_status(self):
        self.ensure_one()
        if self.state == "cancel":
            return "cancelled"
        if self.state != "sale":
            return False
        lines = self.order_line.filtered(lambda line: line._is_customer_line())
        alive = lines.filtered(lambda line: line.customer_status != "cancelled")
        if not alive:
            return "cancelled" if lines else "confirmed"
        return self._get_status_of_lines(alive)

    def _get_status_of_lines(self, lines):
        """Shipping costs and discounts are never shipped, but have to be invoiced."""
        if any(line.customer_open_qty > 0 for line in lines):
            shipped = any(line.customer_shipped_qty > 0 for line in lines)
            return "partial" if shipped else "confirmed"
        done = all(line.customer_status == "fulfilled" for line in lines)
        return "fulfilled" if done else "delivered"

    def _prepare_eta(self):
        """The range over the open lines."""
        lines = self.order_line.filtered(lambda line: line.eta_state not in (False, "none"))
        dated = lines.filtered(lambda line: line.eta_state in DATED_ETA_STATES)
        return {
            "eta_first": min(dated.mapped("eta_first"), default=False),
            "eta_last": max(dated.mapped("eta_last"), default=False),
            "eta_state": self._get_eta_state(set(lines.mapped("eta_state"))),
            "supplier_ordered_on": self._get_supplier_ordered_on(lines),
        }

    def _get_eta_state(self, states):
        if not states:
            return "none"
        if states == {"in_stock"}:
            return "in_stock"
        if not states & set(DATED_ETA_STATES):
            return "unknown"
        return "partial" if states & {"partial", "unknown"} else "known"

    def _get_supplier_ordered_on(self, lines):
        waiting = lines.filtered(lambda line: line.eta_state != "in_stock")
        if any(not line.supplier_ordered_on and not line.eta_after_hardware for line in waiting):
            return False
        return max(
            (line.supplier_ordered_on for line in self.order_line if line.supplier_ordered_on),
            default=False,
        )

    def action_open_portal_change(self):
        """Open what the customer asks to have changed.

        :return: action of the request
        """
        self.ensure_one()
        return self.portal_change_id._get_records_action()

    def action_mark_email_delivered(self):
        """Open the dialog that marks software and licences as sent.

        :return: action of the dialog
        """
        self.ensure_one()
        mark = self.env["email.delivery.mark"].create({"order_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as Sent by E-mail"),
            "res_model": mark._name,
            "res_id": mark.id,
            "view_mode": "form",
            "target": "new",
        }

    def _answer_requests(self):
        """A request for a quotation is answered by what happens to the quotation."""
        # sudo: who sends the quotation may not be who answers requests
        orders_sudo = self.sudo().filtered("portal_user_id")
        if not orders_sudo or self.env.context.get("portal_request_answering"):
            return
        requests_sudo = self.env["portal.request"].sudo()
        domain = Domain("order_id", "in", orders_sudo.ids) & Domain("kind", "=", "order")
        requests_sudo.search(domain & requests_sudo._get_open_domain())._follow_order()

    def _get_lines_to_email(self):
        """Lines of software and licences of which something is still to be sent by e-mail."""
        return self.order_line.filtered(
            lambda line: line._can_be_emailed() and line.customer_open_qty > 0
        )

    def _get_portal_amounts(self):
        """Exact amounts of the order in its currency.

        :return: ``{'lines', 'shipping', 'taxes': [(name, amount)], 'total'}``
        :rtype: dict
        """
        self.ensure_one()
        shipping = sum(self.order_line.filtered("is_delivery").mapped("price_subtotal"))
        groups = [
            group
            for subtotal in (self.tax_totals or {}).get("subtotals", [])
            for group in subtotal["tax_groups"]
        ]
        return {
            "lines": self.amount_untaxed - shipping,
            "shipping": shipping,
            "taxes": [(group["group_name"], group["tax_amount_currency"]) for group in groups],
            "total": self.amount_total,
        }

    def _change_shipping_address(self, address):
        """Send what has not left yet to another address, and tell the buyers of what a vendor
        sends there.

        :param address: ``res.partner``
        """
        self.ensure_one()
        old, position = self.partner_shipping_id, self.fiscal_position_id
        shipments = self.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        purchases = self._get_purchase_orders().filtered(lambda one: one.dest_address_id == old)
        # what core asks people to do by an activity on each shipment is done here
        self.with_context(mail_activity_automation_skip=True).partner_shipping_id = address
        shipments.filtered(lambda one: one.partner_id == old).partner_id = address
        shipments.move_ids.filtered(lambda one: one.partner_id == old).partner_id = address
        if self.fiscal_position_id != position:
            self._recompute_taxes()
        for purchase in purchases.filtered(lambda one: one.state != "cancel"):
            purchase._change_dropship_address(old, address, self)
