"""Dates of suppliers the way customers read them."""

from datetime import date

from odoo.tools import format_date

DASH = "\N{EN DASH}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
OPEN_ETA_STATES = ("unknown", "partial", "known")
DATED_ETA_STATES = ("partial", "known")


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


def get_portal_eta(line, today):
    """How a page shows the supplier's dates of one line, see ``_get_portal_eta`` of order lines.

    :param line: whatever has the values of an order line
    :param today: the customer's day (date)
    :rtype: dict
    """
    slices = [
        (
            qty,
            day and date.fromisoformat(day),
            *(says or ("supplier" if day else "none", "none")),
        )
        for qty, day, *says in line.eta_slices or []
    ]
    days = [part[1] for part in slices if part[1]]
    return {
        "state": line.eta_state,
        "first": line.eta_first,
        "last": line.eta_last,
        "slices": slices,
        "in_stock": sum(part[0] for part in slices if part[2] == "stock"),
        "days_later": get_days_later(line, days) if line.eta_state in OPEN_ETA_STATES else 0,
        "is_overdue": any(day < today for day in days) and not line.eta_after_hardware,
        "is_taken_back": line.eta_state == "unknown" and bool(line.eta_promised),
        "promised": line.eta_promised,
        "changed_on": line.eta_changed_on,
        "after_hardware": line.eta_after_hardware,
        **get_future_days(line, today),
    }


def get_days_later(line, days):
    """By how many days the first date after the promised one misses it.

    :rtype: int
    """
    promised = line.eta_promised
    return min(((day - promised).days for day in days if promised and day > promised), default=0)


def get_future_days(line, today):
    """Days of shipment, which are never before today; of a licence that waits for hardware they
    stand for all its dates.

    :return: ``ship_first`` and ``ship_last``, ``first`` and ``last`` where they differ from the
        line's
    :rtype: dict
    """
    ship_first, ship_last = line.eta_ship_first, line.eta_ship_last
    if line.eta_state == "in_stock":
        ship_first, ship_last = ship_first or today, ship_last or today
    days = {
        "ship_first": ship_first and max(ship_first, today),
        "ship_last": ship_last and max(ship_last, today),
    }
    if line.eta_after_hardware:
        days |= {"first": days["ship_first"], "last": days["ship_last"]}
    return days
