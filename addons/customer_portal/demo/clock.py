"""The days on which the flows of the demo world happen.

An order of six weeks ago is confirmed, bought, received, shipped and invoiced by the flows that do
it every day; only the clock that they read is another one. So nothing has to be set back
afterwards: dates, sequences, prices, histories and deadlines are what the flows made them.
"""

import threading
from contextlib import contextmanager
from datetime import datetime

from odoo import fields

_moments = threading.local()
_now = fields.Datetime.now
_today = fields.Date.today
_context_today = fields.Date.context_today


def _shifted_now(*args):
    return getattr(_moments, "moment", None) or _now(*args)


def _shifted_today(*args):
    moment = getattr(_moments, "moment", None)
    return moment.date() if moment else _today(*args)


def _shifted_context_today(record, timestamp=None):
    return _context_today(record, timestamp or getattr(_moments, "moment", None))


@contextmanager
def running():
    """Let the thread that loads the demo world read its own clock, all others the usual one."""
    fields.Datetime.now = staticmethod(_shifted_now)
    fields.Date.today = staticmethod(_shifted_today)
    fields.Date.context_today = staticmethod(_shifted_context_today)
    try:
        yield
    finally:
        fields.Datetime.now = staticmethod(_now)
        fields.Date.today = staticmethod(_today)
        fields.Date.context_today = staticmethod(_context_today)
        _moments.moment = None


def set_moment(moment: datetime):
    """What the clock shows from now on, in UTC."""
    _moments.moment = moment
