from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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
    note = fields.Text("Remark of the Customer", readonly=True)
    answer = fields.Text(readonly=True, help="What the customer reads with the decision.")
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)

    _open_idx = models.Index("(company_id, create_date) WHERE state = 'open'")

    @api.model_create_multi
    def create(self, vals_list):
        """Number the requests."""
        for vals in vals_list:
            number = self.env["ir.sequence"].sudo().next_by_code("portal.request")
            vals.setdefault("name", number or "/")
        return super().create(vals_list)

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
        request_sudo = self.sudo().create(
            {
                "kind": kind,
                "requester_id": self.env.user.id,
                "partner_id": partner.id,
                "company_id": company.id,
                "manager_id": self._get_manager(partner, vals).id,
                **vals,
            }
        )
        request_sudo._plan_answer()
        return request_sudo

    @api.model
    def _get_manager(self, partner, vals):
        """Who answers: the salesperson of the order, else of the contact, else of the company."""
        partner_sudo = partner.sudo()
        order_sudo = self.env["sale.order"].sudo().browse(vals.get("order_id", []))
        return (
            order_sudo.user_id or partner_sudo.user_id or partner_sudo.commercial_partner_id.user_id
        )

    # --- answering --------------------------------------------------------------------------------

    def _accept(self, text=None):
        """Do what is asked for, and tell the customer.

        :param str text: what the customer reads with it
        :raise UserError: when it was answered meanwhile, or cannot be done any more
        """
        self._ensure_open()
        for request in self:
            getattr(request, f"_accept_{request.kind}")()
        self._decide("accepted", text)

    def _refuse(self, text):
        """Leave everything as it is, and tell the customer why.

        :param str text: what the customer reads
        :raise UserError: when it was answered meanwhile, or nothing is said
        """
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
        """One answer only: of two clerks at once the second reads what the first decided."""
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        for request in self.filtered(lambda one: one.state != "open"):
            raise UserError(self.env._("%(name)s has been answered already.", name=request.name))

    def _decide(self, state, text):
        self.write(
            {
                "state": state,
                "answer": text,
                "decided_on": fields.Datetime.now(),
                "decided_by_id": self.env.user.id,
            }
        )
        self._close_answer()

    def _plan_answer(self):
        """Call for an answer. Filled by the queue of requests."""

    def _close_answer(self):
        """Take back the call for an answer and tell the customer. Filled by the queue."""

    # --- what is asked for ------------------------------------------------------------------------

    def _get_differences(self):
        """What is asked for, old and new side by side, in the reader's language.

        :return: list of ``{'label', 'old', 'new', 'note'}``, texts; the note says what is to be
            known beforehand, as that the article is on its way from the vendor
        :rtype: list
        """
        self.ensure_one()
        return getattr(self, f"_get_differences_{self.kind}")()

    @api.model
    def _get_open_domain(self):
        return Domain("state", "=", "open")
