from odoo import fields, models
from odoo.tools import SQL

# A step of which a position knows begin and end, in days of 24 hours.
DAYS = {
    "days_to_authorise": ("submitted_on", "authorised_on"),
    "days_to_arrive": ("authorised_on", "arrived_on"),
    "days_to_test": ("arrived_on", "tested_on"),
    "days_to_decide": ("submitted_on", "decided_on"),
    "days_to_settle": ("submitted_on", "settled_on"),
}


class CsoReport(models.Model):
    """Submitted positions, to be counted. All that is dear is stored on the position."""

    _name = "cso.report"
    _description = "Returns Analysis"
    _auto = False
    _order = "submitted_on desc, id desc"
    _rec_name = "position_id"

    position_id = fields.Many2one("cso.rma.line", readonly=True)
    rma_id = fields.Many2one("cso.rma", "Case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    clerk_id = fields.Many2one("res.users", "Assigned To", readonly=True)
    reason_id = fields.Many2one("cso.reason", readonly=True)
    kind = fields.Selection(
        [("defect", "Defect"), ("return", "Return"), ("claim", "Claim")], readonly=True
    )
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    maker_id = fields.Many2one("res.partner", readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True)
    outcome_id = fields.Many2one("cso.outcome", readonly=True)
    state = fields.Selection(
        lambda self: self.env["cso.rma.line"]._fields["state"]._description_selection(self.env),
        readonly=True,
    )
    test_result = fields.Selection(
        lambda self: (
            self.env["cso.rma.line"]._fields["test_result"]._description_selection(self.env)
        ),
        readonly=True,
    )
    submitted_on = fields.Datetime(readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    is_overridden = fields.Boolean("Rules Overridden", readonly=True)
    age_group = fields.Selection(
        [
            ("1", "Up to 2 days"),
            ("2", "3 to 5 days"),
            ("3", "6 to 10 days"),
            ("4", "11 to 30 days"),
            ("5", "More than 30 days"),
        ],
        "Age of Open Ones",
        readonly=True,
    )

    quantity = fields.Float("Units", readonly=True)
    position_count = fields.Integer("Positions", readonly=True)
    age_days = fields.Float("Age of Open Ones (days)", readonly=True, aggregator="avg")
    days_to_authorise = fields.Float("Days to Authorise", readonly=True, aggregator="avg")
    days_to_arrive = fields.Float("Days to Arrive", readonly=True, aggregator="avg")
    days_to_test = fields.Float("Days to Test", readonly=True, aggregator="avg")
    days_to_decide = fields.Float(
        "Days to Decide", readonly=True, aggregator="avg", help="From the request."
    )
    days_to_settle = fields.Float(
        "Days to Settle",
        readonly=True,
        aggregator="avg",
        help="From the request to the credit note, or whatever else was decided.",
    )
    no_fault_rate = fields.Float(
        "No Fault Found (%)", readonly=True, aggregator="avg", help="Of those that were tested."
    )
    override_count = fields.Integer("Overrides", readonly=True)
    claimed_amount = fields.Monetary("Value", readonly=True)
    credited_amount = fields.Monetary("Credited", readonly=True)
    fee_amount = fields.Monetary("Return Fees", readonly=True)

    # ------------------------------------------------------------------ actions
    def action_open_position(self):
        """Open the position behind a row.

        :return: the action
        """
        return self.position_id.action_open()

    # ------------------------------------------------------------------ business
    @property
    def _table_query(self):
        """Return the rows: one per submitted position."""
        days = [
            SQL(
                "EXTRACT(epoch FROM line.%(end)s - line.%(begin)s) / 86400 AS %(name)s",
                begin=SQL.identifier(begin),
                end=SQL.identifier(end),
                name=SQL.identifier(name),
            )
            for name, (begin, end) in DAYS.items()
        ]
        return SQL(QUERY, days=SQL(", ").join(days))


QUERY = """
    SELECT line.id,
           line.id AS position_id,
           line.rma_id,
           line.company_id,
           company.currency_id,
           line.partner_id,
           line.clerk_id,
           line.reason_id,
           reason.kind,
           line.product_id,
           template.categ_id,
           template.maker_id,
           line.vendor_id,
           line.outcome_id,
           line.state,
           line.test_result,
           line.submitted_on,
           open.is_open,
           line.override_reason IS NOT NULL AS is_overridden,
           CASE WHEN NOT open.is_open THEN NULL
                WHEN open.age <= 2 THEN '1'
                WHEN open.age <= 5 THEN '2'
                WHEN open.age <= 10 THEN '3'
                WHEN open.age <= 30 THEN '4'
                ELSE '5'
           END AS age_group,
           line.quantity,
           1 AS position_count,
           CASE WHEN open.is_open THEN open.age END AS age_days,
           CASE WHEN line.test_result IN ('confirmed', 'customer_damage', 'incomplete') THEN 0
                WHEN line.test_result = 'no_fault' THEN 100
           END AS no_fault_rate,
           (line.override_reason IS NOT NULL)::int AS override_count,
           line.claimed_amount,
           line.credited_amount,
           line.fee_amount,
           %(days)s
      FROM cso_rma_line line
      JOIN cso_reason reason ON reason.id = line.reason_id
      JOIN res_company company ON company.id = line.company_id
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
CROSS JOIN LATERAL (
           SELECT line.state NOT IN ('credited', 'settled', 'refused', 'expired', 'withdrawn')
                  AS is_open,
                  EXTRACT(epoch FROM (now() AT TIME ZONE 'UTC') - line.submitted_on) / 86400 AS age
           ) open
     WHERE line.submitted_on IS NOT NULL
"""
