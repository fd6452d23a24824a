from odoo import fields, models


class CsoReason(models.Model):
    _name = "cso.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Technical code used by the API.")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("defect", "Defect"), ("return", "Return"), ("claim", "Claim")],
        required=True,
        default="return",
    )
    help_text = fields.Text(
        translate=True, help="The rules of this reason in two or three sentences."
    )
    form = fields.Char(help="Model of the form that asks for the details. Empty: by phone or mail.")

    applies_to = fields.Selection(
        [("goods", "Goods"), ("licence", "Licences"), ("both", "Goods and licences")],
        required=True,
        default="goods",
    )
    window_days = fields.Integer("Window (days)", help="Calendar days, the last one included.")
    window_months = fields.Integer("Window (months)")
    window_start = fields.Selection(
        [("invoice", "Invoice date"), ("receipt", "Receipt by the customer")],
        "Window Starts At",
        required=True,
        default="invoice",
    )
    window_policy = fields.Selection(
        [
            ("none", "This window"),
            ("doa", "DOA days of the vendor policy first"),
            ("warranty", "Warranty months of the vendor policy first"),
        ],
        "Vendor Policy",
        required=True,
        default="none",
    )
    min_amount = fields.Float("Lowest Value", digits=(16, 2), help="Company currency; 0: none.")
    max_amount = fields.Float("Highest Value", digits=(16, 2), help="Company currency; 0: none.")
    respects_exclusions = fields.Boolean(
        help="Not for articles that are not returnable, nor for lines specially ordered.",
    )
    requires_invoice = fields.Boolean("Line Must Be Invoiced")
    takes_units = fields.Boolean(default=True, help="The units cannot be claimed again meanwhile.")
    alternative_ids = fields.Many2many(
        "cso.reason",
        "cso_reason_alternative_rel",
        "reason_id",
        "alternative_id",
        string="Alternatives",
        help="Proposed when this reason is refused: the first one that is possible.",
    )

    authorisation = fields.Selection(
        [("immediate", "At once"), ("review", "By a clerk")], required=True, default="review"
    )
    validity_days = fields.Integer("Validity (days)", default=5)
    message = fields.Selection(
        [
            ("send", "Send it"),
            ("wait", "Do not send it yet"),
            ("handled", "It is being handled"),
        ],
        "Message After Submitting",
        required=True,
        default="wait",
    )
    goods_expected = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("reviewer", "The reviewer decides")],
        required=True,
        default="reviewer",
    )
    fee_percent = fields.Float("Return Fee (%)", digits=(5, 2))
    fee_manual = fields.Boolean("Fee Set by the Reviewer")
    offer_percent = fields.Float(
        "Keep Offer (%)", digits=(5, 2), help="Below the invoiced unit price; 0: no offer."
    )

    serials = fields.Selection(
        [
            ("none", "Not asked"),
            ("optional", "Optional"),
            ("required", "Required"),
            ("typed", "Typed, optional"),
        ],
        required=True,
        default="required",
        help="For articles tracked by serial number.",
    )
    requires_comment = fields.Boolean("Requires a Comment")
    requires_photo = fields.Boolean("Requires Photos")
    wants_photo = fields.Boolean("Asks for Photos")

    _code_unique = models.Constraint("UNIQUE (code)", "The code of a reason must be unique.")
    _window_positive = models.Constraint(
        "CHECK (window_days >= 0 AND window_months >= 0 AND validity_days >= 0)",
        "A window cannot be negative.",
    )
    _amount_order = models.Constraint(
        "CHECK (min_amount >= 0 AND (max_amount = 0 OR max_amount >= min_amount))",
        "The highest value must not be below the lowest value.",
    )
    _percent_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100 AND offer_percent BETWEEN 0 AND 100)",
        "A percentage must be between 0 and 100.",
    )

    # ------------------------------------------------------------------ business
    def _get_rule_values(self):
        """Return the figures of this rule, to be kept with what they decided."""
        self.ensure_one()
        names = (
            "code",
            "window_days",
            "window_months",
            "window_start",
            "window_policy",
            "min_amount",
            "max_amount",
            "takes_units",
            "authorisation",
            "validity_days",
            "fee_percent",
            "offer_percent",
            "goods_expected",
        )
        return {name: self[name] for name in names}
