from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date, plaintext2html

from .cso_reason import MESSAGES

# What the desk may change by hand, and in which states of the position. All else is the customer's
# request, follows from facts, or is written by what is decided.
EDITABLE_STATES = {
    "fee_percent": ("review", "asked", "authorised", "received", "to_decide"),
    "repair_number": ("decided",),
    "repair_deadline": ("decided",),
}
# Shown beside the answers of a form, as fields of the position.
UNIT_QUESTIONS = ("lot_ids", "quantity")
REFUSABLE_STATES = ("review", "asked", "authorised", "received", "to_decide", "decided")
# Kinds of documents that bring money to the customer.
MONEY_PROMISES = {"credit", "amount"}
# Answers that are amounts.
MONEY_ANSWERS = ("invoice_amount", "offer_unit_price")


class CsoRmaLine(models.Model):
    _name = "cso.rma.line"
    _inherit = [
        "cso.position.claim",
        "cso.position.receipt",
        "cso.position.objection",
        "cso.position.repair",
        "cso.position.difference",
        "cso.position.timeline",
        "cso.position.status",
        "cso.position.delivery",
        "cso.position.money",
        "cso.position.credit",
        "cso.position.kept",
        "cso.position.test",
        "cso.position.disposition",
        "cso.position.documents",
        "cso.position.split",
        "cso.position.settlement",
        "cso.position.submission",
        "cso.position.validity",
        "cso.position.deadline",
        "cso.position.figures",
    ]
    _description = "Return Position"
    _order = "rma_id desc, sequence, id"
    _check_company_auto = True

    rma_id = fields.Many2one("cso.rma", "Case", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="rma_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="rma_id.partner_id", store=True, index=True)
    submitted_on = fields.Datetime(related="rma_id.submitted_on", store=True, index=True)
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(related="sale_line_id.order_id")
    product_id = fields.Many2one(related="sale_line_id.product_id", store=True, index=True)
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    reason_id = fields.Many2one("cso.reason", required=True, index=True, ondelete="restrict")

    # what the customer tells
    # Not rounded: one piece of a line in dozens is no round figure.
    quantity = fields.Float(required=True, default=1.0, help="In the unit of the order line.")
    lot_ids = fields.Many2many(
        "stock.lot", "cso_rma_line_stock_lot_rel", "line_id", "lot_id", "Serial Numbers"
    )
    typed_serials = fields.Text("Serial Numbers (typed)")
    reference = fields.Char("Position Reference")
    comment = fields.Text()
    fault_code = fields.Selection(
        [
            ("no_response", "Does not respond"),
            ("not_working", "Responds, but does not work"),
            ("sporadic", "Sporadic errors"),
            ("noise", "Loud or unusual noises"),
            ("error_message", "Shows an error message"),
            ("external", "External defect"),
            ("own_fault", "Own fault"),
            ("other", "Any other"),
            ("accessory", "Accessory defective"),
            ("no_function", "No function"),
        ],
        "Fault",
    )
    wish = fields.Selection(
        [
            ("credit", "Credit note"),
            ("replacement", "Replacement"),
            ("credit_redelivery", "Credit note and redelivery"),
        ],
    )
    condition = fields.Selection(
        [
            ("unopened", "Unopened"),
            ("opened", "Opened"),
            ("damaged", "Damaged"),
            ("undetermined", "Undetermined"),
            ("unclear", "Unclear"),
        ],
    )
    sealed_confirmed = fields.Boolean("Sealed and New", help="Without writing or stickers.")
    not_activated = fields.Boolean("Licence Not Activated")
    received_on = fields.Date(
        help="As the customer says; empty: the ship date and the transit days count."
    )
    slip_matches = fields.Selection([("yes", "Yes"), ("no", "No")], "Slip Matches the Goods")
    received_product_id = fields.Many2one(
        "product.product",
        "Received Article",
        check_company=True,
        help="Found by its maker part number or EAN.",
    )
    received_identification = fields.Char(
        "Number of the Received Article", help="Maker part number or EAN, as typed."
    )
    received_description = fields.Text("Description of the Received Article")
    received_total = fields.Float(
        "Received in Total", digits="Product Unit", help="In the unit of the order line."
    )
    keep_choice = fields.Selection([("keep", "Keep"), ("send_back", "Send back")], "Keep or Return")
    still_wanted = fields.Selection([("yes", "Yes"), ("no", "No")], "Ordered Article Still Wanted")
    noted_at_delivery = fields.Selection(
        [("yes", "Yes"), ("no", "No")], help="On the transport papers or the hand terminal."
    )
    invoice_detail = fields.Selection(
        [
            ("customer_number", "Wrong customer number"),
            ("leasing", "To be handled by a leasing company"),
            ("currency", "Wrong currency"),
            ("price", "Wrong price"),
            ("payment_term", "Payment term not as agreed"),
            ("serials", "Wrong serial numbers"),
            ("information", "Other information is missing"),
            ("costs", "Freight or other costs are wrong"),
            ("other", "Other"),
        ],
        "What Is Wrong",
    )
    invoice_answer = fields.Char("How It Should Be")
    invoice_amount = fields.Float(
        "Expected Amount", digits="Product Price", help="In the currency of the invoice."
    )
    offer_percent = fields.Float(
        "Offer (%)", digits=(5, 2), readonly=True, help="Below the normal price."
    )
    offer_unit_price = fields.Monetary(
        "Offered Unit Price",
        currency_field="offer_currency_id",
        readonly=True,
        help="Without tax, as the customer was shown it; he may keep the goods at it.",
    )
    offer_currency_id = fields.Many2one("res.currency", "Currency of the Offer", readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "cso_rma_line_attachment_rel",
        "line_id",
        "attachment_id",
        "Photos and Files",
        bypass_search_access=True,
    )

    # the rules as they were when the case was submitted; a reviewer may decide otherwise
    takes_units = fields.Boolean(compute="_compute_rules", store=True)
    fee_percent = fields.Float(
        "Return Fee (%)", digits=(5, 2), compute="_compute_rules", store=True, readonly=False
    )
    is_goods_expected = fields.Boolean(
        "Goods Expected", compute="_compute_rules", store=True, readonly=False
    )
    asks_goods = fields.Boolean(
        "Reviewer Decides on the Goods", compute="_compute_rules", store=True
    )
    asks_fee = fields.Boolean("Reviewer Sets the Fee", compute="_compute_rules", store=True)
    message = fields.Selection(
        MESSAGES, "Message After Submitting", compute="_compute_rules", store=True
    )
    validity_days = fields.Integer("Validity (days)", compute="_compute_rules", store=True)
    eligibility = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Result and rule values of the check when submitted.",
    )
    eligibility_text = fields.Text(
        "Checked When Submitted", compute="_compute_kept_texts", groups="base.group_user"
    )
    override_reason = fields.Text("Rules Overridden Because", copy=False, groups="base.group_user")
    override_user_id = fields.Many2one(
        "res.users",
        "Rules Overridden By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    is_flagged = fields.Boolean(
        "Flagged",
        compute="_compute_is_flagged",
        store=True,
        index=True,
        groups="base.group_user",
        help="Look twice: reported late, claimed before, or against the rules.",
    )
    flag_text = fields.Text("Why Flagged", compute="_compute_kept_texts", groups="base.group_user")

    # who takes care of it, and until when
    clerk_id = fields.Many2one(related="rma_id.clerk_id", store=True, index=True)
    maker_id = fields.Many2one(related="product_id.maker_id")
    attachment_count = fields.Integer(compute="_compute_attachment_count")
    answers_html = fields.Html(
        "Answers", compute="_compute_answers_html", sanitize=False, groups="base.group_user"
    )
    photos_html = fields.Html(
        "Photos", compute="_compute_photos_html", sanitize=False, groups="base.group_user"
    )

    # what was decided
    authorisation_state = fields.Selection(
        [
            ("pending", "To authorise"),
            ("authorised", "Authorised"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
        ],
        "Authorisation",
        required=True,
        default="pending",
        readonly=True,
        copy=False,
        index=True,
    )
    question = fields.Text(
        "Question to the Customer", readonly=True, copy=False, help="The customer reads this."
    )
    asked_on = fields.Datetime(readonly=True, copy=False)
    answered_on = fields.Datetime(
        readonly=True, copy=False, help="Empty while the customer has not answered the question."
    )
    authorised_on = fields.Datetime(readonly=True, copy=False)
    valid_until = fields.Date(readonly=True, copy=False, help="The day is included.")
    extended_on = fields.Datetime(readonly=True, copy=False)
    extension_text = fields.Text(
        "Reason of the Extension", readonly=True, copy=False, help="The customer reads this."
    )
    closed_on = fields.Datetime(
        "Ended On", readonly=True, copy=False, help="Refused, expired or withdrawn on."
    )
    refusal_text = fields.Text("Reason of the Refusal", copy=False)
    reminded_for = fields.Date(
        readonly=True, copy=False, help="The last day that the customer was reminded of."
    )
    sent_on = fields.Date("Sent by the Customer On", copy=False)
    carrier = fields.Char(copy=False, help="As the customer named it.")
    tracking_ref = fields.Char("Tracking Number", copy=False)

    # goods in
    move_ids = fields.One2many("stock.move", "cso_rma_line_id", "Stock Moves")
    # Not rounded either.
    received_qty = fields.Float("Received", compute="_compute_received_qty", store=True)

    # money
    refund_line_ids = fields.One2many("account.move.line", "cso_rma_line_id", "Credit Note Lines")
    refund_ids = fields.Many2many(
        "account.move", string="Credit Notes", compute="_compute_refund_ids"
    )

    # computed from the facts above
    holds_units = fields.Boolean(compute="_compute_holds_units", store=True, index=True)
    state = fields.Selection(
        [
            ("draft", "In the cart"),
            ("review", "To authorise"),
            ("asked", "Waiting for the customer"),
            ("authorised", "Awaiting goods"),
            ("received", "To test"),
            ("to_decide", "To decide"),
            ("decided", "Decided"),
            ("credited", "Credited"),
            ("settled", "Settled"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    is_to_send = fields.Boolean(
        "To Be Sent",
        compute="_compute_is_to_send",
        store=True,
        help="The customer has to send the goods: authorised, not sent and not received.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity of a position cannot be negative."
    )
    _fee_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100)", "The fee must be between 0 and 100 %."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("reason_id")
    def _compute_rules(self):
        for reason, lines in self.grouped("reason_id").items():
            lines.takes_units = reason.takes_units
            lines.fee_percent = reason.fee_percent
            lines.is_goods_expected = reason.goods_expected == "yes"
            lines.asks_goods = reason.goods_expected == "reviewer"
            lines.asks_fee = reason.fee_manual
            lines.message = reason.message
            lines.validity_days = reason.validity_days

    @api.depends("eligibility")
    def _compute_is_flagged(self):
        for line in self:
            line.is_flagged = bool((line.eligibility or {}).get("flags"))

    @api.depends("eligibility", "override_reason", "override_user_id")
    @api.depends_context("lang")
    def _compute_kept_texts(self):
        words = self.env["cso.eligibility.text"]
        for line in self:
            line.eligibility_text = line.eligibility and words._get_text(line)
            line.flag_text = line.eligibility and words._get_flag_text(line)

    @api.depends("reason_id", "comment", "reference")
    @api.depends_context("lang")
    def _compute_answers_html(self):
        for line in self:
            line.answers_html = self.env["ir.qweb"]._render(
                "rma_cso.position_answers", {"answers": line._get_answer_words()}
            )

    @api.depends("attachment_ids")
    def _compute_attachment_count(self):
        for line in self:
            line.attachment_count = len(line.attachment_ids)

    @api.depends("attachment_ids")
    @api.depends_context("lang")
    def _compute_photos_html(self):
        for line in self:
            line.photos_html = self.env["ir.qweb"]._render(
                "rma_cso.position_photos", {"files": line._get_files_by_slot()}
            )

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.product_uom", "move_ids.cso_step")
    def _compute_received_qty(self):
        for line in self:
            line.received_qty = line._get_received_qty()

    @api.depends("refund_line_ids")
    def _compute_refund_ids(self):
        for line in self:
            line.refund_ids = line.refund_line_ids.move_id.filtered(
                lambda move: move.move_type == "out_refund"
            )

    @api.depends("submitted_on", "takes_units", "authorisation_state", "is_settled", "credited_qty")
    def _compute_holds_units(self):
        for line in self:
            is_open = line.authorisation_state in ("pending", "authorised")
            is_left = line.is_settled and line.outcome_id.frees_units and not line.credited_qty
            is_held = line.takes_units and is_open and not is_left
            line.holds_units = is_held and bool(line.submitted_on)

    @api.depends(
        "submitted_on",
        "authorisation_state",
        "asked_on",
        "answered_on",
        "is_goods_expected",
        "received_qty",
        "back_qty",
        "test_result",
        "outcome_id",
        "promised",
        "is_settled",
    )
    def _compute_state(self):
        for line in self:
            line.state = line._get_state()

    @api.depends("state", "sent_on")
    def _compute_is_to_send(self):
        for line in self:
            line.is_to_send = line.state == "authorised" and not line.sent_on

    @api.depends("rma_id.name", "reason_id", "product_id")
    def _compute_display_name(self):
        for line in self:
            parts = (line.rma_id.name, line.product_id.display_name, line.reason_id.name)
            line.display_name = " · ".join(part for part in parts if part)

    # ------------------------------------------------------------------ constrains
    @api.constrains("lot_ids", "sale_line_id")
    def _check_lots(self):
        for line in self:
            if line.lot_ids.product_id - line.product_id:
                raise ValidationError(
                    self.env._("A serial number belongs to another article than the order line.")
                )

    @api.constrains("sale_line_id", "rma_id")
    def _check_customer(self):
        for line in self:
            customer = line.sale_line_id.order_partner_id.commercial_partner_id
            if line.rma_id.partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._("The order line is of another customer than the case.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        """Keep what was submitted; it can be refused or withdrawn."""
        if self.filtered("submitted_on"):
            raise UserError(self.env._("A submitted position cannot be deleted."))

    # ------------------------------------------------------------------ CRUD
    def _has_field_access(self, field, operation):
        """Who has no role for prices reads no offer over the API either."""
        if not self.env.su and self.env.user._is_price_hidden(field):
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: who goes against the rules is noted, and has the right to.

        :raise AccessError: where somebody without the right overrides the rules
        """
        return super().create([self._prepare_override(vals) for vals in vals_list])

    def write(self, vals):
        """Extend: only what the desk may change by hand, and only when it may.

        :raise UserError: where a field cannot be changed in the state of a position
        :raise AccessError: where somebody without the right overrides the rules
        """
        self._check_editable(vals)
        return super().write(self._prepare_override(vals))

    @api.model
    def _prepare_override(self, vals):
        """Return the values with who overrides the rules; portal pages write with sudo, so the
        right is asked of the user, not of the environment.
        """
        values = {name: value for name, value in vals.items() if name != "override_user_id"}
        if "override_reason" not in values:
            return values
        text = (values["override_reason"] or "").strip()
        if text and not self.env.user.has_group("rma_cso.group_cso_override"):
            raise AccessError(self.env._("You may not override the rules of returns."))
        values["override_reason"] = text or False
        values["override_user_id"] = self.env.uid if text else False
        return values

    def _check_editable(self, vals):
        """Refuse changes by hand to what is not the desk's, or not any more.

        What happens to a position is written with sudo by the methods that check whether it may.
        """
        if self.env.su:
            return
        self.check_access("write")
        for line in self:
            for name in vals:
                if line.state not in EDITABLE_STATES.get(name, ()):
                    raise UserError(line._get_locked_text(name))

    def _get_locked_text(self, name):
        return self.env._(
            "%(field)s cannot be changed by hand now: %(position)s.",
            field=self._fields[name]._description_string(self.env),
            position=self.display_name,
        )

    # ------------------------------------------------------------------ actions
    def action_authorise(self):
        """Authorise these positions; goods that are expected get an announced receipt.

        :return: action that opens the dialog for what the reviewer has to decide, or None
        :raise UserError: where one of them does not wait for an authorisation
        """
        self.check_access("write")
        self._lock_for_decision()
        self._check_authorisable()
        if self.filtered(lambda line: line.asks_goods or line.asks_fee):
            return self._get_dialog("cso.authorise", self.env._("Authorise"))
        self._authorise()
        self._notify("authorised")
        return None

    def action_refuse(self):
        """Open the dialog that asks for the reason of a refusal."""
        return self._get_dialog("cso.refuse", self.env._("Refuse"))

    def action_ask_back(self):
        """Open the dialog that asks the customer something about these positions.

        :raise UserError: where one of them does not wait for an authorisation
        """
        self._check_states(("review",))
        return self._get_dialog("cso.ask.back", self.env._("Ask Back"))

    def action_note_answer(self):
        """Bring positions back to be authorised whose question was answered by phone or mail.

        :raise UserError: where one of them does not wait for an answer
        """
        self.check_access("write")
        self._check_states(("asked",))
        self._answer()

    def action_discard(self):
        """Take these positions out of the clerk's own case that is not submitted yet.

        :raise UserError: where one of them is submitted, or another user's
        """
        self.check_access("write")
        if self.filtered(lambda line: line.submitted_on or line.rma_id.user_id != self.env.user):
            raise UserError(self.env._("Only what is not submitted yet can be removed."))
        self.sudo().unlink()  # what a clerk may not delete is what was submitted

    def action_extend(self):
        """Open the dialog that gives the customer more time to send the goods."""
        return self._get_dialog("cso.extend", self.env._("Extend"))

    def action_withdraw(self):
        """Take these positions back on the customer's wish.

        :raise UserError: where goods were sent or received
        """
        self.check_access("write")
        self._lock_for_decision()
        self._withdraw()

    def action_open(self):
        """Open the position in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.display_name,
        }

    # ------------------------------------------------------------------ queue
    def _new_form(self):
        """Return the form of the reason with the answers of this position; none without a form."""
        self.ensure_one()
        kept = self.sudo().eligibility or {"rules": {}}  # customers read their own answers only
        form_name = kept["rules"].get("form", self.reason_id.form)
        if form_name not in self.env:
            return None
        values = {
            "sale_line_id": self.sale_line_id.id,
            "reason_id": self.reason_id.id,
            "position_id": self.id,
        }
        form_sudo = self.env[form_name].sudo().new(values)  # no right of its own
        form_sudo._fill(form_sudo._read_position(self))
        return form_sudo

    def _get_answer_words(self, hidden=()):
        """Return what the customer answered: pairs of question and words, without the units.

        :param hidden: names of questions that are left out besides
        """
        form_sudo = self._new_form()
        if form_sudo is None:
            return [(self.env._("Comment"), self.comment)] if self.comment else []
        left_out = {*UNIT_QUESTIONS, *hidden}
        names = [name for name in form_sudo._get_questions() if name not in left_out]
        return [
            (form_sudo._get_label(name), form_sudo._get_words(name))
            for name in names
            if form_sudo[name]
        ]

    def _get_files_by_slot(self):
        """Return the files of this position: pairs of label of the place and ``ir.attachment``."""
        form_sudo = self._new_form()
        slots = [] if form_sudo is None else form_sudo._get_photo_slots()
        labels = {slot["kind"]: slot["label"] for slot in slots}
        files = self.attachment_ids.grouped(lambda file: labels.get(file.cso_kind, ""))
        return [(label, files[label]) for label in [*labels.values(), ""] if label in files]

    # ------------------------------------------------------------------ states
    def _get_state(self):
        """Return the state that follows from the facts of this position."""
        self.ensure_one()
        if not self.submitted_on:
            return "draft"
        if self.authorisation_state == "pending":
            return "asked" if self.asked_on and not self.answered_on else "review"
        if self.authorisation_state != "authorised":
            return self.authorisation_state
        return self._get_settlement_state() or self._get_goods_state()

    def _get_settlement_state(self):
        self.ensure_one()
        if not self.outcome_id:
            return False
        if not self.is_settled:
            return "decided"
        return "settled" if MONEY_PROMISES.isdisjoint(self._get_promises()) else "credited"

    def _get_goods_state(self):
        self.ensure_one()
        is_tested = self.test_result and self.received_qty > 0
        if is_tested or not self.is_goods_expected:
            return "to_decide"
        return "received" if self._is_here() else "authorised"

    # ------------------------------------------------------------------ authorisation
    def _authorise(self):
        """Authorise these positions and announce the goods that are expected.

        :raise UserError: where one of them does not wait for it
        """
        self._check_authorisable()
        now = fields.Datetime.now()
        for valid_until, lines in self.grouped(lambda line: line._get_valid_until()).items():
            lines.sudo().write(  # nobody authorises by writing fields
                {
                    "authorisation_state": "authorised",
                    "authorised_on": now,
                    "valid_until": valid_until,
                }
            )
        awaited = self.filtered(lambda line: line.is_goods_expected and not line._is_here())
        awaited._announce_receipts()

    def _check_authorisable(self):
        self._check_states(("review", "asked"))

    def _check_states(self, states):
        """Refuse positions in another state: the step does not fit, or somebody was faster.

        :param states: keys of ``state`` that fit
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        texts = [
            self.env._(
                "%(position)s is in the state “%(state)s”: this step does not fit (any more).",
                position=line.display_name,
                state=labels[line.state],
            )
            for line in self
            if line.state not in states
        ]
        if texts:
            raise UserError("\n".join(texts))

    def _ask_back(self, text):
        """Ask the customer something about these positions; each waits until it is answered.

        :param str text: told to the customer
        :raise UserError: where one of them does not wait for an authorisation
        """
        self._check_states(("review",))
        self.sudo().write(  # nobody asks by writing fields
            {"question": text, "asked_on": fields.Datetime.now(), "answered_on": False}
        )
        self._log_decision(self.env._("Asked back"), text)
        self._notify("asked")

    def _answer(self):
        """Bring those of these positions that wait for an answer back to be authorised."""
        waiting = self.filtered(lambda line: line.state == "asked")
        waiting.sudo().write(  # told by the customer, not changed by hand
            {"answered_on": fields.Datetime.now()}
        )

    def _take_answer(self, text, files=()):
        """Take what the customer answers to the question about this position.

        :param str text: as typed
        :param files: pairs of file name and content (bytes)
        :return: the message (mail.message)
        :raise UserError: where nothing is asked (any more), nothing is said, or a file is refused
        """
        self.ensure_one()
        if self.state != "asked":
            raise UserError(self.env._("The question is answered already."))
        message = self.rma_id._post_customer_message(text, files, self)
        self._answer()
        return message

    def _extend(self, until, text):
        """Give the customer more time to send the goods of these positions.

        One that has expired is opened again, where its units are still free.

        :param date until: last day, in the time zone of the company; the day is included
        :param str text: why, told to the customer
        :raise UserError: where no goods are waited for, the day is not later than it was, or the
            units of an expired position are claimed elsewhere by now
        """
        for line in self:
            line._check_extension(until)
        self.filtered(lambda line: line.state == "expired")._reopen()
        self.sudo().write(  # nobody extends by writing fields
            {"valid_until": until, "extension_text": text, "extended_on": fields.Datetime.now()}
        )
        title = self.env._("Extended until %(date)s", date=format_date(self.env, until))
        self._log_decision(title, text)
        self._notify("extended")

    def _reopen(self):
        """Hold the units of these expired positions again and announce their goods.

        :raise UserError: where other positions or returns have taken the units meanwhile
        """
        self._hold_units_again()
        self.sudo().write(  # nobody opens a position again by writing fields
            {"authorisation_state": "authorised", "closed_on": False}
        )
        self._announce_receipts()

    def _check_extension(self, until):
        self.ensure_one()
        if not (self.is_to_send or self.state == "expired"):
            raise UserError(
                self.env._("No goods are waited for: %(position)s.", position=self.display_name)
            )
        if until < self.company_id._get_cso_date() or until <= self.valid_until:
            raise UserError(
                self.env._(
                    "Choose a later day than %(date)s.",
                    date=format_date(self.env, self.valid_until),
                )
            )

    def _notify(self, event):
        """Note what the customer is to be told of these positions.

        :param str event: authorised, refused, asked, extended, reminder, expired, withdrawn or
            message
        """
        notifications_sudo = self.env["cso.notification"].sudo()  # no right of its own is needed
        for case, lines in self.grouped("rma_id").items():
            notifications_sudo._queue(event, case, lines)

    def _get_valid_until(self):
        """Return the last day of an authorisation that begins today, False without goods."""
        self.ensure_one()
        if not self.is_goods_expected:
            return False
        today = self.company_id._get_cso_date()
        return today + timedelta(days=self.validity_days)

    def _refuse(self, text):
        """Refuse these positions; their units can be claimed again.

        :param str text: told to the customer
        """
        self._check_states(REFUSABLE_STATES)
        if self.filtered("credited_qty"):
            raise UserError(self.env._("This position is credited; cancel the credit note first."))
        self.filtered("outcome_id")._check_not_decided()
        self._check_not_begun()
        self._undo_losses()
        self._close("refused", refusal_text=text)
        self._notify("refused")
        self._log_decision(self.env._("Refused"), text)

    def _withdraw(self):
        """Take these positions back on the customer's wish, before goods are on the way.

        :raise UserError: where goods were sent or received, or the position is closed
        """
        if self.filtered(lambda line: not line._may_withdraw()):
            raise UserError(self.env._("This position cannot be withdrawn any more."))
        self._close("withdrawn")
        self._notify("withdrawn")

    def _log_decision(self, title, text):
        """Note what the desk told the customer: one note per case, with its positions."""
        for case, lines in self.grouped("rma_id").items():
            body = Markup("<b>%s</b>: %s<br/>%s") % (
                title,
                ", ".join(lines.mapped("product_id.display_name")),
                plaintext2html(text),
            )
            case.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _close(self, state, **values):
        """End these positions without a settlement; goods are no longer expected, and those that
        are here go back.
        """
        self._void_cancelled()
        values = {"authorisation_state": state, "closed_on": fields.Datetime.now(), **values}
        self.sudo().write(values)  # nobody ends a position by writing fields
        open_moves = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        open_moves._action_cancel()
        self._send_back(values.get("refusal_text"))

    # ------------------------------------------------------------------ money
    def _lock_for_decision(self):
        """Lock these positions; who decides at the same time is run again and finds it done."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM cso_rma_line WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids) or (0,),
            )
        )

    def _get_dialog(self, model_name, title):
        return {
            "type": "ir.actions.act_window",
            "res_model": model_name,
            "views": [(False, "form")],
            "target": "new",
            "name": title,
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    def _mark_sent(self, carrier="", tracking_ref=""):
        """Note that the customer has sent the goods of those of these that are to be sent.

        :param str carrier: as the customer names it, may be empty
        :param str tracking_ref: tracking number, may be empty
        """
        for line in self.filtered("is_to_send"):
            line.sudo().write(  # told by the customer, not changed by hand
                {
                    "sent_on": line.company_id._get_cso_date(),
                    "carrier": carrier,
                    "tracking_ref": tracking_ref,
                }
            )

    def _get_receiving_partner(self):
        """Return the address that the goods are to be sent to: the warehouse's, else ours."""
        self.ensure_one()
        # customers may not read receipts
        warehouse_sudo = self.sudo().move_ids.picking_type_id.warehouse_id[:1]
        company_sudo = self.company_id.sudo()
        own = warehouse_sudo.cso_receiving_partner_id
        return own or company_sudo.cso_receiving_partner_id or company_sudo.partner_id

    def _get_possible_instead(self):
        """Return by refused position the reasons (list of cso.reason) that are possible now."""
        refused = self.filtered(lambda line: line.state == "refused")
        answers = refused.sale_line_id._get_return_eligibility() if refused else {}
        return {
            line: [
                answer["reason"]
                for answer in answers[line.sale_line_id.id]
                if answer["allowed"] and answer["reason"] in line.reason_id.alternative_ids
            ]
            for line in refused
        }

    def _get_shown_answers(self):
        """Return what the customer answered as the user may read it, as ``_get_answer_words``.

        The own reference stands elsewhere; amounts are for who may see prices.
        """
        self.ensure_one()
        has_prices = self.env.user._has_access_role("prices")
        return self._get_answer_words(("reference", *(() if has_prices else MONEY_ANSWERS)))
