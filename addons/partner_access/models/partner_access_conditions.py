from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain


class PartnerAccessConditions(models.Model):
    """The conditions that a new customer accepts, in the version that is in force.

    The page for new customers is open for a company as soon as it has some.
    """

    _name = "partner.access.conditions"
    _description = "Conditions for New Customers"
    _order = "company_id, valid_from desc, id desc"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    name = fields.Char("Title", required=True, translate=True)
    version = fields.Char(required=True, help="As it stands on your document: 2026-1, May 2026.")
    valid_from = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="From this day on new customers accept this version instead of the one before.",
    )
    text = fields.Html(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    application_ids = fields.One2many("partner.access.application", "conditions_id")
    is_accepted = fields.Boolean(compute="_compute_is_accepted")

    _version_unique = models.Constraint(
        "UNIQUE (company_id, version)", "There are conditions with this version already."
    )

    @api.depends("version")
    def _compute_display_name(self):
        for conditions in self:
            conditions.display_name = f"{conditions.name or ''} {conditions.version or ''}".strip()

    @api.depends("application_ids")
    def _compute_is_accepted(self):
        groups = self.env["partner.access.application"]._read_group(
            [("conditions_id", "in", self.ids)], ["conditions_id"]
        )
        for conditions in self:
            conditions.is_accepted = (conditions,) in groups

    @api.model_create_multi
    def create(self, vals_list):
        """The page for new customers opens, or shows another version, at once."""
        conditions = super().create(vals_list)
        self.env.registry.clear_cache()
        return conditions

    def write(self, vals):
        """A version that somebody accepted keeps its text.

        :raise UserError: when the text or the version of such conditions is changed
        """
        if {"text", "version"} & vals.keys():
            self._check_not_accepted()
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        """As core; the page for new customers closes when these were the last ones."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_accepted(self):
        self._check_not_accepted()

    def _check_not_accepted(self):
        # sudo: whoever writes conditions may not read applications of other companies
        accepted_sudo = self.sudo().filtered("is_accepted")
        if accepted_sudo:
            raise UserError(
                self.env._(
                    "Version %(version)s was accepted by customers and stays as it is. Make a new "
                    "version.",
                    version=accepted_sudo[0].version,
                )
            )

    @api.model
    @tools.ormcache("company_id", "day")
    def _get_current_id(self, company_id, day):
        """Id of the conditions that a company's new customers accept on a day; False if none.

        Kept from one request to the next: every sign-in page asks whether there is a way to apply.
        """
        domain = Domain("company_id", "=", company_id) & Domain("valid_from", "<=", day)
        # sudo: visitors read no conditions but those that the page shows
        return self.sudo().search(domain, order="valid_from desc, id desc", limit=1).id

    @api.model
    def _get_current(self):
        """The conditions (sudo) of the current company today; empty when nobody can apply."""
        conditions_id = self._get_current_id(self.env.company.id, fields.Date.today())
        return self.sudo().browse(conditions_id or ())

    @api.model
    def _is_open(self):
        """Whether new customers can apply to the current company today."""
        return bool(self._get_current_id(self.env.company.id, fields.Date.today()))
