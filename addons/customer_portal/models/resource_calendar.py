from odoo import models

CALENDAR_FIELDS = {"attendance_ids", "two_weeks_calendar", "tz"}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Expected ship dates follow the working hours of the company."""
        result = super().write(vals)
        if CALENDAR_FIELDS & vals.keys():
            companies_sudo = self.env["res.company"].sudo()  # of whoever uses the calendar
            companies_sudo.search([("resource_calendar_id", "in", self.ids)])._mark_dated_eta()
        return result
