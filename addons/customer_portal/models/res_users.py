import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.partner_access.models.partner_access_role import ADMINISTRATOR

from ..tools.stored_fields import create_computed_columns
from .sale_line_number import CUSTOMER_TYPES

PRICE_NAMES = re.compile("price|amount|discount|margin|payment|tax_totals|access_token")
VENDOR_TYPES = ("in_invoice", "in_refund", "in_receipt")
MAIL_CHOICES = [
    "portal_eta_digest",
    "portal_mail_shipped",
    "portal_mail_email_delivery",
    "portal_mail_first_eta",
    "portal_mail_request",
]
COMPANY_FIELDS = {"sale.order.line.eta.change": "sale_line_id.company_id"}


class ResUsers(models.Model):
    _inherit = "res.users"

    portal_line_columns = fields.Char(
        "Columns of the Lines Page",
        groups="base.group_user",
        help="Keys of the columns that the user chose in the portal, separated by commas.",
    )

    portal_cart_ids = fields.One2many("portal.cart", "user_id", "Carts", groups="base.group_user")
    portal_cart_count = fields.Integer(
        "Articles in the Cart",
        compute="_compute_portal_cart_count",
        store=True,
        groups="base.group_user",
        help="Stored for the menu of the portal.",
    )

    portal_eta_digest = fields.Selection(
        [("every", "Every change"), ("later", "Later dates only"), ("none", "None")],
        "Digest of Changed Dates",
        default="none",
        required=True,
        help="At most one mail a day about suppliers' dates of open order lines.",
    )
    # On unless switched off: they answer the user's own order, once.
    portal_mail_shipped = fields.Boolean("Mail when Shipped", default=True)
    portal_mail_email_delivery = fields.Boolean("Mail when Sent by E-mail", default=True)
    portal_mail_first_eta = fields.Boolean("Mail for Back Orders", default=True)
    portal_mail_request = fields.Boolean("Mail for Requests", default=True)
    portal_digest_until = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Changes of dates up to then were told.",
    )

    @api.depends("company_id", "portal_cart_ids.line_ids")
    def _compute_portal_cart_count(self):
        for user in self:
            carts = user.portal_cart_ids.grouped("company_id")
            own = carts.get(user.company_id, user.portal_cart_ids.browse())
            user.portal_cart_count = len(own.line_ids)

    @property
    def SELF_READABLE_FIELDS(self):
        """Everybody reads the own choice of mails."""
        return super().SELF_READABLE_FIELDS + MAIL_CHOICES

    @property
    def SELF_WRITEABLE_FIELDS(self):
        """Everybody chooses the own mails."""
        return super().SELF_WRITEABLE_FIELDS + MAIL_CHOICES

    def write(self, vals):
        """Who asks for the digest hears of changes from now on."""
        if vals.get("portal_eta_digest", "none") != "none":
            # sudo: users do not see up to when they were told
            starting_sudo = self.sudo().filtered(lambda user: user.portal_eta_digest == "none")
            starting_sudo.portal_digest_until = fields.Datetime.now()
        return super().write(vals)

    def _has_field_access(self, field, operation):
        """Which mails somebody wants is for nobody else at the customer's to see."""
        is_own = self._origin == self.env.user or self.env.su
        if not is_own and field.name in MAIL_CHOICES and self.env.user.share:
            return False
        return super()._has_field_access(field, operation)

    def _auto_init(self):
        """There is no cart when the add-on is installed: no user is looked at."""
        create_computed_columns(self, ("_compute_portal_cart_count",))
        return super()._auto_init()

    def _get_access_domain(self, model_name):
        """Orders, lines, shipments, invoices and the history of dates of a portal user; of
        employees what their rights in Odoo leave, since pages read with sudo inside this domain.

        :param model_name: technical name of a model
        :return: ``Domain`` of the records that the user may see
        """
        getters = self._get_portal_domains()
        if model_name in getters and self._is_limited_employee():
            return self._get_employee_domain(model_name)
        if model_name in getters and self.active and self._is_portal():
            # as in Odoo's own rules: what another of our companies sold is for its own users
            company_field = COMPANY_FIELDS.get(model_name, "company_id")
            in_company = Domain(company_field, "in", self._get_company_ids())
            return in_company & Domain(getters[model_name]())
        return super()._get_access_domain(model_name)

    def _get_access_partner_ids(self):
        """Customers (ids) whose orders the user may see; the access domain is asked besides."""
        if self._get_access_scope() == "own":
            return self.sudo().partner_id.ids
        return self._get_access_root()._get_ids_below()

    def _get_frame_fields(self):
        return [*super()._get_frame_fields(), "portal_line_columns", "portal_cart_count"]

    def _is_limited_employee(self):
        """Whether Odoo's own rights are to be asked; a record rule is one of them already."""
        in_rule = self.env.context.get("partner_access_in_rule")
        return self.active and self._is_internal() and not (in_rule or self._is_superuser())

    def _get_employee_domain(self, model_name):
        if not self.env[model_name].with_user(self).has_access("read"):
            return Domain.FALSE
        return self.env["ir.rule"].with_user(self)._compute_domain(model_name, "read")

    def _get_portal_domains(self):
        return {
            "sale.order": self._get_order_domain,
            "sale.order.line": self._get_order_line_domain,
            "sale.order.line.eta.change": self._get_eta_change_domain,
            "sale.line.delivery": self._get_email_delivery_domain,
            "stock.picking": self._get_shipment_domain,
            "account.move": self._get_invoice_domain,
            "account.move.line": self._get_invoice_line_domain,
            "portal.request": self._get_request_domain,
        }

    def _get_order_domain(self):
        """Confirmed orders, and quotations that were sent."""
        if not self._has_access_role("orders"):
            return Domain.FALSE
        return self._get_access_partner_domain("partner_id") & self._get_visible_domain()

    def _get_order_line_domain(self):
        if not self._has_access_role("orders"):
            return Domain.FALSE
        return self._get_access_partner_domain("order_partner_id") & self._get_visible_domain()

    def _get_visible_domain(self):
        """What was confirmed; quotations are all about prices."""
        confirmed = Domain("confirmed_on", "!=", False)
        if not self._has_access_role("prices"):
            return confirmed
        return confirmed | Domain("state", "=", "sent")

    def _is_price_hidden(self, field):
        """Whether the user's role keeps a field of an order or its lines from him: an amount, or
        the token that opens the order with all its amounts.
        """
        if field.type != "monetary" and not PRICE_NAMES.search(field.name):
            return False
        return self.share and not self._has_access_role("prices")

    def _get_eta_change_domain(self):
        return Domain("sale_line_id", "any", self._get_order_line_domain())

    def _get_email_delivery_domain(self):
        return Domain("sale_line_id", "any", self._get_order_line_domain())

    def _get_shipment_domain(self):
        """What goes to the customer, from us or from a vendor, and what comes back."""
        if not self._has_access_role("orders"):
            return Domain.FALSE
        return self._get_access_partner_domain("customer_partner_id") & self._get_ordered_domain()

    def _get_ordered_domain(self):
        """Shipments of visible orders, and those without an order.

        The order of each shipment is looked up: "in" or "exists" would have PostgreSQL read all
        orders of all customers first.
        """
        visible = self._get_visible_domain()

        def to_sql(model, alias, query):
            order = model._field_to_sql(alias, "sale_id", query)
            own = Domain.custom(
                to_sql=lambda _model, own_alias, _query: SQL(
                    "%s = %s", SQL.identifier(own_alias, "id"), order
                )
            )
            found = model.env["sale.order"].sudo()._search(visible & own)
            return SQL("(%s IS NULL OR (%s) IS NOT NULL)", order, found.select())

        def is_ordered(picking):
            order_sudo = picking.sudo().sale_id  # the user's role decides, not his rights
            return not order_sudo or bool(order_sudo.filtered_domain(visible))

        return Domain.custom(to_sql=to_sql, predicate=is_ordered)

    def _get_invoice_domain(self):
        """Posted invoices and credit notes of the customer, and a vendor's own bills.

        An invoice to the head office belongs to a branch too, when all its order lines are of
        orders of the branch.
        """
        posted = Domain("state", "=", "posted")
        bills = Domain("move_type", "in", VENDOR_TYPES) & self._get_vendor_domain()
        if not self._has_access_role("prices"):
            return posted & bills
        billed = self._get_access_partner_domain("partner_id")
        ordered = self._get_access_partner_domain("ordering_partner_id")
        return posted & (bills | (Domain("move_type", "in", CUSTOMER_TYPES) & (billed | ordered)))

    def _get_request_domain(self):
        """Own requests for the company that one is with, and of the own branch those about orders;
        company data are for the administrators.
        """
        company_sudo = self.sudo().commercial_partner_id
        own = Domain("requester_id", "=", self.id)
        own &= Domain("commercial_partner_id", "=", company_sudo.id)
        theirs = self._get_access_partner_domain("partner_id")
        about_orders = Domain("kind", "in", ("order", "change")) & theirs
        about_company = Domain("kind", "=", "company") & theirs
        visible = own
        if self._has_access_role("orders"):
            visible |= about_orders
        if self._has_access_role(ADMINISTRATOR):
            visible |= about_company
        return visible

    def _get_vendor_domain(self):
        return self._get_below_domain("partner_id", self.commercial_partner_id)

    def _get_invoice_line_domain(self):
        """Lines of these documents without the cost that Odoo books beside them."""
        priced = Domain("display_type", "!=", "cogs")
        return priced & Domain("move_id", "any", self._get_invoice_domain())

    # --- search in the header of the portal -----------------------------------------------------

    def _search_portal(self, number, prefix=False):
        """Everything with this number that the user may see.

        An add-on above extends the list with its own group: ``groups = super()._search_portal(…)``.

        :param str number: as typed or scanned
        :param bool prefix: whether the beginning of a number is enough
        :return: list of groups ``{'key', 'label', 'items': [{'label', 'note', 'date', 'url'}],
            'total', 'is_more', 'more'}``; groups without an item are left out, ``is_more`` means
            that there may be more than the total, ``more`` is the address of all of them
        :rtype: list
        """
        self.ensure_one()
        return self.env["portal.search"].with_user(self)._get_groups(number, prefix)
