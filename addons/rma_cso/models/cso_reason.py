import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

# The figures that the words for customers may name.
FIGURES = (
    "window_days",
    "window_months",
    "validity_days",
    "min_amount",
    "max_amount",
    "fee_percent",
    "offer_percent",
)


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
        translate=True,
        help="The rules of this reason in two or three sentences. {window_days}, {window_months},"
        " {validity_days}, {min_amount}, {max_amount}, {fee_percent} and {offer_percent} are"
        " replaced by the figures of the rule.",
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

    # ------------------------------------------------------------------ computes
    @api.model
    def _get_forms(self):
        """Return the models that ask, all that inherit ``cso.form``: pairs of model and name."""
        names = self.env.registry.descendants(["cso.form"], "_inherit")
        return [
            (name, self.env[name]._description)
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

    # ------------------------------------------------------------------ constrains
    @api.constrains("form")
    def _check_form(self):
        forms = dict(self._get_forms())
        for reason in self.filtered("form"):
            if reason.form not in forms:
                raise ValidationError(self.env._("%(form)s is not a form.", form=reason.form))

    # ------------------------------------------------------------------ business
    def _get_figures(self):
        """Return the figures of this rule by name, as the words for customers show them."""
        self.ensure_one()
        currency = self.env.company.currency_id
        amounts = {
            name: format_amount(self.env, self[name], currency, trailing_zeroes=False)
            for name in ("min_amount", "max_amount")
        }
        return {**{name: f"{self[name]:g}" for name in FIGURES}, **amounts}

    def _asks_reviewer(self):
        """Return whether who authorises has to decide on the goods or the fee."""
        self.ensure_one()
        return self.goods_expected == "reviewer" or self.fee_manual

    def _get_rule_texts(self, values):
        """Return texts of name and figure of rule values that were kept; empty ones are left out.

        :param dict values: as of ``_get_rule_values``, at any time
        """
        names = [name for name in self._fields if name != "code" and values.get(name)]
        return [self._get_rule_text(self._fields[name], values[name]) for name in names]

    def _get_rule_text(self, field, value):
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        elif field.type == "boolean":
            value = self.env._("yes")
        elif field.type == "float":
            value = f"{value:g}"
        return f"{field._description_string(self.env)}: {value}"

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
