"""Dates of suppliers as one short text, the way customers read them."""

from odoo.tools import format_date

DASH = "\N{EN DASH}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def get_range_text(env, days, is_open):
    """One date, a range, a date and an ellipsis when more is to come without one, or that only.

    :param env: whose language the dates are written in
    :param days: dates, none of them empty
    :param bool is_open: whether something has no date yet
    """
    ends = sorted({min(days), max(days)}) if days else []
    pattern = env._("d MMM") + " y"
    texts = [format_date(env, day, date_format=pattern) for day in ends]
    if is_open:
        texts = [*texts[:1], ELLIPSIS]
    return f" {DASH} ".join(texts)


def get_eta_text(record, prefix):
    """The text of three fields of a record: status, first and last date.

    :param record: of any model that has them
    :param str prefix: what the names of the fields begin with, as "eta_"
    """
    state = record[f"{prefix}state"]
    if state in ("known", "partial", "unknown"):
        days = [day for day in (record[f"{prefix}first"], record[f"{prefix}last"]) if day]
        return get_range_text(record.env, days, state != "known")
    labels = dict(record._fields[f"{prefix}state"]._description_selection(record.env))
    return labels.get(state, "") if state == "in_stock" else ""
