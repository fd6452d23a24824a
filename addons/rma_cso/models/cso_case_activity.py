from odoo import api, models

from .cso_position_deadline import STEPS

ACTIVITY = "rma_cso.mail_activity_type_due"


class CsoCaseActivity(models.AbstractModel):
    """One activity per case for what of it is due, kept by a job."""

    _name = "cso.case.activity"
    _description = "Activities of a Return Case"

    # ------------------------------------------------------------------ job
    @api.model
    def _cron_plan_activities(self):
        """Plan an activity for each case of which something is due, and end those that are done."""
        wanted = self._get_due_positions().grouped("rma_id")
        activities = self._get_due_activities()
        done = activities.filtered(lambda one: self.browse(one.res_id) not in wanted)
        done.unlink()
        known = {one.res_id: one for one in activities - done}
        for case, positions in wanted.items():
            case._plan_activity(positions, known.get(case.id))

    # ------------------------------------------------------------------ business
    @api.model
    def _get_due_positions(self):
        """Return the positions whose step is due today, or late, where their company is."""
        positions = self.env["cso.rma.line"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            positions |= positions.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", tuple(STEPS)),
                    ("deadline", "<=", company._get_cso_date()),
                ]
            )
        return positions

    @api.model
    def _get_due_activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ]
        )

    def _plan_activity(self, positions, activity):
        """Plan the activity of this case, or bring the one there is up to date.

        :param positions: what of it is due (``cso.rma.line``)
        :param activity: ``mail.activity`` that is there, or None
        """
        self.ensure_one()
        user = self.clerk_id or self.company_id.cso_desk_user_id
        if not user:
            return
        values = {
            "summary": self._get_due_summary(positions.with_context(lang=user.lang)),
            "date_deadline": min(positions.mapped("deadline")),
            "user_id": user.id,
        }
        if activity is None:
            self.activity_schedule(ACTIVITY, **values)
        elif any(activity[name] != self._read_back(value) for name, value in values.items()):
            activity.write(values)

    def _read_back(self, value):
        """Return a value as a record has it."""
        return self.env["res.users"].browse(value) if isinstance(value, int) else value

    def _get_due_summary(self, positions):
        """Return how many positions wait for which step, in the language of the positions."""
        labels = dict(positions._fields["state"]._description_selection(positions.env))
        groups = positions.grouped("state")
        return ", ".join(
            f"{labels[state]}: {len(groups[state])}" for state in STEPS if state in groups
        )
