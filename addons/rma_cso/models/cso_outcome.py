from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CsoOutcome(models.Model):
    """What a settled position leads to: a row that names the dialog by which it is decided."""

    _name = "cso.outcome"
    _description = "Outcome of a Return"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Technical code: small letters and underscores.")
    sequence = fields.Integer(default=1000)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="What it makes, as the clerk reads it.")
    customer_text = fields.Char(
        "Text for the Customer",
        translate=True,
        help="What the customer reads when it is decided, such as: you get a credit note.",
    )
    form = fields.Selection(
        selection="_get_forms", required=True, help="The dialog by which it is decided."
    )
    asks_article = fields.Boolean(
        "Clerk Chooses the Article",
        help="Another article than the one of the order line is delivered, such as an accessory.",
    )
    frees_units = fields.Boolean(
        "Unit Stays With the Customer",
        help="Once settled, the units can be claimed again: kept, repaired or delivered after all.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "The code of an outcome must be unique.")

    # ------------------------------------------------------------------ computes
    @api.model
    def _get_forms(self):
        """Return the models that decide, all that inherit ``cso.decide``: model and name."""
        names = self.env.registry.descendants(["cso.decide"], "_inherit")
        return [
            (name, self.env["ir.model"]._get(name).name or self.env[name]._description)
            for name in sorted(names)
            if not self.env[name]._abstract
        ]

    # ------------------------------------------------------------------ constrains
    @api.constrains("form")
    def _check_form(self):
        forms = dict(self._get_forms())
        for outcome in self:
            if outcome.form not in forms:
                raise ValidationError(
                    self.env._("%(form)s does not decide anything.", form=outcome.form)
                )
