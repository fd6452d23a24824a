"""Short dates, quantities and amounts as the portal shows them."""

from contextlib import suppress
from functools import lru_cache

from babel.dates import format_date
from pytz import UTC

from odoo import fields
from odoo.tools import format_amount, formatLang
from odoo.tools.misc import babel_locale_parse, get_lang

from .eta_text import DASH, ELLIPSIS

MAX_LENGTH = 64
OPEN_STATUSES = ("confirmed", "partial", "delivered")
STATUS_TONES = {
    "confirmed": ("in", "\N{BLACK CIRCLE}"),
    "partial": ("wa", "\N{CIRCLE WITH LEFT HALF BLACK}"),
    "delivered": ("ok", "\N{CHECK MARK}"),
    "fulfilled": ("ok", "\N{CHECK MARK}"),
    "cancelled": ("gr", "\N{MULTIPLICATION X}"),
}


def clean_text(text):
    """What somebody typed, without blanks around it and what no database can hold."""
    return (text or "").replace("\x00", "").strip()[:MAX_LENGTH]


def clean_day(text):
    """A day or moment out of a page's address, as written there; None for what is none."""
    with suppress(ValueError):
        return text if fields.Datetime.to_datetime(text) else None
    return None


def clean_date(text):
    """A day (date) out of a page's address; None for what is none or far from our time."""
    with suppress(ValueError):
        day = fields.Date.to_date(str(text or ""))
        return day if day and 1970 <= day.year < 2200 else None
    return None


@lru_cache(maxsize=5000)
def format_day(value, pattern, lang_code):
    """A date by a pattern of month names and numbers; the same for everybody of a language."""
    return format_date(value, pattern, locale=babel_locale_parse(lang_code))


class PortalFormat:
    """Formats values in the language of the user; each day is formatted once."""

    def __init__(self, env):
        self.env = env
        self.today = fields.Date.context_today(env.user)
        self.lang = get_lang(env).code
        self.day_pattern = env._("d MMM")
        self.days = {}
        self.amounts = {}
        self.quantities = {}

    def local_day(self, value):
        """The day of a datetime where the user is."""
        if hasattr(value, "hour"):
            return UTC.localize(value).astimezone(self.env.tz).date()
        return value

    def day(self, value):
        """A date, or the day of a datetime: "12 Dec", with the year where it is another one."""
        if not value:
            return ""
        value = self.local_day(value)
        if value not in self.days:
            year = "" if value.year == self.today.year else " y"
            self.days[value] = self.format_day(value, self.day_pattern + year)
        return self.days[value]

    def full_day(self, value):
        """A date with its year."""
        return self.format_day(self.local_day(value), f"{self.day_pattern} y")

    def month(self, value):
        """The month of a date with its year: "November 2026"."""
        text = self.format_day(value, "LLLL y")
        return text[:1].upper() + text[1:]

    def format_day(self, value, pattern):
        """A date in the language of the user, by a pattern of its month names and numbers."""
        return format_day(value, pattern, self.lang) if value else ""

    def period(self, first, last, is_open=False):
        """One date, "first - last", or "date - ..." when more is to come without a date."""
        if not first:
            return ELLIPSIS
        if is_open:
            return f"{self.day(first)} {DASH} {ELLIPSIS}"
        if first == last:
            return self.day(first)
        if (first.month, first.year) == (last.month, last.year):
            number = self.day_pattern.partition(" ")[0]  # the day as the language writes it
            return f"{self.format_day(first, number)} {DASH} {self.day(last)}"
        return f"{self.day(first)} {DASH} {self.day(last)}"

    def quantity(self, value):
        """A quantity without superfluous decimals."""
        if value not in self.quantities:
            digits = 0 if float(value).is_integer() else 2
            self.quantities[value] = formatLang(self.env, value, digits=digits)
        return self.quantities[value]

    def money(self, amount, currency):
        """An amount with the currency's sign."""
        key = (amount, currency.id)
        if key not in self.amounts:
            self.amounts[key] = format_amount(self.env, amount, currency, lang_code=self.lang)
        return self.amounts[key]
