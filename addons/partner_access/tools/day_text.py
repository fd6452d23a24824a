"""Days as the portal shows them."""

from datetime import datetime

from odoo import fields
from odoo.tools import format_date


def get_day_text(env, value):
    """A day in few words: with the year only where it is another one.

    :param env: environment of the user, whose language and time zone count
    :param value: date, or datetime in UTC; False for none
    :rtype: str
    """
    if not value:
        return ""
    if isinstance(value, datetime):
        value = fields.Datetime.context_timestamp(env.user, value).date()
    today = fields.Date.context_today(env.user)
    pattern = env._("d MMM") if value.year == today.year else env._("d MMM y")
    return format_date(env, value, date_format=pattern)
