from collections import Counter
from datetime import datetime, time

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, plaintext2html

from odoo.addons.customer_portal.models.sale_line_number import get_number_index

from ..tools import get_records_action

# Written when a case is made, submitted or confirmed, or computed: never by hand.
LOCKED_FIELDS = {
    "name",
    "company_id",
    "partner_id",
    "user_id",
    "channel",
    "submitted_on",
    "state",
    "valid_until",
    "is_customer_due",
    "is_mail_failed",
    "closed_on",
    "unanswered_since",
    "line_ids",
    "notification_ids",
    "picking_ids",
    "files_deleted_on",
}
# Types of messages that somebody wrote, here or by mail.
CUSTOMER_MESSAGES = ("comment", "email")
# What staff does next with a position in this state.
STEPS = ("review", "asked", "authorised", "received", "to_decide", "decided")


class CsoRma(models.Model):
    _name = "cso.rma"
    _description = "Return Case"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "cso.api",
        "cso.case.delivery",
        "cso.case.documents",
        "cso.case.activity",
        "cso.case.receipt",
        "cso.case.claim",
        "cso.case.retention",
    ]
    _order = "submitted_on desc, id desc"
    # What the customer has to do comes first, the earliest day on top.
    _due_order = "is_customer_due desc, valid_until, submitted_on desc, id desc"
    _check_company_auto = True

    @api.model
    def _get_default_contact(self):
        """Return the person who registers, where that is somebody of the customer."""
        return self.env.user._is_portal() and self.env.user.partner_id

    @api.model
    def _get_clerk_domain(self):
        """Return the domain of users who work at the desk."""
        return [("all_group_ids", "in", self.env.ref("rma_cso.group_cso_user").ids)]

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        tracking=True,
        help="The customer's company or branch.",
    )
    user_id = fields.Many2one(
        "res.users", "Registered By", required=True, index=True, default=lambda self: self.env.user
    )
    contact_id = fields.Many2one(
        "res.partner",
        index=True,
        tracking=True,
        default=lambda self: self._get_default_contact(),
        help="The person at the customer to whom we talk; reads this case as an own one.",
    )
    channel = fields.Selection(
        [
            ("portal", "Portal"),
            ("phone", "Phone"),
            ("mail", "E-mail"),
            ("desk", "At the desk"),
            ("api", "Customer's system"),
        ],
        required=True,
        readonly=True,
        default=lambda self: "portal" if self.env.user._is_portal() else "desk",
        help="How the case reached us.",
    )
    # The clerk's own words, not the customer's to read.
    caller = fields.Char(groups="base.group_user", help="Who called, as the clerk noted it.")
    clerk_id = fields.Many2one(
        "res.users",
        "Assigned To",
        index=True,
        tracking=True,
        domain=lambda self: self._get_clerk_domain(),
        help="Clerk of the returns desk who takes care of this case.",
    )
    reference = fields.Char("Customer Reference")
    idempotency_key = fields.Char(
        copy=False, groups="base.group_system", help="Of the program that registered this case."
    )
    idempotency_hash = fields.Char(
        copy=False, groups="base.group_system", help="What the program sent with the key."
    )
    return_address_id = fields.Many2one(
        "res.partner",
        help="Where goods go back to when they cannot be accepted.",
    )
    submitted_on = fields.Datetime(
        readonly=True, copy=False, index=True, tracking=True, help="Empty: still a cart."
    )
    state = fields.Selection(
        [
            ("draft", "Cart"),
            ("review", "To authorise"),
            ("asked", "Waiting for the customer"),
            ("waiting", "Awaiting goods"),
            ("handling", "In progress"),
            ("closed", "Closed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("cso.rma.line", "rma_id", "Positions")
    line_count = fields.Integer("Number of Positions", compute="_compute_line_count")
    todo = fields.Char("To Do", compute="_compute_todo")
    is_to_decide = fields.Boolean("To Be Decided", compute="_compute_is_to_decide")
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        help="Earliest day on which an authorisation of this case ends; the day is included.",
    )
    is_customer_due = fields.Boolean(
        "Customer's Turn",
        compute="_compute_is_customer_due",
        store=True,
        help="The customer has to send goods or to answer.",
    )
    closed_on = fields.Datetime(
        compute="_compute_closed_on", store=True, help="When its last position was settled."
    )
    notification_ids = fields.One2many("cso.notification", "rma_id", "Mails")
    is_mail_failed = fields.Boolean(
        "Mail Failed",
        compute="_compute_is_mail_failed",
        store=True,
        help="A mail to the customer could not be made; it is not tried again by itself.",
    )
    unanswered_since = fields.Datetime(
        "Message to Answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the customer wrote what the desk has not answered yet.",
    )
    picking_ids = fields.One2many("stock.picking", "cso_rma_id", "Receipts")
    picking_count = fields.Integer("Number of Receipts", compute="_compute_picking_count")
    refund_ids = fields.Many2many(
        "account.move", string="Credit Notes", compute="_compute_refund_ids"
    )
    refund_count = fields.Integer("Number of Credit Notes", compute="_compute_refund_ids")

    _number_idx = models.Index(get_number_index("name", "submitted_on IS NOT NULL"))
    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'", "This case number exists already."
    )

    _idempotency_unique = models.UniqueIndex(
        "(user_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
        "This key was used for another case already.",
    )

    # ------------------------------------------------------------------ computes
    def _compute_access_url(self):
        super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/returns/{case.id}"

    @api.depends("submitted_on", "line_ids.state")
    def _compute_state(self):
        for case in self:
            case.state = case._get_state()

    @api.depends("line_ids")
    def _compute_line_count(self):
        for case in self:
            case.line_count = len(case.line_ids)

    @api.depends("line_ids.state")
    @api.depends_context("lang")
    def _compute_todo(self):
        labels = dict(self.env["cso.rma.line"]._fields["state"]._description_selection(self.env))
        for case in self:
            counts = Counter(case.line_ids.mapped("state"))
            case.todo = ", ".join(
                f"{labels[step]}: {counts[step]}" for step in STEPS if counts[step]
            )

    @api.depends("line_ids.state")
    def _compute_is_to_decide(self):
        for case in self:
            case.is_to_decide = "to_decide" in case.line_ids.mapped("state")

    @api.depends("line_ids.valid_until", "line_ids.is_to_send")
    def _compute_valid_until(self):
        for case in self:
            to_send = case.line_ids.filtered("is_to_send")
            case.valid_until = min(to_send.mapped("valid_until"), default=False)

    @api.depends("line_ids.state", "line_ids.is_to_send")
    def _compute_is_customer_due(self):
        for case in self:
            case.is_customer_due = any(
                line.is_to_send or line.state == "asked" for line in case.line_ids
            )

    @api.depends("state")
    def _compute_closed_on(self):
        for case in self:
            is_closed = case.state == "closed"
            case.closed_on = is_closed and (case.closed_on or fields.Datetime.now())

    @api.depends("notification_ids.error")
    def _compute_is_mail_failed(self):
        for case in self:
            case.is_mail_failed = any(case.notification_ids.mapped("error"))

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for case in self:
            case.picking_count = len(case.picking_ids)

    @api.depends("line_ids.refund_ids")
    def _compute_refund_ids(self):
        for case in self:
            case.refund_ids = case.line_ids.refund_ids
            case.refund_count = len(case.refund_ids)

    # ------------------------------------------------------------------ constrains
    @api.constrains("contact_id", "partner_id", "user_id")
    def _check_contact(self):
        """Keep strangers out: a contact reads the case, so it belongs to the customer."""
        for case in self.filtered("contact_id"):
            is_own = case.contact_id == case.user_id.partner_id
            top = case.partner_id._get_top_company()
            if not is_own and case.contact_id._get_top_company() != top:
                raise ValidationError(self.env._("The contact is not one of this customer."))

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):
        """Extend: what was requested and what was decided is not changed by hand.

        :raise UserError: where a field is not the desk's to change
        """
        self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        """Refuse changes by hand to anything but the references and the address."""
        locked = LOCKED_FIELDS & set(vals)
        if self.env.su or not locked:
            return
        self.check_access("write")
        field = self._fields[min(locked)]._description_string(self.env)
        raise UserError(self.env._("%(field)s of a case cannot be changed by hand.", field=field))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        """Keep what was submitted; it can be refused or withdrawn."""
        if self.filtered("submitted_on"):
            raise UserError(self.env._("A submitted case cannot be deleted."))

    # ------------------------------------------------------------------ business
    def _get_state(self):
        """Return the state that follows from the positions: what is waited for first."""
        self.ensure_one()
        if not self.submitted_on:
            return "draft"
        states = set(self.line_ids.mapped("state"))
        for state, shown in (("review", "review"), ("asked", "asked"), ("authorised", "waiting")):
            if state in states:
                return shown
        return "handling" if states & {"received", "to_decide", "decided"} else "closed"

    def _get_position_states(self):
        """Return the states of the positions, each once, in the order of the positions."""
        self.ensure_one()
        return list(dict.fromkeys(self.line_ids.mapped("state")))

    def _submit(self):
        """Submit this cart as a case: all of its positions, or nothing.

        A second call, also one at the same moment, finds the case made and changes nothing.

        :return: the case
        :raise UserError: naming each position that is not possible (any more), with the reason
        """
        self.ensure_one()
        self._lock()
        if self.submitted_on:
            return self
        self.line_ids.sale_line_id._lock_for_claim()
        answers = self._check_positions()
        taking = self.line_ids.filtered("reason_id.takes_units")
        taking.sale_line_id._raise_claim_limit(
            {line.sale_line_id.id: answers[line]["claim_limit"] for line in taking}
        )
        self._number()
        self.line_ids._claim(answers)
        self._end_drafts()
        self._request_confirmation()
        return self

    def _end_drafts(self):
        """Forget changes of positions that were begun and not finished: each goes as it is."""
        drafts_sudo = self.env["cso.form.draft"].sudo()  # nobody may read drafts
        drafts_sudo.search([("position_id", "in", self.line_ids.ids)]).unlink()

    def _split_possible(self):
        """Move the positions that are not possible (any more) into a cart of their own.

        :return: this cart with the others, or an empty recordset where none is possible
        """
        self.ensure_one()
        self._lock()
        if self.submitted_on:
            return self
        objections = self.line_ids._get_objections()
        impossible = self.line_ids.filtered(lambda line: objections[line])
        if impossible == self.line_ids:
            return self.browse()
        if impossible:
            impossible.rma_id = self.copy()
        return self

    def _lock(self):
        """Lock this case against a second submission; the loser is run again by the server."""
        self.env.execute_query(
            SQL("SELECT id FROM cso_rma WHERE id IN %s FOR UPDATE", tuple(self.ids) or (0,))
        )

    def _check_positions(self):
        """Refuse to submit while something speaks against a position; else return the answers."""
        if not self.line_ids:
            raise UserError(self.env._("There is no position to submit."))
        answers = self.line_ids._get_answers()
        texts = [
            f"{line.product_id.display_name}: {objection['text']}"
            for line, answer in answers.items()
            for objection in answer["objections"]
        ]
        if texts:
            raise UserError("\n".join(texts))
        return answers

    def _number(self):
        """Give the case its number and its moment."""
        sequence = self.env["ir.sequence"].with_company(self.company_id)
        self.write(
            {"name": sequence.next_by_code("cso.rma"), "submitted_on": fields.Datetime.now()}
        )

    # ------------------------------------------------------------------ mails
    def _get_contact(self):
        """Return the person at the customer who is mailed (res.partner); empty where none is left.

        The contact of the case, else the portal user who registered it. Who has no sign-in any
        more is not told of cases any more.
        """
        self.ensure_one()
        is_portal = self.user_id.sudo()._is_portal()  # also asked for customers, who read no groups
        registered_by = self.user_id.partner_id if is_portal else self.contact_id
        contact_sudo = (self.contact_id or registered_by).sudo()
        users_sudo = contact_sudo.with_context(active_test=False).user_ids
        is_left = users_sudo and not any(users_sudo.mapped("active"))
        return contact_sudo.browse() if is_left or not contact_sudo.active else contact_sudo

    def _get_sendings(self, lines=None):
        """Return what is to be sent where, one parcel per receiving address.

        :param lines: positions to look at; all of the case when left out
        :return: list of dicts: ``address`` (res.partner), ``lines`` (positions) and
            ``valid_until`` (date, the day is included)
        """
        self.ensure_one()
        lines = self.line_ids if lines is None else lines
        parcels = lines.filtered(lambda line: line.state == "authorised").grouped(
            lambda line: line._get_receiving_partner()
        )
        return [
            {
                "address": address,
                "lines": sent,
                "valid_until": min(
                    sent.filtered("valid_until").mapped("valid_until"), default=False
                ),
            }
            for address, sent in parcels.items()
        ]

    def _request_confirmation(self):
        """Have the confirmation mailed after this transaction, so that submitting stays quick."""
        for case in self:
            self.env["cso.notification"].sudo()._queue("submitted", case)  # no portal right

    # ------------------------------------------------------------------ messages
    def _get_customer_messages(self):
        """Return the messages between customer and desk (mail.message), oldest first.

        Notes of the staff and mails that were made by themselves are none.
        """
        self.ensure_one()
        return self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", CUSTOMER_MESSAGES),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                ("is_internal", "=", False),
            ],
            order="id",
        )

    def _post_customer_message(self, text, files=(), line=None):
        """Post what the customer writes to the desk; posted twice in a row, it stands there once.

        :param str text: as typed
        :param files: pairs of file name and content (bytes)
        :param line: position (cso.rma.line) whose question it answers
        :return: the message (mail.message)
        :raise UserError: where nothing is said, or with what is wrong with a file
        """
        self.ensure_one()
        if not (text or files):
            raise UserError(self.env._("Please write a message."))
        body = self._prepare_message_body(text, line)
        last = self._get_customer_messages()[-1:]
        if not files and last.author_id == self.env.user.partner_id and last.body == body:
            return last
        return self.message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            partner_ids=self.clerk_id.partner_id.ids,
            attachment_ids=self._create_message_files(files).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _prepare_message_body(self, text, line):
        """Return the typed text as HTML, below the question that it answers."""
        body = plaintext2html(text or "")
        if not line:
            return body
        question = self.env._(
            "Answer to “%(question)s” (%(article)s)",
            question=line.question,
            article=line.product_id.name,
        )
        return Markup("<p><i>%s</i></p>") % question + body

    def _create_message_files(self, files):
        """Keep the files of a message, which takes them to the case; kinds as for a position."""
        limit = self.company_id.cso_position_files
        if len(files) > limit:
            raise UserError(self.env._("At most %(limit)s files at once.", limit=limit))
        checks = self.env["portal.file.check"]
        return self.env["ir.attachment"].create(
            [
                {
                    **checks._prepare_attachment_values(name, content),
                    # of customers, `mail` takes only what is marked as just uploaded
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                    "cso_kind": "message",
                }
                for name, content in files
            ]
        )

    def _message_post_after_hook(self, message, msg_values):
        """Extend `mail`: tell the other side of a message between customer and desk."""
        result = super()._message_post_after_hook(message, msg_values)
        is_comment = message.subtype_id == self.env.ref("mail.mt_comment")
        is_open = message.message_type in CUSTOMER_MESSAGES and not message.is_internal
        for case in self.filtered("submitted_on") if is_comment and is_open else ():
            case._tell_other_side(message)
        return result

    def _tell_other_side(self, message):
        """Have a message mailed to the customer or the desk, whoever did not write it."""
        users_sudo = message.sudo().author_id.user_ids  # who writes may not read all users
        is_desk = any(user._is_internal() for user in users_sudo)
        case_sudo = self.sudo()  # nobody notes it by writing fields
        case_sudo.unanswered_since = not is_desk and fields.Datetime.now()
        event = "message" if is_desk else "answer"
        case_sudo.env["cso.notification"]._queue(event, case_sudo, messages=message)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Extend `mail`: customers are told by the mails of the case, in their language."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        told = (self.contact_id | self.user_id.partner_id).ids
        chosen = (msg_vals or {}).get("partner_ids") or message.partner_ids.ids
        return [
            one
            for one in recipients
            if not one["share"] or (one["id"] in chosen and one["id"] not in told)
        ]

    # ------------------------------------------------------------------ receipts
    def _ensure_receipt(self, warehouse):
        """Return the open receipt of this case in a warehouse, made when there is none."""
        self.ensure_one()
        picking = self.picking_ids.filtered(
            lambda picking: (
                picking.picking_type_id == warehouse.cso_returns_type_id
                and picking.state not in ("done", "cancel")
                and picking.is_cso_receipt
            )
        )[:1]
        return picking or self.env["stock.picking"].create(self._prepare_receipt(warehouse))

    def _prepare_receipt(self, warehouse):
        operation_type = warehouse.cso_returns_type_id
        partner = self.partner_id.with_company(self.company_id)
        return {
            "picking_type_id": operation_type.id,
            "location_id": partner.property_stock_customer.id,
            "location_dest_id": warehouse.cso_returns_location_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "cso_rma_id": self.id,
        }

    # ------------------------------------------------------------------ credit notes
    def _log_credit_notes(self, credit_notes_sudo):
        """Note the draft credit notes in the chatter of the cases they are of."""
        for case in self:
            notes = credit_notes_sudo & case.sudo().refund_ids
            for note in notes:
                case.message_post(
                    body=self.env._(
                        "Draft credit note for invoice %(invoice)s: %(amount)s %(currency)s.",
                        invoice=note.reversed_entry_id.name,
                        amount=f"{note.amount_total:.2f}",
                        currency=note.currency_id.name,
                    ),
                    subtype_xmlid="mail.mt_note",
                )

    def _get_credit_note_action(self, credit_notes):
        """Return the action that shows credit notes to whom may see them, else the case."""
        accountants = "account.group_account_readonly,account.group_account_invoice"
        if not self.env.user.has_groups(accountants):
            return {"type": "ir.actions.act_window_close"}
        return get_records_action("account.action_move_out_refund_type", credit_notes)

    # ------------------------------------------------------------------ timeline
    def _get_timeline(self):
        """Return what happened and what comes next, as the customer reads it.

        :return: list of dicts: ``date`` (datetime in UTC, date, or False), ``text`` and ``kind``
            (done, now, next), in the order of time
        """
        self.ensure_one()
        if not self.submitted_on:
            return []
        events = [(self.submitted_on, self.env._("submitted"))]
        for number, line in enumerate(self.line_ids, start=1):
            events += line._get_events(number)
        events.sort(key=lambda event: self._get_moment(event[0]))
        timeline = [{"date": date, "text": text, "kind": "done"} for date, text in events]
        return timeline + self._get_outlook()

    def _get_moment(self, date):
        """Return where an event stands in time; one of which only the day is known comes last."""
        return date if isinstance(date, datetime) else datetime.combine(date, time.max)

    def _get_outlook(self):
        """Return all that is waited for now, by whom, and the steps after it."""
        outlooks = [pair for line in self.line_ids for pair in line._get_outlook()]
        return [
            {"date": False, "text": text, "kind": kind}
            for index, kind in enumerate(("now", "next"))
            for text in dict.fromkeys(pair[index] for pair in outlooks)
        ]

    def _get_list_action(self):
        """Return the action that shows these cases: the one there is, or the list."""
        return get_records_action("rma_cso.cso_rma_action", self)

    # ------------------------------------------------------------------ actions
    def action_authorise(self):
        """Authorise all positions of these cases that wait for it.

        :return: action that opens the dialog for what the reviewer has to decide, or None
        """
        return self.line_ids.filtered(lambda line: line.state == "review").action_authorise()

    def action_refuse(self):
        """Open the dialog that refuses all positions that wait for an authorisation."""
        return self.line_ids.filtered(lambda line: line.state == "review").action_refuse()

    def action_ask_back(self):
        """Open the dialog that asks the customer about all positions to authorise."""
        return self.line_ids.filtered(lambda line: line.state == "review").action_ask_back()

    def action_extend(self):
        """Open the dialog that gives the customer more time for all that is to be sent."""
        return self.line_ids.filtered("is_to_send").action_extend()

    def action_assign_to_me(self):
        """Take care of these cases."""
        self.clerk_id = self.env.user

    def action_decide(self):
        """Open the dialog that decides all positions that are ready for it."""
        return self.line_ids.filtered(lambda line: line.state == "to_decide").action_decide()

    def action_send_mails_again(self):
        """Have the mails of these cases made again that failed.

        :raise AccessError: for who may not change these cases
        """
        self.check_access("write")
        failed_sudo = self.sudo().notification_ids.filtered("error")  # the job's own rows
        failed_sudo.error = False
        failed_sudo._wake()

    def action_mark_answered(self):
        """Note that the customers of these cases have their answer, by phone for example.

        :raise AccessError: for who may not change these cases
        """
        self.check_access("write")
        self.sudo().unanswered_since = False  # looked at by who may change the case

    def action_view_pickings(self):
        """Open the receipts and deliveries of these cases.

        :return: action that shows the one there is, or the list
        """
        return get_records_action("stock.action_picking_tree_all", self.picking_ids)

    def action_view_credit_notes(self):
        """Open the credit notes of these cases."""
        return self._get_credit_note_action(self.refund_ids)
