from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

CUSTOMER_TYPES = ("out_invoice", "out_refund", "out_receipt")
VENDOR_TYPES = ("in_invoice", "in_refund", "in_receipt")
ARTICLE_TYPES = ["ean", "maker_part_number", "article", "customer_item"]
SEARCH_LIMIT = 20
MAIL_CHOICES = [
    "portal_eta_digest",
    "portal_mail_shipped",
    "portal_mail_email_delivery",
    "portal_mail_first_eta",
]


class ResUsers(models.Model):
    _inherit = "res.users"

    portal_line_columns = fields.Char(
        "Columns of the Lines Page",
        groups="base.group_user",
        help="Keys of the columns that the user chose in the portal, separated by commas.",
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
    portal_digest_until = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Changes of dates up to then were told.",
    )

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
        if field.name in MAIL_CHOICES and self.env.user.share and not is_own:
            return False
        return super()._has_field_access(field, operation)

    def _get_access_domain(self, model_name):
        """Orders, lines, shipments, invoices and the history of dates of a portal user.

        :param model_name: technical name of a model
        :return: ``Domain`` of the records that the user may see
        """
        getters = self._get_portal_domains()
        if model_name in getters and self.active and self._is_portal():
            return Domain(getters[model_name]())
        return super()._get_access_domain(model_name)

    def _get_portal_domains(self):
        return {
            "sale.order": self._get_order_domain,
            "sale.order.line": self._get_order_line_domain,
            "sale.order.line.eta.change": self._get_eta_change_domain,
            "sale.line.delivery": self._get_email_delivery_domain,
            "stock.picking": self._get_shipment_domain,
            "account.move": self._get_invoice_domain,
            "account.move.line": self._get_invoice_line_domain,
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
        return Domain("confirmed_on", "!=", False) | Domain("state", "=", "sent")

    def _get_eta_change_domain(self):
        return Domain("sale_line_id", "any", self._get_order_line_domain())

    def _get_email_delivery_domain(self):
        return Domain("sale_line_id", "any", self._get_order_line_domain())

    def _get_shipment_domain(self):
        """What goes to the customer, from us or from a vendor, and what comes back."""
        if not self._has_access_role("orders"):
            return Domain.FALSE
        loose = Domain("sale_id", "=", False)
        ordered = Domain("sale_id", "any", self._get_visible_domain())
        return self._get_access_partner_domain("customer_partner_id") & (loose | ordered)

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

    def _get_vendor_domain(self):
        return self._get_below_domain("partner_id", self.commercial_partner_id)

    def _get_invoice_line_domain(self):
        """Lines of these documents without the cost that Odoo books beside them."""
        priced = Domain("display_type", "!=", "cogs")
        return priced & Domain("move_id", "any", self._get_invoice_domain())

    # --- search in the header of the portal -----------------------------------------------------

    def _search_portal(self, number):
        """Everything with this number that the user may see.

        An add-on above extends the list with its own group: ``groups = super()._search_portal(…)``.

        :param number: what was typed, without blanks around it; compared whole, without case
        :return: list of groups ``{'key', 'label', 'items': [{'label', 'note', 'url'}], 'total'}``;
            groups without an item are left out
        :rtype: list
        """
        self.ensure_one()
        groups = [
            self._search_portal_orders(number),
            self._search_portal_invoices(number),
            self._search_portal_shipments(number),
            self._search_portal_lines("serial", self.env._("Serial numbers"), ["serial"], number),
            self._search_portal_lines("article", self.env._("Articles"), ARTICLE_TYPES, number),
        ]
        return [group for group in groups if group["items"]]

    def _prepare_search_group(self, key, label, items, total=None):
        return {"key": key, "label": label, "items": items, "total": total or len(items)}

    def _search_portal_orders(self, number):
        text = escape_psql(number)
        domain = self._get_access_domain("sale.order") & Domain("confirmed_on", "!=", False)
        domain &= Domain("name", "=ilike", text) | Domain("client_order_ref", "=ilike", text)
        orders_sudo = self.env["sale.order"].sudo().search(domain, limit=SEARCH_LIMIT)
        items = [
            {
                "label": order.name,
                "note": order.client_order_ref or "",
                "date": order.confirmed_on,
                "url": f"/my/orders/{order.id}",
            }
            for order in orders_sudo
        ]
        return self._prepare_search_group("order", self.env._("Orders"), items)

    def _search_portal_invoices(self, number):
        text = escape_psql(number)
        domain = self._get_access_domain("account.move") & Domain("name", "=ilike", text)
        domain &= Domain("move_type", "in", CUSTOMER_TYPES)
        moves_sudo = self.env["account.move"].sudo().search(domain, limit=SEARCH_LIMIT)
        items = [
            {
                "label": move.name,
                "note": "",
                "date": move.invoice_date,
                "url": f"/my/invoices/{move.id}",
            }
            for move in moves_sudo
        ]
        return self._prepare_search_group("invoice", self.env._("Invoices and credit notes"), items)

    def _search_portal_shipments(self, number):
        """Slips, and parcels by the carrier's number."""
        text = escape_psql(number)
        domain = self._get_access_domain("stock.picking") & Domain("sale_id", "!=", False)
        domain &= Domain("name", "=ilike", text) | Domain("carrier_tracking_ref", "=ilike", text)
        pickings_sudo = self.env["stock.picking"].sudo().search(domain, limit=SEARCH_LIMIT)
        items = [
            {
                "label": picking.name,
                "note": picking.sale_id.name,
                "date": picking.date_done,
                "url": f"/my/orders/{picking.sale_id.id}#shipment-{picking.id}",
            }
            for picking in pickings_sudo
        ]
        return self._prepare_search_group("shipment", self.env._("Shipments"), items)

    def _search_portal_lines(self, key, label, number_types, number):
        lines = self.env["sale.order.line"]
        text = escape_psql(number)
        getters = self.env["sale.line.number"]._get_number_domains()
        domain = self._get_access_domain("sale.order.line") & Domain("confirmed_on", "!=", False)
        domain &= Domain.OR(getters[number_type](text) for number_type in number_types)
        lines_sudo = lines.sudo()  # inside the access domain only
        found = lines_sudo.search(domain, limit=SEARCH_LIMIT, order="confirmed_on desc, id desc")
        total = len(found)
        if total == SEARCH_LIMIT:
            total = lines_sudo.search_count(domain)
        items = [
            {
                "label": line.product_id.name,
                "note": self.env._("order %(order)s", order=line.order_id.name),
                "date": line.confirmed_on,
                "url": f"/my/orders/{line.order_id.id}#line-{line.id}",
            }
            for line in found
        ]
        return self._prepare_search_group(key, label, items, total)
