from odoo import api, fields, models


class CsoRmaLine(models.Model):
    _name = "cso.rma.line"
    _description = "Return Position"
    _order = "rma_id desc, sequence, id"
    _check_company_auto = True

    rma_id = fields.Many2one("cso.rma", "Case", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="rma_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="rma_id.partner_id", store=True, index=True)
    submitted_on = fields.Datetime(related="rma_id.submitted_on", store=True, index=True)
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", required=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one(related="sale_line_id.order_id")
    product_id = fields.Many2one(related="sale_line_id.product_id", store=True, index=True)
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason_id = fields.Many2one(
        "cso.reason", "Reason", required=True, index=True, ondelete="restrict"
    )

    # what the customer tells
    quantity = fields.Float(
        digits="Product Unit", required=True, default=1.0, help="In the unit of the order line."
    )
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
            ("unclear", "Unclear"),
        ],
    )
    sealed_confirmed = fields.Boolean("Sealed and New", help="Without writing or stickers.")
    not_activated = fields.Boolean("Licence Not Activated")
    noted_at_delivery = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        help="The damage was noted on the delivery papers or the hand terminal.",
    )
    keep_offer = fields.Selection(
        [("yes", "Keep at the offer"), ("no", "Send back")], "Keep the Goods"
    )
    slip_matches = fields.Selection([("yes", "Yes"), ("no", "No")], "Slip Matches the Goods")
    wants_original = fields.Selection([("yes", "Yes"), ("no", "No")], "Wants the Original Article")
    received_total = fields.Float("Received in Total", digits="Product Unit")
    received_product_id = fields.Many2one("product.product", "Received Article")
    received_description = fields.Char("Received Article (description)")
    invoice_detail = fields.Selection(
        [
            ("customer", "Wrong customer number"),
            ("leasing", "To be handled by a leasing company"),
            ("currency", "Wrong currency"),
            ("price", "Wrong price"),
            ("payment_term", "Payment term not as agreed"),
            ("serials", "Wrong serial numbers"),
            ("information", "Other information missing"),
            ("costs", "Freight or other costs wrong"),
            ("other", "Other"),
        ],
        "Invoice Problem",
    )
    invoice_answer = fields.Char("Invoice: What Is Right")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "cso_rma_line_attachment_rel",
        "line_id",
        "attachment_id",
        "Photos and Files",
        bypass_search_access=True,
    )
    return_address_id = fields.Many2one("res.partner", "Return Address")

    # the rules as they were when the position was made
    takes_units = fields.Boolean(compute="_compute_rules", store=True)
    fee_percent = fields.Float(
        "Return Fee (%)", digits=(5, 2), compute="_compute_rules", store=True, readonly=False
    )
    is_goods_expected = fields.Boolean(
        "Goods Expected", compute="_compute_rules", store=True, readonly=False
    )
    eligibility = fields.Json(
        readonly=True, copy=False, help="Result and rule values of the check when submitted."
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
    authorised_on = fields.Datetime(readonly=True, copy=False)
    valid_until = fields.Date(readonly=True, copy=False, help="The day is included.")
    closed_on = fields.Datetime(
        "Ended On", readonly=True, copy=False, help="Refused, expired or withdrawn on."
    )
    refusal_text = fields.Text("Reason of the Refusal", copy=False)
    sent_on = fields.Date("Sent by the Customer On", copy=False)

    # goods in
    move_ids = fields.One2many("stock.move", "cso_rma_line_id", "Stock Moves")
    received_qty = fields.Float(
        "Received", digits="Product Unit", compute="_compute_received_qty", store=True
    )
    test_result = fields.Selection(
        [
            ("confirmed", "Fault confirmed"),
            ("no_fault", "No fault found"),
            ("customer_damage", "Customer damage"),
            ("incomplete", "Incomplete"),
            ("untested", "Not tested"),
        ],
        copy=False,
    )
    test_note = fields.Text(copy=False)
    tested_on = fields.Datetime(compute="_compute_tested_on", store=True)
    disposition = fields.Selection(
        [
            ("restock", "Restock"),
            ("quarantine", "Quarantine"),
            ("scrap", "Scrap"),
            ("vendor", "To the vendor"),
            ("customer", "Back to the customer"),
        ],
        copy=False,
    )

    # money
    outcome = fields.Selection([("credit", "Credit")], readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    refund_line_ids = fields.One2many("account.move.line", "cso_rma_line_id", "Credit Note Lines")
    refund_ids = fields.Many2many(
        "account.move", string="Credit Notes", compute="_compute_refund_ids"
    )
    credited_qty = fields.Float(
        "Credited",
        digits="Product Unit",
        compute="_compute_credited_qty",
        store=True,
        help="On credit notes that are not cancelled, drafts included.",
    )
    credited_posted_qty = fields.Float(
        "Credited (posted)", digits="Product Unit", compute="_compute_credited_qty", store=True
    )

    # computed from the facts above
    holds_units = fields.Boolean(compute="_compute_holds_units", store=True, index=True)
    state = fields.Selection(
        [
            ("draft", "In the cart"),
            ("review", "To authorise"),
            ("authorised", "Awaiting goods"),
            ("received", "To test"),
            ("to_decide", "To decide"),
            ("decided", "Decided"),
            ("credited", "Credited"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
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
        for line in self:
            line.takes_units = line.reason_id.takes_units
            line.fee_percent = line.reason_id.fee_percent
            line.is_goods_expected = line.reason_id.goods_expected == "yes"

    @api.depends("move_ids.state", "move_ids.quantity", "move_ids.product_uom")
    def _compute_received_qty(self):
        for line in self:
            line.received_qty = sum(
                move._get_cso_received_qty(line.product_uom_id) for move in line.move_ids
            )

    @api.depends("test_result")
    def _compute_tested_on(self):
        for line in self:
            line.tested_on = line.test_result and (line.tested_on or fields.Datetime.now())

    @api.depends("refund_line_ids")
    def _compute_refund_ids(self):
        for line in self:
            line.refund_ids = line.refund_line_ids.move_id

    @api.depends(
        "refund_line_ids.quantity", "refund_line_ids.parent_state", "refund_line_ids.is_cso_fee"
    )
    def _compute_credited_qty(self):
        for line in self:
            goods = line.refund_line_ids.filtered(lambda refund: not refund.is_cso_fee)
            line.credited_qty = goods._get_cso_credited_qty(line.product_uom_id)
            posted = goods.filtered(lambda refund: refund.parent_state == "posted")
            line.credited_posted_qty = posted._get_cso_credited_qty(line.product_uom_id)

    @api.depends("submitted_on", "takes_units", "authorisation_state")
    def _compute_holds_units(self):
        for line in self:
            is_open = line.authorisation_state in ("pending", "authorised")
            line.holds_units = line.takes_units and is_open and bool(line.submitted_on)

    @api.depends(
        "submitted_on",
        "authorisation_state",
        "is_goods_expected",
        "received_qty",
        "test_result",
        "outcome",
        "credited_qty",
        "credited_posted_qty",
    )
    def _compute_state(self):
        for line in self:
            line.state = line._get_state()

    # ------------------------------------------------------------------ business
    def _get_state(self):
        """Return the state that follows from the facts of this position."""
        self.ensure_one()
        if not self.submitted_on:
            return "draft"
        if self.authorisation_state != "authorised":
            return "review" if self.authorisation_state == "pending" else self.authorisation_state
        return self._get_money_state() or self._get_goods_state()

    def _get_money_state(self):
        self.ensure_one()
        if self.outcome != "credit":
            return False
        is_posted = self.credited_qty and self.credited_posted_qty >= self.credited_qty
        return "credited" if is_posted else "decided"

    def _get_goods_state(self):
        self.ensure_one()
        if self.test_result or not self.is_goods_expected:
            return "to_decide"
        return "received" if self.received_qty else "authorised"
