from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools import get_records_action

ACTIVITY = "rma_cso.mail_activity_type_claim"
ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"
# Only the methods of the claim write these.
FACTS = ("name", "kind", "company_id", "sent_on", "cancelled_on", "closed_on")


class CsoClaim(models.Model):
    """What we claim back from a vendor, or from a carrier, for return positions."""

    _name = "cso.claim"
    _description = "Claim at a Vendor or Carrier"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Our Reference", readonly=True, copy=False, index=True)
    kind = fields.Selection(
        [("vendor", "Vendor"), ("carrier", "Carrier")], required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Claimed At", required=True, index=True, check_company=True, tracking=True
    )
    clerk_id = fields.Many2one(
        "res.users", "Assigned To", default=lambda self: self.env.user, index="btree_not_null"
    )
    partner_ref = fields.Char(
        "RMA Number", copy=False, tracking=True, help="Of the vendor or carrier."
    )
    deadline = fields.Date(
        "To Be Sent By",
        compute="_compute_deadline",
        store=True,
        readonly=False,
        tracking=True,
        help="By the policy of the vendor or carrier, the day is included.",
    )
    note = fields.Text()
    line_ids = fields.One2many("cso.claim.line", "claim_id", "Positions")
    refund_ids = fields.One2many("account.move", "cso_claim_id", "Credit Notes", groups=ACCOUNTANTS)

    # facts
    sent_on = fields.Datetime("Sent In On", readonly=True, copy=False, tracking=True)
    cancelled_on = fields.Datetime("Withdrawn On", readonly=True, copy=False)
    closed_on = fields.Datetime("Difference Accepted On", readonly=True, copy=False, tracking=True)

    # computed from the facts
    picking_count = fields.Integer("Number of Transfers", compute="_compute_picking_count")
    refund_count = fields.Integer(
        "Number of Credit Notes", compute="_compute_refund_count", groups=ACCOUNTANTS
    )
    value = fields.Monetary("Value at Cost", compute="_compute_amounts", store=True)
    expected_amount = fields.Monetary(
        "Expected Credit", compute="_compute_amounts", store=True, help="Net."
    )
    received_amount = fields.Monetary(
        "Received Credit",
        compute="_compute_received_amount",
        store=True,
        help="Net, on posted credit notes.",
    )
    lost_amount = fields.Monetary("Lost", compute="_compute_lost_amount", store=True)
    difference = fields.Monetary(compute="_compute_difference", help="Expected, not received.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent in"),
            ("shipped", "Shipped"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("settled", "Settled"),
            ("cancelled", "Withdrawn"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    is_to_ship = fields.Boolean(compute="_compute_goods")
    is_to_come_back = fields.Boolean(compute="_compute_goods")
    photos_html = fields.Html("Photos", compute="_compute_photos_html", sanitize=False)

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.position_id", "partner_id")
    def _compute_deadline(self):
        for claim in self:
            claim.deadline = min(claim.line_ids._get_deadlines(), default=claim.deadline)

    @api.depends("line_ids.move_ids.picking_id")
    def _compute_picking_count(self):
        for claim in self:
            claim.picking_count = len(claim._get_pickings())

    @api.depends("refund_ids")
    def _compute_refund_count(self):
        for claim in self:
            claim.refund_count = len(claim.refund_ids)

    @api.depends("line_ids.value", "line_ids.expected_amount", "line_ids.answer")
    def _compute_amounts(self):
        for claim in self:
            claim.value = sum(claim.line_ids.mapped("value"))
            money = claim.line_ids._filter_money()
            claim.expected_amount = sum(money.mapped("expected_amount"))

    @api.depends("refund_ids.state", "refund_ids.amount_untaxed_signed")
    def _compute_received_amount(self):
        for claim in self:
            claim.received_amount = sum(
                abs(refund.amount_untaxed_signed) for refund in claim._get_posted_refunds()
            )

    @api.depends("line_ids.lost_amount")
    def _compute_lost_amount(self):
        for claim in self:
            claim.lost_amount = sum(claim.line_ids.mapped("lost_amount"))

    @api.depends("expected_amount", "received_amount")
    def _compute_difference(self):
        for claim in self:
            claim.difference = claim.expected_amount - claim.received_amount

    @api.depends(
        "sent_on",
        "cancelled_on",
        "line_ids.is_open",
        "line_ids.answer",
        "line_ids.shipped_qty",
        "line_ids.back_qty",
    )
    def _compute_state(self):
        for claim in self:
            claim.state = claim._get_state()

    @api.depends("state", "line_ids.is_open", "line_ids.answer", "line_ids.move_ids.state")
    def _compute_goods(self):
        for claim in self:
            is_here = claim.kind == "vendor" and claim.state in ("sent", "shipped", "accepted")
            claim.is_to_ship = is_here and bool(claim.line_ids._filter_to_ship())
            claim.is_to_come_back = any(line._get_away_lots() for line in claim.line_ids)

    @api.depends("line_ids.position_id")
    def _compute_photos_html(self):
        for claim in self:
            files = [(one.display_name, one.attachment_ids) for one in claim.line_ids.position_id]
            claim.photos_html = self.env["ir.qweb"]._render(
                "rma_cso.position_photos", {"files": [pair for pair in files if pair[1]]}
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        """Keep what was sent in; it can be withdrawn."""
        if self.filtered("sent_on"):
            raise UserError(self.env._("A claim that was sent in cannot be deleted."))

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        """Extend: each claim gets our reference.

        :raise AccessError: for who makes no claims
        """
        self.check_access("create")
        for vals in vals_list:
            sequence = self.env["ir.sequence"].with_company(vals.get("company_id"))
            vals["name"] = sequence.next_by_code("cso.claim")
        return super().create(vals_list)

    def write(self, vals):
        """Extend: facts are written by the actions, and the partner stays once it was sent in.

        :raise UserError: where something is changed by hand that cannot be
        """
        is_kept = bool(self.filtered("sent_on")) and "partner_id" in vals
        if not self.env.su and (is_kept or not vals.keys().isdisjoint(FACTS)):
            raise UserError(self.env._("This cannot be changed by hand any more."))
        return super().write(vals)

    # ------------------------------------------------------------------ actions
    def action_send(self):
        """Note that these claims are sent in to the vendor or carrier.

        :raise UserError: where one is no draft, or empty
        """
        self.check_access("write")
        for claim in self:
            claim._check_state(("draft",))
            if not claim.line_ids:
                raise UserError(self.env._("%(claim)s claims nothing.", claim=claim.name))
        self.sudo().sent_on = fields.Datetime.now()  # facts are not written by hand
        self._get_warnings().unlink()

    def action_ship(self):
        """Make the transfer that brings the goods of this claim to the vendor, at cost.

        :return: action that shows it
        :raise UserError: where nothing of it lies with us
        """
        self.ensure_one()
        self.check_access("write")
        self._check_state(("sent", "shipped", "accepted"))
        self.line_ids.position_id._lock_for_decision()
        moves_sudo = self.sudo().line_ids._filter_to_ship()._make_shipment()  # clerks write none
        return self._show_made(moves_sudo)

    def action_receive_back(self):
        """Announce the goods that the vendor returns: refused, repaired or others in their place.

        :return: action that shows the receipt
        :raise UserError: where nothing is at the vendor
        """
        self.ensure_one()
        self.check_access("write")
        self.line_ids.position_id._lock_for_decision()
        return self._show_made(self.sudo().line_ids._make_receipt())  # clerks write no transfers

    def action_make_credit_note(self):
        """Make the draft of the credit note of the vendor or carrier, with what is expected.

        :return: action that shows it, or the draft there is
        :raise AccessError: for who makes no bills
        """
        self.ensure_one()
        self._check_state(("sent", "shipped", "accepted"))
        drafts = self.refund_ids.filtered(lambda refund: refund.state == "draft")
        refund = drafts[:1] or self.env["account.move"].create(self._prepare_credit_note())
        return self._get_refund_action(refund)

    def action_accept_difference(self):
        """Settle these claims with what was credited; the difference is lost.

        :raise UserError: where an answer or goods are still waited for
        """
        self.check_access("write")
        for claim in self:
            claim._check_state(("accepted",))
            if claim.line_ids.filtered(lambda line: line.is_open and line.answer != "credit"):
                raise UserError(
                    self.env._("%(claim)s still waits for an answer or goods.", claim=claim.name)
                )
        self.sudo().closed_on = fields.Datetime.now()  # facts are not written by hand
        self.line_ids._release()

    def action_cancel(self):
        """Withdraw these claims; goods that are here can be put away elsewhere.

        :raise UserError: where goods are at the vendor, or a credit was received
        """
        self.check_access("write")
        for claim in self:
            claim._check_state(("draft", "sent", "shipped", "accepted", "refused"))
            if claim._get_posted_refunds() or claim.line_ids.filtered(lambda one: one._is_away()):
                raise UserError(
                    self.env._(
                        "%(claim)s cannot be withdrawn: goods are at the vendor, or it was"
                        " credited.",
                        claim=claim.name,
                    )
                )
        lines_sudo = self.sudo().line_ids  # clerks do not write transfers
        lines_sudo.move_ids.filtered(lambda move: move.state != "done")._action_cancel()
        self.sudo().cancelled_on = fields.Datetime.now()  # facts are not written by hand
        self.line_ids._release()
        self._get_warnings().unlink()

    def action_view_pickings(self):
        """Open the transfers of these claims."""
        return self._get_picking_action(self._get_pickings())

    def action_view_refunds(self):
        """Open the credit notes of these claims."""
        return self._get_refund_action(self.refund_ids)

    # ------------------------------------------------------------------ job
    @api.model
    def _cron_warn(self):
        """Warn of claims whose deadline is near; what was sent or withdrawn needs no warning."""
        due = self.browse()
        for company in self.env["res.company"].search([("active", "=", True)]):
            last = company._get_cso_date() + timedelta(days=company.cso_claim_warning_days)
            due |= self.search(
                self._get_due_domain()
                & Domain("company_id", "=", company.id)
                & Domain("deadline", "<=", last)
            )
        known = self.search([("activity_type_id", "=", self.env.ref(ACTIVITY).id)])
        (known - due)._get_warnings().unlink()
        for claim in due:
            claim._warn()

    @api.model
    def _get_due_domain(self):
        """Return the domain of claims that are to be sent in, or whose goods are to be sent."""
        is_unshipped = Domain("state", "=", "sent") & Domain("kind", "=", "vendor")
        return Domain("state", "=", "draft") | is_unshipped

    def _get_warnings(self):
        """Return the activities by which a near deadline was told."""
        activities_sudo = self.sudo().activity_ids  # of whom they are, does not matter
        return activities_sudo.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    def _warn(self):
        """Plan the activity of a near deadline, or bring the one there is up to date."""
        self.ensure_one()
        user = self.clerk_id or self.company_id.cso_desk_user_id
        warnings = self._get_warnings()
        if warnings:
            warnings.filtered(
                lambda warning: warning.date_deadline != self.deadline
            ).date_deadline = self.deadline
        elif user:
            words = self.with_context(lang=user.lang).env
            text = words._("Send it to %(partner)s", partner=self.partner_id.display_name)
            self.activity_schedule(
                ACTIVITY, date_deadline=self.deadline, summary=text, user_id=user.id
            )

    # ------------------------------------------------------------------ business
    def _get_state(self):
        """Return the state that follows from the facts of this claim."""
        self.ensure_one()
        if self.cancelled_on:
            return "cancelled"
        if not self.sent_on:
            return "draft"
        answers = self.line_ids.mapped("answer")
        if self.line_ids and not any(self.line_ids.mapped("is_open")):
            return "settled"
        if answers and all(answers):
            return "refused" if set(answers) == {"refused"} else "accepted"
        return "shipped" if any(self.line_ids.mapped("shipped_qty")) else "sent"

    def _check_state(self, states):
        self.ensure_one()
        if self.state not in states:
            raise UserError(
                self.env._("This is not possible (any more) for %(claim)s.", claim=self.name)
            )

    def _get_posted_refunds(self):
        """Return the posted credit notes (sudo) of these claims."""
        refunds_sudo = self.sudo().refund_ids  # clerks read no bills
        return refunds_sudo.filtered(lambda refund: refund.state == "posted")

    def _is_credited(self):
        """Return whether all that is expected was credited."""
        self.ensure_one()
        compared = self.currency_id.compare_amounts(self.received_amount, self.expected_amount)
        return bool(self._get_posted_refunds()) and compared >= 0

    def _show_made(self, moves_sudo):
        """Return the action that shows the transfers of these moves.

        :raise UserError: where there are none
        """
        if not moves_sudo:
            raise UserError(self.env._("No goods of %(claim)s are there to move.", claim=self.name))
        return self._get_picking_action(moves_sudo.sudo(False).picking_id)

    def _get_pickings(self):
        """Return the transfers of these claims."""
        return self.line_ids.move_ids.picking_id

    def _get_picking_action(self, pickings):
        return get_records_action("stock.action_picking_tree_all", pickings)

    def _get_refund_action(self, refunds):
        return get_records_action("account.action_move_in_refund_type", refunds)

    def _get_list_action(self):
        """Return the action that shows these claims: the one there is, or the list."""
        return get_records_action("rma_cso.cso_claim_action", self)

    def _prepare_credit_note(self):
        lines = self.line_ids._filter_money()
        return {
            "move_type": "in_refund",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "ref": self.partner_ref,
            "cso_claim_id": self.id,
            "invoice_line_ids": [Command.create(line._prepare_credit_line()) for line in lines],
        }
