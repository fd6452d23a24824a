from bisect import bisect_right
from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.eta_text import DATED_ETA_STATES


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_ship_working_days = fields.Integer(
        "Working Days from ETA to Shipment",
        default=2,
        help="Counted from the day after the supplier's date, in the company's working calendar.",
    )

    portal_digest_hour = fields.Integer(
        "Hour of the Digest",
        default=7,
        help="When the daily mail on changed dates is sent, in the company's time zone.",
    )

    portal_request_user_id = fields.Many2one(
        "res.users",
        "Answers Requests",
        groups="base.group_user",
        help="Gets the requests of customers who have no account manager.",
    )

    portal_back_orders_until = fields.Datetime(
        readonly=True,
        groups="base.group_system",
        help="Up to when back orders that got a date were told.",
    )

    _portal_ship_working_days_positive = models.Constraint(
        "CHECK (portal_ship_working_days >= 0)",
        "The working days from ETA to shipment cannot be negative.",
    )
    _portal_digest_hour_of_day = models.Constraint(
        "CHECK (portal_digest_hour BETWEEN 0 AND 23)",
        "The hour of the digest is one from 0 to 23.",
    )

    def write(self, vals):
        """Expected ship dates of open lines follow the setting and the calendar."""
        result = super().write(vals)
        if {"portal_ship_working_days", "resource_calendar_id"} & vals.keys():
            self._mark_dated_eta()
        return result

    def _mark_dated_eta(self):
        """Have the expected ship dates of open lines computed again."""
        domain = Domain("company_id", "in", self.ids)
        domain &= Domain("eta_state", "in", (*DATED_ETA_STATES, "in_stock"))
        self.env["sale.order.line"]._mark_open_eta(domain)

    def _get_payment_account(self):
        """Our account that customers pay to where no invoice names one: the first that is trusted.

        :return: ``res.partner.bank`` (sudo)
        """
        company_sudo = self.sudo()  # our accounts stand on every invoice
        accounts_sudo = company_sudo.partner_id.bank_ids.filtered(
            lambda account: account.company_id.id in (False, company_sudo.id)
        )
        return accounts_sudo.sorted(lambda account: not account.allow_out_payment)[:1]

    def _get_working_tz(self):
        """Name of the time zone in which the company counts its days."""
        company_sudo = self.sudo()  # calendars are no business of who asks
        return company_sudo.resource_calendar_id.tz or company_sudo.partner_id.tz or "UTC"

    def _get_day(self, moment):
        """The day (date) of a moment (datetime in UTC) where the company is."""
        zone = timezone(self._get_working_tz())
        return UTC.localize(moment).astimezone(zone).date()

    def _get_today(self):
        """The day (date) where the company is."""
        return self._get_day(fields.Datetime.now())

    def _get_noon(self, day):
        """Noon of a day (date) where the company is, in UTC: a day without a time."""
        zone = timezone(self._get_working_tz())
        noon = zone.localize(datetime.combine(day, time(12)))
        return noon.astimezone(UTC).replace(tzinfo=None)

    def _get_expected_ship_dates(self, dates):
        """When goods leave that arrive on given days: so many working days after the arrival, in
        the company's working calendar and its time zone.

        :param dates: days of arrival (date)
        :return: ``{arrival: ship date}``
        """
        self.ensure_one()
        count = self.portal_ship_working_days
        if not count or not dates:
            return {day: day for day in dates}
        working_days = self._get_working_days(min(dates), max(dates))
        return {day: self._get_nth_day(working_days, day, count) for day in set(dates)}

    def _get_working_day_after(self, day, count):
        """The day that is so many working days after a day, in the company's calendar.

        :param day: date
        :param int count: at least 1
        :return: date
        """
        self.ensure_one()
        return self._get_nth_day(self._get_working_days(day, day), day, count)

    def _get_working_days(self, first, last):
        """Days after the first one on which the company works, to well after the last one."""
        zone = timezone(self._get_working_tz())
        horizon = timedelta(days=30 + 7 * self.portal_ship_working_days)
        moments = [
            zone.localize(datetime.combine(day, time.min))
            for day in (first + timedelta(days=1), last + horizon)
        ]
        calendar = self.resource_calendar_id
        intervals = calendar._work_intervals_batch(*moments)[False] if calendar else ()
        return sorted({start.astimezone(zone).date() for start, _stop, _meta in intervals})

    @api.model
    def _get_nth_day(self, working_days, day, count):
        """Without a calendar that works then, every day counts."""
        later = bisect_right(working_days, day) + count - 1
        return working_days[later] if later < len(working_days) else day + timedelta(days=count)
