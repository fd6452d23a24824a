import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from ..tools import show_number

# The figures that the words for customers may name.
FIGURES = (
    "window_days",
    "window_months",
    "validity_days",
    "min_amount",
    "max_amount",
    "fee_percent",
    "offer_percent",
    "flag_after_hours",
)
# What is kept with a position: the rule that it was judged by.
RULES = (
    "code",
    "kind",
    "applies_to",
    "window_days",
    "window_months",
    "window_start",
    "window_policy",
    "min_amount",
    "max_amount",
    "respects_exclusions",
    "requires_invoice",
    "takes_units",
    "flag_after_hours",
    "authorisation",
    "message",
    "validity_days",
    "goods_expected",
    "fee_percent",
    "fee_manual",
    "offer_percent",
    "serials",
    "requires_comment",
    "requires_photo",
    "form",
)
MESSAGES = [
    ("send", "Send it"),
    ("wait", "Do not send it yet"),
    ("handled", "It is being handled"),
]


class CsoReason(models.Model):
    _name = "cso.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Technical code used by the API: small letters, digits and underscores.",
    )
    sequence = fields.Integer(default=1000, help="Own reasons come after those of the table.")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("defect", "Defect"), ("return", "Return"), ("claim", "Claim")],
        required=True,
        default="return",
    )
    help_text = fields.Text(
        translate=True,
        help="The rules of this reason in two or three sentences. {window_days}, {window_months},"
        " {validity_days}, {min_amount}, {max_amount}, {fee_percent}, {offer_percent} and"
        " {flag_after_hours} are replaced by the figures of the rule.",
    )
    help_shown = fields.Text("Help as Customers Read It", compute="_compute_help_shown")
    form = fields.Selection(
        selection="_get_forms", help="Asks for the details. Empty: by phone or mail."
    )

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
            ("none", "The window above"),
            ("doa", "DOA days of the vendor policy first"),
            ("warranty", "Warranty months of the vendor policy first"),
        ],
        "Vendor Policy",
        required=True,
        default="none",
    )
    window_text = fields.Char("Window", compute="_compute_window_text")
    min_amount = fields.Float("Lowest Value", digits=(16, 2), help="Company currency; 0: none.")
    max_amount = fields.Float("Highest Value", digits=(16, 2), help="Company currency; 0: none.")
    respects_exclusions = fields.Boolean(
        help="Not for articles that are not returnable, nor for lines specially ordered.",
    )
    excluded_categ_ids = fields.Many2many(
        "product.category",
        "cso_reason_excluded_categ_rel",
        "reason_id",
        "categ_id",
        string="Excluded Categories",
        help="Not for articles of these categories and those below them.",
    )
    requires_invoice = fields.Boolean("Line Must Be Invoiced")
    takes_units = fields.Boolean(default=True, help="The units cannot be claimed again meanwhile.")
    outcome_ids = fields.Many2many(
        "cso.outcome",
        "cso_reason_outcome_rel",
        "reason_id",
        "outcome_id",
        string="Outcomes",
        help="What a clerk may decide; empty: all.",
    )
    alternative_ids = fields.Many2many(
        "cso.reason",
        "cso_reason_alternative_rel",
        "reason_id",
        "alternative_id",
        string="Alternatives",
        help="Proposed when this reason is refused: the first one that is possible.",
    )

    flag_after_hours = fields.Integer(
        "Late Report After (hours)",
        help="From the receipt. A later report is possible within the window, but a reviewer is"
        " told to look twice; 0: never.",
    )

    at_carrier = fields.Boolean(
        "Claimed at the Carrier", help="Damage in transport, which the carrier answers for."
    )
    authorisation = fields.Selection(
        [("immediate", "At once"), ("review", "By a clerk")], required=True, default="review"
    )
    validity_days = fields.Integer("Validity (days)", default=5)
    message = fields.Selection(
        MESSAGES,
        "Message After Submitting",
        required=True,
        default="wait",
    )
    goods_expected = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("reviewer", "The reviewer decides")],
        required=True,
        default="reviewer",
    )
    review_days = fields.Integer("Days to Review", help="Working days; 0: those of the company.")
    test_days = fields.Integer("Days to Test", help="Working days; 0: those of the company.")
    decide_days = fields.Integer("Days to Decide", help="Working days; 0: those of the company.")
    settle_days = fields.Integer(
        "Days to Carry Out", help="Working days after the decision; 0: those of the company."
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
    _code_plain = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]*$')",
        "A code begins with a small letter and has only small letters, digits and underscores.",
    )
    _window_range = models.Constraint(
        "CHECK (window_days BETWEEN 0 AND 36500 AND window_months BETWEEN 0 AND 1200"
        " AND validity_days BETWEEN 0 AND 3650 AND flag_after_hours BETWEEN 0 AND 87600)",
        "A window cannot be negative, nor longer than a hundred years.",
    )
    _days_positive = models.Constraint(
        "CHECK (review_days >= 0 AND test_days >= 0 AND decide_days >= 0 AND settle_days >= 0)",
        "Days cannot be negative.",
    )
    _amount_order = models.Constraint(
        "CHECK (min_amount >= 0 AND (max_amount = 0 OR max_amount >= min_amount))",
        "The highest value must not be below the lowest value.",
    )
    _percent_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100 AND offer_percent BETWEEN 0 AND 100)",
        "A percentage must be between 0 and 100.",
    )

    # ------------------------------------------------------------------ computes
    @api.model
    def _get_forms(self):
        """Return the models that ask, all that inherit ``cso.form``: pairs of model and name."""
        names = self.env.registry.descendants(["cso.form"], "_inherit")
        return [
            (name, self.env["ir.model"]._get(name).name or self.env[name]._description)
            for name in sorted(names)
            if not self.env[name]._abstract
        ]

    @api.depends("help_text", *FIGURES)
    @api.depends_context("lang", "company")
    def _compute_help_shown(self):
        for reason in self:
            figures = reason._get_figures()
            reason.help_shown = re.sub(
                r"\{(\w+)\}",
                lambda match, figures=figures: figures.get(match[1], match[0]),
                reason.help_text or "",
            )

    @api.depends("window_days", "window_months", "window_start", "window_policy")
    @api.depends_context("lang")
    def _compute_window_text(self):
        for reason in self:
            reason.window_text = reason._get_window_text()

    # ------------------------------------------------------------------ constrains
    @api.constrains("form")
    def _check_form(self):
        forms = dict(self._get_forms())
        for reason in self.filtered("form"):
            if reason.form not in forms:
                raise ValidationError(self.env._("%(form)s is not a form.", form=reason.form))

    # ------------------------------------------------------------------ CRUD
    def copy_data(self, default=None):
        """Extend: a copy has a code and a name of its own.

        :param dict default: values instead of the copied ones
        :return: list of values, one per reason
        """
        vals_list = super().copy_data(default)
        for reason, vals in zip(self, vals_list, strict=True):
            if "code" not in (default or {}):
                vals["code"] = f"{reason.code}_copy"
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=reason.name)
        return vals_list

    # ------------------------------------------------------------------ business
    def _can_be_mended(self, objections):
        """Return whether answers of the form can remove these objections to the reason.

        Fewer units may be possible; a window from the receipt counts from the day that is stated.

        :param list objections: as of ``cso.eligibility._assess``
        """
        self.ensure_one()
        return all(
            objection["max_quantity"]
            or (objection["code"] == "window" and self.window_start == "receipt")
            for objection in objections
        )

    def _get_figures(self):
        """Return the figures of this rule by name, as the words for customers show them."""
        self.ensure_one()
        currency = self.env.company.currency_id
        amounts = {
            name: format_amount(self.env, self[name], currency, trailing_zeroes=False)
            for name in ("min_amount", "max_amount")
        }
        return {**{name: show_number(self.env, self[name]) for name in FIGURES}, **amounts}

    def _get_window_text(self):
        """Return the window of this rule on one line: how long, from when, whose figure first."""
        self.ensure_one()
        parts = []
        if self.window_months:
            parts.append(self.env._("%(count)s months", count=self.window_months))
        if self.window_days or not parts:
            parts.append(self.env._("%(count)s days", count=self.window_days))
        starts = {
            "invoice": self.env._("from the invoice"),
            "receipt": self.env._("from the receipt"),
        }
        text = f"{' + '.join(parts)} {starts[self.window_start]}"
        if self.window_policy == "none":
            return text
        return self.env._("as the vendor names, else %(window)s", window=text)

    def _asks_receipt(self):
        """Return whether the day matters on which the customer received the goods."""
        self.ensure_one()
        return self.window_start == "receipt" or bool(self.flag_after_hours)

    def _get_rule_texts(self, values):
        """Return texts of name and figure of rule values that were kept; empty ones are left out.

        :param dict values: as of ``_get_rule_values``, at any time
        """
        shown = {name for name in RULES if values.get(name) not in (None, False, 0, "", "none")}
        names = [name for name in self._fields if name in shown - {"code"}]
        return [self._get_rule_text(self._fields[name], values[name]) for name in names]

    def _get_rule_text(self, field, value):
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        elif field.type == "boolean":
            value = self.env._("yes")
        elif field.type == "float":
            value = show_number(self.env, value)
        return f"{field._description_string(self.env)}: {value}"

    def _get_rule_values(self):
        """Return the figures of this rule, to be kept with what they decided."""
        self.ensure_one()
        return {name: self[name] for name in RULES}
