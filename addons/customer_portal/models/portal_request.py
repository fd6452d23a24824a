from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.portal_format import PortalFormat

KINDS = [
    ("order", "Order"),
    ("change", "Change of an order"),
    ("company", "Company data"),
]
STATES = [
    ("open", "Waiting for an answer"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
# What was asked and answered: nobody changes it by hand.
FIXED_FIELDS = {
    *("name", "kind", "state", "requester_id", "partner_id", "order_id", "company_id"),
    *("asked_on", "note", "answer", "decided_on", "decided_by_id", "document_ids", "late_after"),
}


class PortalRequest(models.Model):
    """Something a customer asks the account manager for, with the answer.

    Each kind is a theme: an abstract model with ``_accept_<kind>`` that does what is asked for by
    Odoo's own methods, and ``_get_differences_<kind>`` that says it, old and new side by side.
    """

    _name = "portal.request"
    _inherit = [
        "portal.request.kind.order",
        "portal.request.kind.change",
        "portal.request.kind.company",
        "portal.request.activity",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Request from a Customer"
    _order = "id desc"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    state = fields.Selection(STATES, default="open", required=True, readonly=True, tracking=True)
    requester_id = fields.Many2one(
        "res.users", "Requested by", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        help="The contact who asks; of company data the company they are about.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company", store=True, index=True
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        help="The order that is to change, or the quotation that was made.",
    )
    company_id = fields.Many2one(
        "res.company", "Our Company", required=True, readonly=True, index=True
    )
    manager_id = fields.Many2one(
        "res.users",
        "Account Manager",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    # Not the moment of the row: a request may be entered later than it was asked.
    asked_on = fields.Datetime(
        required=True, readonly=True, copy=False, default=lambda self: fields.Datetime.now()
    )
    note = fields.Text("Remark of the Customer", readonly=True)
    document_ids = fields.Many2many(
        "ir.attachment",
        string="Documents of the Customer",
        readonly=True,
        help="What the customer sent along; notes of employees and their files are not among them.",
    )
    answer = fields.Text(readonly=True, help="What the customer reads with the decision.")
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    answer_hours = fields.Float(
        "Hours until the Answer",
        compute="_compute_answer_hours",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From asking to accepting or refusing, nights and weekends included.",
    )
    requester_phone = fields.Char(related="requester_id.phone", string="Phone")
    difference_html = fields.Html(
        "What Is Asked For",
        compute="_compute_difference_html",
        sanitize=False,
        groups="base.group_user",
    )
    is_late = fields.Boolean(
        "Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Open for more than two working days.",
    )

    _open_idx = models.Index("(company_id, asked_on) WHERE state = 'open'")

    @api.depends("asked_on", "decided_on", "state")
    def _compute_answer_hours(self):
        for request in self:
            is_answered = request.state in ("accepted", "refused")
            waited = request.decided_on - request.asked_on if is_answered else timedelta()
            request.answer_hours = waited.total_seconds() / 3600

    @api.depends_context("lang", "uid")
    def _compute_difference_html(self):
        for request in self:
            values = {"rows": request._get_differences()}
            request.difference_html = self.env["ir.qweb"]._render(
                "customer_portal.portal_request_differences", values
            )

    @api.depends("state", "late_after")
    def _compute_is_late(self):
        late = self.filtered_domain(self._get_late_domain())
        for request in self:
            request.is_late = request in late

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            self._get_late_domain() if one else ~self._get_late_domain() for one in value
        )

    @api.model
    def _get_late_domain(self):
        today = fields.Date.context_today(self)
        return self._get_open_domain() & Domain("late_after", "<", today)

    @api.model_create_multi
    def create(self, vals_list):
        """Number the requests."""
        for vals in vals_list:
            number = self.env["ir.sequence"].sudo().next_by_code("portal.request")
            vals.setdefault("name", number or "/")
        return super().create(vals_list)

    def write(self, vals):
        """What was asked and answered stays as it is; a new account manager is called for.

        :raise AccessError: when somebody writes more than the account manager by hand
        """
        if not self.env.su and vals.keys() & FIXED_FIELDS:
            raise AccessError(self.env._("A request is answered, it is not changed."))
        result = super().write(vals)
        if "manager_id" in vals:
            self.filtered(lambda request: request.state == "open")._plan_answer()
        return result

    def action_open_order(self):
        """Open the order that a request is about.

        :return: the action that shows it
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_take_over(self):
        """Become the one who answers these requests."""
        self.manager_id = self.env.user

    # --- asking -----------------------------------------------------------------------------------

    @api.model
    def _submit(self, kind, partner, company, **vals):
        """Note what the present user asks for and hand it to the account manager.

        :param str kind: order, change or company
        :param partner: ``res.partner`` of the customer
        :param company: ``res.company`` of ours that is asked
        :param vals: other fields, among them the rows of the kind
        :return: the request (sudo)
        """
        # sudo: customers have no right to write requests; their wish comes checked by its kind
        request_sudo = self.sudo().with_context(mail_create_nosubscribe=True)
        request_sudo = request_sudo.create(
            {
                "kind": kind,
                "requester_id": self.env.user.id,
                "partner_id": partner.id,
                "company_id": company.id,
                "manager_id": self._get_manager(partner, company, vals).id,
                **vals,
            }
        ).with_context(mail_create_nosubscribe=False)
        request_sudo._plan_answer()
        self.env["portal.request.notification"]._queue("received", request_sudo)
        return request_sudo

    # --- answering --------------------------------------------------------------------------------

    def _accept(self, text=None):
        """Do what is asked for, and tell the customer.

        :param str text: what the customer reads with it
        :raise UserError: when it was answered meanwhile, or cannot be done any more
        """
        self.check_access("write")
        self._ensure_open()
        for request in self:
            getattr(request, f"_accept_{request.kind}")()
        self._decide("accepted", text)

    def _refuse(self, text):
        """Leave everything as it is, and tell the customer why.

        :param str text: what the customer reads
        :raise UserError: when it was answered meanwhile, or nothing is said
        """
        self.check_access("write")
        self._ensure_open()
        if not (text or "").strip():
            raise UserError(self.env._("Tell the customer why."))
        for request in self:
            getattr(request, f"_refuse_{request.kind}")()
        self._decide("refused", text)

    def _withdraw(self):
        """The customer wants it no longer.

        :raise UserError: when it was answered meanwhile
        """
        self._ensure_open()
        for request in self:
            getattr(request, f"_refuse_{request.kind}")()
        self._decide("withdrawn", None)

    def _ensure_open(self):
        """One answer only: of two clerks at once the second waits for the first, and reads how and
        by whom it was answered.

        :raise UserError: when one of them is not open any more
        """
        ids = tuple(self.ids) or (0,)
        query = "SELECT id FROM portal_request WHERE id IN %s ORDER BY id FOR UPDATE"
        self.env.execute_query(SQL(query, ids))
        self.invalidate_recordset()
        for request in self.filtered(lambda one: one.state != "open"):
            raise UserError(request._get_answered_text())

    def _get_answered_text(self):
        return self.env._(
            "%(name)s does not wait for an answer any more: %(state)s, %(day)s, %(who)s.",
            name=self.name,
            state=self._get_state_label(),
            day=PortalFormat(self.env).full_day(self.decided_on),
            who=self.sudo().decided_by_id.name,  # customers do not read users
        )

    def _get_state_label(self):
        """The state in the language of the reader."""
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _decide(self, state, text):
        # sudo: nobody writes an answer by hand
        self.sudo().write(
            {
                "state": state,
                "answer": (text or "").strip(),
                "decided_on": fields.Datetime.now(),
                "decided_by_id": self.env.user.id,
            }
        )
        self._close_answer()

    # --- what is asked for ------------------------------------------------------------------------

    def _get_differences(self):
        """What is asked for, old and new side by side, in the reader's language.

        :return: list of ``{'label', 'old', 'new', 'note'}``, texts; the note says what is to be
            known beforehand, as that the article is on its way from the vendor; prices and
            amounts only where the reader (``self.env.user``) has the role for prices
        :rtype: list
        """
        self.ensure_one()
        request_sudo = self.sudo()  # who may read a request may read what it asks for
        return getattr(request_sudo, f"_get_differences_{request_sudo.kind}")()

    def _get_warnings(self):
        """What a clerk is to know before the request is accepted, in the clerk's language.

        They are shown in the dialog; when others would be shown by the time it is accepted, it is
        not accepted but shown again.

        :return: list of sentences
        :rtype: list
        """
        self.ensure_one()
        request_sudo = self.sudo()  # as the differences
        return getattr(request_sudo, f"_get_warnings_{request_sudo.kind}")()

    def _get_kind_text(self):
        """What kind of request it is, with the order that it is about."""
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        order_sudo = self.sudo().order_id  # its number alone
        if not order_sudo:
            return kind
        if self.kind == "change":
            return self.env._("Change of order %(name)s", name=order_sudo.name)
        return f"{kind} {order_sudo.name}"

    @api.model
    def _get_open_domain(self):
        return Domain("state", "=", "open")
