"""Days of the user and moments of the database."""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.fields import Domain


def get_moment_domain(env, field_name, first=None, last=None):
    """Moments on the days of a period.

    :param env: in whose time zone the days are
    :param str field_name: a field with moments (UTC)
    :param first: first day (date or its text), nothing for no first day
    :param last: last day, included, nothing for no last day
    :rtype: Domain
    """
    domain = Domain.TRUE
    if first:
        domain &= Domain(field_name, ">=", _get_midnight(env, fields.Date.to_date(first)))
    if last:
        day_after = fields.Date.to_date(last) + timedelta(days=1)
        domain &= Domain(field_name, "<", _get_midnight(env, day_after))
    return domain


def _get_midnight(env, day):
    midnight = env.tz.localize(datetime.combine(day, time.min))
    return midnight.astimezone(pytz.utc).replace(tzinfo=None)
