import ast

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date


class CsoStep(models.Model):
    """A step of the desk's day: what waits for it, and what of that is due."""

    _name = "cso.step"
    _description = "Step of the Returns Desk"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True)
    action_id = fields.Many2one("ir.actions.act_window", required=True, ondelete="cascade")
    res_model = fields.Char(related="action_id.res_model", string="Model")
    domain = fields.Char(required=True, default="[]")
    deadline_field = fields.Char(help="The date by which a record of this step is due.")
    open_count = fields.Integer("Open", compute="_compute_counts")
    today_count = fields.Integer("Due Today", compute="_compute_counts")
    late_count = fields.Integer("Late", compute="_compute_counts")
    mine_count = fields.Integer("Mine", compute="_compute_counts")
    next_deadline = fields.Char("Next", compute="_compute_counts")

    # ------------------------------------------------------------------ computes
    @api.depends("domain", "deadline_field", "action_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        for step in self:
            counts = step._get_counts()
            for name, value in counts.items():
                step[name] = value

    # ------------------------------------------------------------------ actions
    def action_open(self):
        """Open all that waits for this step.

        :return: the action
        """
        return self._get_action(Domain.TRUE)

    def action_open_today(self):
        """Open what of this step is due today.

        :return: the action
        """
        return self._get_action(self._get_due_domain("="))

    def action_open_late(self):
        """Open what of this step is late.

        :return: the action
        """
        return self._get_action(self._get_due_domain("<"))

    def action_open_mine(self):
        """Open what of this step the user takes care of.

        :return: the action
        """
        return self._get_action(self._get_mine_domain())

    # ------------------------------------------------------------------ business
    def _get_domain(self):
        """Return the domain of what waits for this step."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain))

    def _get_due_domain(self, operator):
        """Return the domain of what is due today (``=``) or was due before (``<``)."""
        if not self.deadline_field:
            return Domain.FALSE
        return Domain(self.deadline_field, operator, self.env.company._get_cso_date())

    def _get_mine_domain(self):
        has_clerk = "clerk_id" in self.env[self.res_model]._fields
        return Domain("clerk_id", "=", self.env.uid) if has_clerk else Domain.FALSE

    def _get_counts(self):
        """Return the counts of this step by field; what the user may not read counts as nothing."""
        self.ensure_one()
        records, waiting = self.env[self.res_model], self._get_domain()
        if not records.has_access("read"):
            return {"open_count": 0, "today_count": 0, "late_count": 0, "mine_count": 0} | {
                "next_deadline": False
            }
        return {
            "open_count": records.search_count(waiting),
            "today_count": records.search_count(waiting & self._get_due_domain("=")),
            "late_count": records.search_count(waiting & self._get_due_domain("<")),
            "mine_count": records.search_count(waiting & self._get_mine_domain()),
            "next_deadline": self._get_next_deadline(records, waiting),
        }

    def _get_next_deadline(self, records, waiting):
        """Return the next day after today on which something of this step is due, as text."""
        if not self.deadline_field:
            return False
        name = self.deadline_field
        first = records.search(waiting & self._get_due_domain(">"), order=name, limit=1)
        return format_date(self.env, first[name]) if first else False

    def _get_action(self, narrowed):
        self.ensure_one()
        action = self.action_id._get_action_dict()
        action.update(
            {
                "name": self.name,
                "display_name": self.name,
                "domain": list(self._get_domain() & narrowed),
                "context": {},
            }
        )
        return action
