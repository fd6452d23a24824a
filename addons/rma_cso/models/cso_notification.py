import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

KEPT = timedelta(days=60)
DECIDED_STATES = ("decided", "credited", "settled")
# States of a position in which a mail about an event still says what is true.
EVENT_STATES = {
    "authorised": ("authorised", "received", "to_decide", "decided", "credited"),
    "refused": ("refused",),
    "asked": ("asked",),
    "extended": ("authorised",),
    "reminder": ("authorised",),
    "expired": ("expired",),
    "withdrawn": ("withdrawn",),
    "tested": ("to_decide", *DECIDED_STATES),
    "decided": DECIDED_STATES,
    "credited": DECIDED_STATES,
    "objected": ("review", "asked"),
}
# What happened to the goods and was decided, as far as a mail tells it.
EVENT_FACTS = {
    "received": ("_get_receipt_facts",),
    "tested": ("_get_test_facts",),
    "decided": ("_get_test_facts", "_get_outcome_facts"),
    "credited": ("_get_outcome_facts",),
    "shipped": ("_get_outcome_facts",),
}
# Mails that bring what somebody wrote.
MESSAGE_EVENTS = ("message", "answer")
# Mails that bring the return form.
FORM_EVENTS = ("submitted", "authorised", "extended")


class CsoNotification(models.Model):
    """A mail about a case: noted when something happens, made by a job after the commit."""

    _name = "cso.notification"
    _inherit = ["portal.mail.queue"]
    _description = "Mail About a Return Case"
    _rec_name = "event"

    rma_id = fields.Many2one("cso.rma", "Case", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    event = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("authorised", "Authorised"),
            ("refused", "Refused"),
            ("asked", "Asked back"),
            ("extended", "Extended"),
            ("reminder", "Reminder before the end"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
            ("received", "Arrived"),
            ("tested", "Tested"),
            ("decided", "Decided"),
            ("credited", "Credit note posted"),
            ("shipped", "Shipped"),
            ("objected", "Objection of the customer"),
            ("message", "Message of the desk"),
            ("answer", "Message of the customer"),
        ],
        required=True,
    )
    line_ids = fields.Many2many("cso.rma.line", string="Positions")
    message_ids = fields.Many2many("mail.message", string="Messages")

    _pending_idx = models.Index("(id) WHERE sent_on IS NULL AND error IS NULL")

    # ------------------------------------------------------------------ queue
    @api.model
    def _queue(self, event, case, lines=None, messages=None):
        """Note a mail about a case and wake the job; what one transaction notes is one mail.

        :param str event: one of the kinds of ``event``
        :param case: ``cso.rma``
        :param lines: positions (``cso.rma.line``) that it is about
        :param messages: ``mail.message`` that it brings
        """
        values = {
            "line_ids": [Command.link(number) for number in (lines or ()) and lines.ids],
            "message_ids": [Command.link(number) for number in (messages or ()) and messages.ids],
        }
        domain = Domain("rma_id", "=", case.id) & Domain("event", "=", event)
        domain &= self._get_queued_domain()
        queued = self.search(domain, limit=1)
        if queued:
            queued.write(values)
        else:
            self.create({"event": event, "rma_id": case.id, **values})
        self._wake()

    @api.model
    def _wake(self):
        """Have the mails made after this transaction, so that who acts does not wait."""
        cron_sudo = self.env.ref("rma_cso.ir_cron_cso_notification").sudo()  # no portal right
        cron_sudo._trigger()

    # ------------------------------------------------------------------ job
    def _note_failure(self, text):
        """Extend `customer_portal`: tell the desk that the customer has no mail; who mends it
        sends it again.
        """
        events = dict(self._fields["event"]._description_selection(self.env))
        self.rma_id.message_post(
            body=self.env._(
                "The mail “%(event)s” could not be made; the customer has none: %(error)s",
                event=events[self.event],
                error=text,
            ),
            subtype_xmlid="mail.mt_note",
        )
        return super()._note_failure(text)

    def _send(self, printed):
        """Queue the mail, or drop it when nothing of it is left to say.

        :param dict printed: not used, a case has one reader
        """
        self.ensure_one()
        template = self.env.ref(f"rma_cso.mail_template_cso_{self.event}", False)
        if not template or not template.active or not self._is_true():
            self.unlink()
            return
        if not self._get_address():
            raise UserError(self.env._("Nobody of the customer has an address for mails."))
        self.sent_on = fields.Datetime.now()
        template.send_mail(self.id, email_values=self._prepare_email_values())

    def _is_true(self):
        """Return whether what the mail says is still so, and somebody is to be told."""
        if self._is_for_desk() and not self._get_address():
            return False
        if self.event in MESSAGE_EVENTS:
            return bool(self.message_ids)
        if self.event == "credited":
            return bool(self._get_documents())
        if self.event == "shipped":
            return bool(self._get_shipments())
        return self.event not in EVENT_STATES or bool(self._get_lines())

    def _get_lines(self):
        """Return the positions that the mail is still true of."""
        states = EVENT_STATES.get(self.event)
        lines = self.line_ids or self.rma_id.line_ids
        return lines.filtered(lambda line: not states or line.state in states)

    def _prepare_email_values(self):
        """Return where the mail goes and where it belongs: to the case, where replies go too."""
        values = {"model": "cso.rma", "res_id": self.rma_id.id, "email_to": self._get_address()}
        if self.event in FORM_EVENTS:
            values["attachments"] = [self._prepare_return_form()]
        if self.event == "credited" and self._has_role("prices"):
            values["attachments"] = [
                self._prepare_document_file(one) for one in self._get_documents()
            ]
        if self.event == "shipped" and self._has_role("orders"):
            values["attachments"] = [self._prepare_slip(one) for one in self._get_shipments()]
        return values

    # ------------------------------------------------------------------ reader
    def _is_for_desk(self):
        return self.event == "answer"

    def _get_address(self):
        """Return the address of who is mailed, empty where there is nobody."""
        self.ensure_one()
        if self._is_for_desk():
            return self.company_id.cso_returns_email or ""
        contact = self.rma_id._get_contact()
        user_sudo = contact.user_ids[:1].sudo()  # the address of the register counts
        return (user_sudo and user_sudo._get_link_address()) or contact.email or ""

    def _get_lang(self):
        """Return the language of who is mailed."""
        self.ensure_one()
        company_lang = self.company_id.partner_id.lang
        if self._is_for_desk():
            return company_lang
        return self.rma_id._get_contact().lang or company_lang

    def _get_format(self):
        """Return the formats of days and quantities where the reader is."""
        users = self.rma_id._get_contact().user_ids[:1]
        tz = users.tz or self.company_id.resource_calendar_id.tz or "UTC"
        return PortalFormat(self.with_context(tz=tz).env)

    def _get_url(self):
        """Return the address of the page of the case, for its reader."""
        self.ensure_one()
        if self._is_for_desk():
            return f"/odoo/{self.rma_id._name}/{self.rma_id.id}"
        return self.rma_id.access_url

    def _has_sign_in(self):
        """Return whether the reader can open the page of the case."""
        self.ensure_one()
        return self._is_for_desk() or bool(self.rma_id._get_contact().user_ids)

    def _has_role(self, code):
        """Return whether the reader may see what this role opens; who has no sign-in is the
        contact that the desk has named.

        :param str code: orders or prices
        """
        self.ensure_one()
        users_sudo = self.rma_id._get_contact().user_ids[:1].sudo()  # roles of the register
        return not users_sudo or users_sudo._has_access_role(code)

    # ------------------------------------------------------------------ what the mails say
    def _prepare_positions(self):
        """Return the positions of the mail with what each line of it says.

        :return: list of dicts: ``line``, ``number``, ``quantity`` and ``until`` as texts
        """
        self.ensure_one()
        fmt = self._get_format()
        numbers = {line: number for number, line in enumerate(self.rma_id.line_ids, start=1)}
        instead = self._get_lines()._get_possible_instead()
        return [
            {
                "line": line,
                "number": numbers[line],
                "quantity": fmt.quantity(line.quantity),
                "until": line.valid_until and fmt.full_day(line.valid_until),
                "fee": line.fee_percent and f"{fmt.quantity(line.fee_percent)} %",
                "instead": instead.get(line, []),
                "facts": self._get_position_facts(line),
                "next": [now for now, _then in line._get_outlook()],
            }
            for line in self._get_lines()
        ]

    def _get_position_facts(self, line):
        """Return what this mail tells of a position: list of sentences."""
        getters = EVENT_FACTS.get(self.event, ("_get_facts",))
        return [text for getter in getters for text in getattr(line, getter)()]

    def _get_documents(self):
        """Return the credit notes and invoices (``account.move``) that this mail brings.

        They were posted in the transaction that noted the mail, or later.
        """
        moves = self._get_lines().refund_line_ids.move_id
        return moves.filtered(
            lambda move: move.state == "posted" and self._is_new(move.cso_posted_on)
        ).sorted("id")

    def _get_shipments(self):
        """Return the shipments (``stock.picking``) to the customer that this mail is about."""
        by_position = self._get_lines()._get_shipments_sudo()
        pickings = self.env["stock.picking"].union(*by_position.values())
        return pickings.filtered(
            lambda picking: picking.state == "done" and self._is_new(picking.date_done)
        ).sorted("id")

    def _is_new(self, moment):
        """Return whether a moment is of the transaction that noted this mail, or later."""
        return bool(moment) and moment >= self.create_date.replace(microsecond=0)

    def _get_document_title(self):
        """Return the credit notes and invoices of this mail by kind and number."""
        return ", ".join(
            self.env._("credit note %(name)s", name=move.name)
            if move.move_type == "out_refund"
            else self.env._("invoice %(name)s", name=move.name)
            for move in self._get_documents()
        )

    def _prepare_documents(self):
        """Return what the mail says of its credit notes and invoices.

        :return: list of dicts of texts: ``name``, ``is_credit``, ``day``, ``invoice`` (that is
            credited) and ``amount`` (with tax; empty for who may not see prices)
        """
        fmt, has_prices = self._get_format(), self._has_role("prices")
        return [
            {
                "name": move.name,
                "is_credit": move.move_type == "out_refund",
                "day": fmt.full_day(move.invoice_date),
                "invoice": move.reversed_entry_id.name,
                "amount": fmt.money(move.amount_total, move.currency_id) if has_prices else "",
            }
            for move in self._get_documents()
        ]

    def _prepare_shipments(self):
        """Return what the mail says of shipments.

        :return: list of dicts: ``day``, ``carrier``, ``links`` (pairs of tracking number and
            address), ``address`` (res.partner) and ``contents`` (name, quantity and serials as
            text)
        """
        fmt, shipments = self._get_format(), self._get_shipments()
        contents = shipments._get_customer_contents()
        return [
            {
                "day": fmt.full_day(picking.date_done),
                "carrier": picking.carrier_id.name or "",
                "links": picking._get_tracking_links(),
                "address": picking._get_customer_address(),
                "contents": [
                    (one["name"], fmt.quantity(one["quantity"]), one["serials"].mapped("name"))
                    for one in contents[picking.id]
                ],
            }
            for picking in shipments
        ]

    def _get_extension_texts(self):
        """Return why these positions are valid for longer, each reason once."""
        texts = self._get_lines().filtered("extension_text").mapped("extension_text")
        return list(dict.fromkeys(texts))

    def _get_address_lines(self, partner):
        """Return the lines of an address as the return form has them."""
        return self.env["report.rma_cso.report_return_form"]._get_address_lines(partner)

    def _prepare_sendings(self):
        """Return what is to be sent where, as of ``cso.rma._get_sendings``."""
        return self.rma_id._get_sendings(self._get_lines())

    def _prepare_return_form(self):
        """Return the name and content of the return form, as mails take it."""
        return self._prepare_report("rma_cso.action_report_return_form", self.rma_id)

    def _prepare_document_file(self, move):
        """Return the name and content of a credit note or invoice, as mails take it; what was
        printed for the customer before is not printed again.
        """
        kept = move.invoice_pdf_report_id
        if kept:
            return kept.name, base64.b64encode(kept.raw)
        return self._prepare_report("account.account_invoices", move)

    def _prepare_slip(self, picking):
        """Return the name and content of a delivery slip, as mails take it."""
        return self._prepare_report("stock.action_report_delivery", picking)

    def _prepare_report(self, report, record):
        reports_sudo = self.env["ir.actions.report"].sudo()  # read by the job
        content, kind = reports_sudo.with_company(self.company_id)._render_qweb_pdf(
            report, record.ids
        )
        return f"{record.name.replace('/', '-')}.{kind}", base64.b64encode(content)

    @api.autovacuum
    def _gc_sent(self):
        """Forget what was sent two months ago."""
        limit = fields.Datetime.now() - KEPT
        self.search([("sent_on", "<", limit)], limit=10_000).unlink()
