from odoo import api, fields, models


class CsoPositionFigures(models.AbstractModel):
    """What the analysis counts of a return position; amounts in the currency of the company."""

    _name = "cso.position.figures"
    _description = "Figures of a Return Position"

    company_currency_id = fields.Many2one(
        "res.currency", "Currency of the Company", compute="_compute_company_currency_id"
    )
    vendor_id = fields.Many2one(
        "res.partner",
        compute="_compute_vendor_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Of whom the units were bought, else the main vendor of the article.",
    )
    claimed_amount = fields.Monetary(
        "Value",
        currency_field="company_currency_id",
        compute="_compute_claimed_amount",
        store=True,
        groups="base.group_user",
        help="Net value of what is claimed, at the price of the order.",
    )
    settled_on = fields.Datetime(compute="_compute_settled_on", store=True)
    credited_amount = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_credited_amount",
        store=True,
        groups="base.group_user",
        help="Net, on posted credit notes, before return fees.",
    )
    fee_amount = fields.Monetary(
        "Return Fees",
        currency_field="company_currency_id",
        compute="_compute_credited_amount",
        store=True,
        groups="base.group_user",
        help="Net, on posted credit notes.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("company_id")
    def _compute_company_currency_id(self):
        for position in self:
            position.company_currency_id = position.company_id.currency_id

    @api.depends("product_id", "submitted_on")
    def _compute_vendor_id(self):
        policies = self.env["cso.vendor.policy"]
        submitted = self.filtered("submitted_on")
        vendors = submitted and policies._get_vendors_bought_from(submitted.sale_line_id)
        for position in self:
            bought_from = position in submitted and vendors.get(position.sale_line_id.id)
            main = policies._get_main_vendor(position.product_id, position.company_id)
            position.vendor_id = bought_from or main

    @api.depends("submitted_on", "quantity")
    def _compute_claimed_amount(self):
        for position in self:
            value = position.submitted_on and position.sale_line_id._get_cso_unit_value()
            position.claimed_amount = position.quantity * value

    @api.depends("is_settled")
    def _compute_settled_on(self):
        for position in self:
            now = position.is_settled and fields.Datetime.now()
            position.settled_on = position.is_settled and (position.settled_on or now)

    @api.depends(
        "refund_line_ids.balance", "refund_line_ids.parent_state", "refund_line_ids.is_cso_fee"
    )
    def _compute_credited_amount(self):
        for position in self:
            posted = position.refund_line_ids.filtered(
                lambda line: (
                    line.parent_state == "posted" and line.move_id.move_type == "out_refund"
                )
            )
            fees = posted.filtered("is_cso_fee")
            position.credited_amount = sum((posted - fees).mapped("balance"))
            position.fee_amount = -sum(fees.mapped("balance"))
