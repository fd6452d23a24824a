from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        """A new holiday of the company moves expected ship dates."""
        leaves = super().create(vals_list)
        leaves._get_closed_companies_sudo()._mark_dated_eta()
        return leaves

    def write(self, vals):
        """A moved holiday moves expected ship dates."""
        companies_sudo = self._get_closed_companies_sudo()
        result = super().write(vals)
        (companies_sudo | self._get_closed_companies_sudo())._mark_dated_eta()
        return result

    def unlink(self):
        """A holiday less moves expected ship dates."""
        companies_sudo = self._get_closed_companies_sudo()
        result = super().unlink()
        companies_sudo._mark_dated_eta()
        return result

    def _get_closed_companies_sudo(self):
        """Companies that are closed then; the leave of one person closes none."""
        closed = self.filtered(lambda leave: not leave.resource_id)
        companies_sudo = self.env["res.company"].sudo()  # of whoever uses the calendar
        for leave in closed:
            if not leave.calendar_id:
                companies_sudo |= leave.company_id.sudo()
        if not closed.calendar_id:
            return companies_sudo
        domain = [("resource_calendar_id", "in", closed.calendar_id.ids)]
        return companies_sudo | companies_sudo.search(domain)
