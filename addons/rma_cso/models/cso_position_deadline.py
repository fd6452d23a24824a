from odoo import api, fields, models

# Who waits for us in a state: the days of the reason, and the moments from which they count, the
# latest one that is known.
STEPS = {
    "review": ("review_days", ("answered_on", "objected_on", "submitted_on")),
    "received": ("test_days", ("arrived_on",)),
    "to_decide": ("decide_days", ("tested_on", "arrived_on", "authorised_on")),
    "decided": ("settle_days", ("decided_on",)),
}


class CsoPositionDeadline(models.AbstractModel):
    """Until when the next step of a return position is due."""

    _name = "cso.position.deadline"
    _description = "Deadline of a Return Position"

    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        index=True,
        help="Until when the desk does the next step, or the customer sends the goods; the day is"
        " included.",
    )
    age_days = fields.Integer(
        "Age (days)", compute="_compute_age_days", help="Calendar days since it was submitted."
    )

    # ------------------------------------------------------------------ computes
    @api.depends(
        "state",
        "submitted_on",
        "answered_on",
        "objected_on",
        "authorised_on",
        "arrived_on",
        "tested_on",
        "decided_on",
        "is_to_send",
        "valid_until",
    )
    def _compute_deadline(self):
        for key, positions in self.grouped(lambda one: one._get_deadline_key()).items():
            company, start, days, last = key
            positions.deadline = company._get_cso_work_date(start, days) if start else last

    @api.depends("submitted_on")
    def _compute_age_days(self):
        for position in self:
            company, start = position.company_id, position.submitted_on
            days = start and company._get_cso_date() - company._get_cso_date(start)
            position.age_days = days and days.days

    # ------------------------------------------------------------------ business
    def _get_deadline_key(self):
        """Return company, moment from which the desk's days count, their number, and the last day
        of the customer.
        """
        self.ensure_one()
        name, moments = STEPS.get(self.state, (None, ()))
        start = max((self[moment] for moment in moments if self[moment]), default=False)
        days = start and (self.reason_id[name] or self.company_id[f"cso_{name}"])
        return self.company_id, start, days, self.is_to_send and self.valid_until
