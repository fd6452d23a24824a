from datetime import datetime, time, timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_ship_working_days = fields.Integer(
        "Working Days from ETA to Shipment",
        default=2,
        help="Counted from the day after the supplier's date, in the company's working calendar.",
    )

    _portal_ship_working_days_positive = models.Constraint(
        "CHECK (portal_ship_working_days >= 0)",
        "The working days from ETA to shipment cannot be negative.",
    )

    def write(self, vals):
        """Expected ship dates of open lines follow the setting and the calendar."""
        result = super().write(vals)
        if {"portal_ship_working_days", "resource_calendar_id"} & vals.keys():
            lines_sudo = self.env["sale.order.line"].sudo()
            lines_sudo.search(
                [("company_id", "in", self.ids), ("eta_state", "in", ("partial", "known"))]
            )._mark_eta()
        return result

    def _get_expected_ship_dates(self, dates):
        """When goods leave that arrive on given days.

        :param dates: days of arrival (date)
        :return: ``{arrival: ship date}``
        """
        self.ensure_one()
        return {day: self._get_expected_ship_date(day) for day in set(dates)}

    def _get_expected_ship_date(self, eta):
        days = self.portal_ship_working_days
        if not days:
            return eta
        day_after = datetime.combine(eta + timedelta(days=1), time.min)
        calendar = self.resource_calendar_id
        planned = calendar and calendar.plan_days(days, day_after, compute_leaves=True)
        return planned.date() if planned else eta + timedelta(days=days)
