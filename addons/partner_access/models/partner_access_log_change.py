from odoo import api, fields, models
from odoo.tools import format_date

NOTHING = "\N{EN DASH}"


class PartnerAccessLogChange(models.AbstractModel):
    """What changed in somebody's access, kept so that everybody reads it in the own language."""

    _name = "partner.access.log.change"
    _description = "Access Log: Changes"

    change = fields.Json(
        readonly=True,
        help="What was before and is now, by field of the register; how a view ended.",
    )
    details = fields.Char(compute="_compute_details")

    @api.depends("change")
    @api.depends_context("lang")
    def _compute_details(self):
        for row, text in self._get_texts().items():
            row.details = text

    def _get_texts(self):
        """Details of each row in the language of the environment.

        :return: ``{row: text}``
        :rtype: dict
        """
        rows_sudo = self.sudo()  # roles are the same for everybody
        names = rows_sudo._get_value_names()
        return {
            row.with_env(self.env): row._write_change(row.change, names) if row.change else row.text
            for row in rows_sudo
        }

    @api.model
    def _get_value_names(self):
        """Names of roles, scopes and ends by their codes."""
        roles = self.env["partner.access.role"].search([("code", "!=", False)])
        scopes = self.env["partner.access.entry"]._fields["scope"]
        names = {role.code: role.name for role in roles}
        names |= {
            "by_hand": self.env._("Ended by hand."),
            "signed_out": self.env._("Signed out."),
            "over": self.env._("Its time was over."),
            "ended": self.env._("It was ended."),
        }
        return names | dict(scopes._description_selection(self.env))

    @api.model
    def _write_change(self, change, names):
        """A change as text.

        :param dict change: ``{field: [before, after]}``; without a before, for what was given
        :param dict names: of ``_get_value_names``
        """
        labels = {
            "role_ids": self.env._("Roles"),
            "partner_id": self.env._("Company or branch"),
            "scope": self.env._("Sees"),
            "valid_until": self.env._("Valid until"),
            "end": "",
        }
        texts = []
        for field, label in labels.items():
            values = [self._write_value(field, value, names) for value in change.get(field, ())]
            texts += [f"{label}: {' → '.join(values)}"] if len(values) == 2 else values
        return "; ".join(texts)

    @api.model
    def _write_value(self, field, value, names):
        if not value:
            return NOTHING
        if field == "valid_until":
            return format_date(self.env, value)
        if isinstance(value, list):
            return ", ".join(name for code, name in names.items() if code in value)
        return names.get(value, value)
