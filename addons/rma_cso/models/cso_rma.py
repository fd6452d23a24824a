from odoo import api, fields, models


class CsoRma(models.Model):
    _name = "cso.rma"
    _description = "Return Case"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "submitted_on desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

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
    reference = fields.Char("Customer Reference")
    return_address_id = fields.Many2one(
        "res.partner",
        "Return Address",
        help="Where goods go back to when they cannot be accepted.",
    )
    submitted_on = fields.Datetime(
        readonly=True, copy=False, index=True, tracking=True, help="Empty: still a cart."
    )
    confirmation_sent_on = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Cart"),
            ("review", "To authorise"),
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
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        help="Earliest day on which an authorisation of this case ends; the day is included.",
    )
    picking_ids = fields.One2many("stock.picking", "cso_rma_id", "Receipts")
    picking_count = fields.Integer("Number of Receipts", compute="_compute_picking_count")
    refund_ids = fields.Many2many(
        "account.move", string="Credit Notes", compute="_compute_refund_ids"
    )
    refund_count = fields.Integer("Number of Credit Notes", compute="_compute_refund_ids")

    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'", "This case number exists already."
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

    @api.depends("line_ids.valid_until", "line_ids.state")
    def _compute_valid_until(self):
        for case in self:
            waiting = case.line_ids.filtered(lambda line: line.state == "authorised")
            case.valid_until = min(waiting.mapped("valid_until"), default=False)

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for case in self:
            case.picking_count = len(case.picking_ids)

    @api.depends("line_ids.refund_ids")
    def _compute_refund_ids(self):
        for case in self:
            case.refund_ids = case.line_ids.refund_ids
            case.refund_count = len(case.refund_ids)

    # ------------------------------------------------------------------ business
    def _get_state(self):
        """Return the state that follows from the positions: what is waited for first."""
        self.ensure_one()
        if not self.submitted_on:
            return "draft"
        states = set(self.line_ids.mapped("state"))
        if "review" in states:
            return "review"
        if "authorised" in states:
            return "waiting"
        return "handling" if states & {"received", "to_decide", "decided"} else "closed"
