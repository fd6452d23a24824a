import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..tools.eta_text import DATED_ETA_STATES
from ..tools.portal_format import PortalFormat

KEPT = timedelta(days=30)
SWITCHES = {
    "shipped": "portal_mail_shipped",
    "email_delivery": "portal_mail_email_delivery",
    "first_eta": "portal_mail_first_eta",
}
FOUND_STATES = (*DATED_ETA_STATES, "in_stock")


class PortalNotification(models.Model):
    """A mail to one portal user about one order: queued when something happens, sent by a job.

    Who ships goods only inserts a row; the job renders mail and delivery slip after the commit.
    """

    _name = "portal.notification"
    _inherit = ["portal.mail.queue"]
    _description = "Mail to a Portal User about an Order"
    _rec_name = "order_id"

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("shipped", "Shipped"),
            ("email_delivery", "Sent by e-mail"),
            ("first_eta", "First date, or back in stock"),
        ],
        required=True,
    )
    picking_id = fields.Many2one("stock.picking", "Shipment", ondelete="cascade", index=True)
    line_ids = fields.Many2many("sale.order.line", string="Order Lines")
    delivery_ids = fields.Many2many("sale.line.delivery", string="Deliveries by E-mail")
    _pending_idx = models.Index("(id) WHERE sent_on IS NULL AND error IS NULL")

    # --- queue ------------------------------------------------------------------------------------

    @api.model
    def _get_audience(self, order):
        """Portal users whom an order concerns, whatever mails they want.

        The person who ordered; an order in the name of a company concerns all of that branch who
        may see it. A person who left has no say any more.

        :return: ``res.users`` (sudo)
        """
        contact_sudo = order.sudo().partner_id
        users_sudo = contact_sudo.user_ids.filtered(lambda user: user._is_portal())
        if not users_sudo:
            company = contact_sudo.commercial_partner_id
            domain = Domain("share", "=", True)
            domain &= Domain("partner_id.commercial_partner_id", "=", company.id)
            users_sudo = self.env["res.users"].sudo().search(domain)
        return users_sudo.filtered(lambda user: self._may_see(user, order))

    @api.model
    def _may_see(self, user, order):
        domain = user._get_access_domain("sale.order") & Domain("confirmed_on", "!=", False)
        return user._is_portal() and bool(order.sudo().filtered_domain(domain))

    @api.model
    def _queue(self, kind, order, **vals):
        """Tell those whom an order concerns and who want it; wake the job.

        :return: ``res.users`` (sudo) whom the order concerns; none while data is imported
        """
        if self.env.context.get("tracking_disable"):
            return self.env["res.users"].sudo()
        audience = self._get_audience(order)
        wanting = audience.filtered(SWITCHES[kind])
        self.create(
            [{"kind": kind, "order_id": order.id, "user_id": user.id, **vals} for user in wanting]
        )
        if wanting:
            self.env.ref("customer_portal.ir_cron_portal_notification")._trigger()
        return audience

    @api.model
    def _queue_email_deliveries(self, deliveries):
        """One mail an order for what is marked in one go."""
        domain = Domain("kind", "=", "email_delivery") & self._get_queued_domain()
        for order, sent in deliveries.grouped("order_id").items():
            commands = [Command.link(delivery.id) for delivery in sent]
            queued = self.search(domain & Domain("order_id", "=", order.id))
            if queued:
                queued.delivery_ids = commands
            else:
                self._queue("email_delivery", order, delivery_ids=commands)

    @api.model
    def _queue_found(self, company, since, until):
        """Back orders of a company that got their first date, or goods: one mail an order."""
        lines_sudo = self.env["sale.order.line"].sudo()
        found = lines_sudo.search(
            Domain("company_id", "=", company.id)
            & Domain("date_found_on", ">", since)
            & Domain("date_found_on", "<=", until)
            & Domain("eta_state", "in", FOUND_STATES)
        )
        for order, lines in found.grouped("order_id").items():
            self._queue("first_eta", order, line_ids=[Command.set(lines.ids)])

    # --- job --------------------------------------------------------------------------------------

    def _send(self, printed):
        """Queue the mail, or drop it when nobody wants it or nothing is left to say.

        :param dict printed: slips by shipment: one is printed once for all readers
        """
        template = self.env.ref(f"customer_portal.mail_template_{self.kind}", False)
        if not template or not template.active or not self._is_wanted():
            self.unlink()
            return
        template.send_mail(self.id, email_values=self._prepare_email_values(printed))
        self.sent_on = fields.Datetime.now()

    def _is_wanted(self):
        user_sudo = self.user_id.sudo()
        if not user_sudo.active or not user_sudo[SWITCHES[self.kind]]:
            return False
        return self._may_see(user_sudo, self.order_id) and bool(self._get_content())

    def _get_content(self):
        """What the mail is about, empty when there is nothing left."""
        if self.kind == "shipped":
            return self.picking_id.filtered(lambda picking: picking.state == "done")
        if self.kind == "email_delivery":
            return self.delivery_ids
        return self._get_found_lines()

    def _get_found_lines(self):
        """Lines that still have their date, or goods.

        The digest of all changes names first dates already; who gets it reads of goods only.
        """
        states = ["in_stock"]
        if self.user_id.portal_eta_digest != "every":
            states += DATED_ETA_STATES
        return self.line_ids.filtered(lambda line: line.eta_state in states)

    def _prepare_email_values(self, slips):
        """The address of the register, and the delivery slip."""
        values = {"email_to": self.user_id._get_link_address()}
        picking = self.picking_id
        if picking and picking.id not in slips:
            slips[picking.id] = self._prepare_slip()
        if picking:
            values["attachments"] = [slips[picking.id]]
        return values

    def _prepare_slip(self):
        # sudo: reports are read by the job
        reports_sudo = self.env["ir.actions.report"].sudo()
        content, kind = reports_sudo._render_qweb_pdf(
            "stock.action_report_delivery", self.picking_id.ids
        )
        name = self.picking_id.name.replace("/", "-")
        return f"{name}.{kind}", base64.b64encode(content)

    @api.autovacuum
    def _gc_sent(self):
        """Forget what was sent, or failed, a month ago."""
        limit = fields.Datetime.now() - KEPT
        self.search([("create_date", "<", limit)], limit=10_000).unlink()

    # --- what the mails say -----------------------------------------------------------------------

    def _get_format(self):
        """Dates and quantities in the language of the mail, days where the user is."""
        tz = self.user_id.tz or self.company_id.partner_id.tz or "UTC"
        return PortalFormat(self.with_context(tz=tz).env)

    def _prepare_shipment(self):
        """What the mail about a shipment shows.

        :return: ``{'day', 'carrier', 'links': [(number, url)], 'contents': [{'name', 'quantity',
            'serials': [text]}], 'open': [{'name', 'quantity', 'date'}]}``; quantities and days as
            text
        :rtype: dict
        """
        self.ensure_one()
        fmt, picking = self._get_format(), self.picking_id
        contents = picking._get_customer_contents()[picking.id]
        open_lines = self.order_id.order_line.filtered(lambda line: line.customer_open_qty > 0)
        return {
            "day": fmt.full_day(picking.date_done),
            "carrier": picking.carrier_id.name or "",
            "links": picking._get_tracking_links(),
            "contents": [
                {
                    "name": content["name"],
                    "quantity": fmt.quantity(content["quantity"]),
                    "serials": content["serials"].mapped("name"),
                }
                for content in contents
            ],
            "open": [self._prepare_line(line, fmt) for line in open_lines],
        }

    def _prepare_line(self, line, fmt):
        """An open line with what is known of its date."""
        eta = line._get_portal_eta(fmt.today)
        is_open = eta["state"] == "partial"
        arrives = fmt.period(eta["first"], eta["last"], is_open) if eta["first"] else ""
        return {
            "line": line,
            "name": line.product_id.name,
            "number": line.product_id.maker_part_number or line.product_id.default_code or "",
            "quantity": fmt.quantity(line.customer_open_qty),
            "state": eta["state"],
            "arrives": arrives,
            "ships": fmt.period(eta["ship_first"], eta["ship_last"], is_open)
            if eta["ship_first"]
            else "",
        }

    def _prepare_found(self):
        """Lines of the mail about first dates and goods.

        :return: list of what :meth:`_prepare_line` answers
        """
        fmt = self._get_format()
        return [self._prepare_line(line, fmt) for line in self._get_found_lines()]

    def _prepare_email_deliveries(self):
        """What was sent by e-mail, without the keys: those are on the order page only.

        :return: list of ``{'name', 'number', 'quantity', 'day', 'key_count'}``
        """
        fmt = self._get_format()
        return [
            {
                "name": delivery.product_id.name,
                "number": delivery.product_id.maker_part_number or "",
                "quantity": fmt.quantity(delivery.quantity),
                "day": fmt.full_day(delivery.date),
                "key_count": len(delivery._get_keys()),
                "line_id": delivery.sale_line_id.id,
            }
            for delivery in self.delivery_ids
        ]
