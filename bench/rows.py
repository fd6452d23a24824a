"""What is measured: one row of the table each. A later issue adds a line here."""

from dataclasses import dataclass

from bench.people import PASSWORD
from bench.subjects import Crowd, Form, Memory, Page, Task


@dataclass(frozen=True)
class Row:
    """Ours beside its stock twin; `limit` is the ratio that must not be exceeded.

    :param side: the database of ours: all add-ons, or `access` with that add-on alone
    :param beside: the database of the twin, `stock` or `ours`
    :param more_queries: so many queries more than its twin a row may need
    :param queries_as: title of the row whose page must need exactly as many queries as this one
    :param rounds: calls of each side, instead of the option
    :param workers: processes of each server, instead of the option
    :param unit: of the figures: `s`, printed in milliseconds, or `MB`
    :param group: rows of a group are one line of the table, the slowest of them
    """

    title: str
    ours: object
    stock: object
    limit: float | None = None
    side: str = "ours"
    beside: str = "stock"
    more_queries: int | None = None
    queries_as: str | None = None
    rounds: int | None = None
    workers: int | None = None
    unit: str = "s"
    group: str | None = None


HOME = Page("eighty", "/my")
LARGE_HOME = Page("large", "/my")
REGISTER = "/my/returns/register"
MONTH = f"{REGISTER}?period=month"
ORDERS = "/my/orders"
LINES = "/my/lines"
EXPORT = "/my/lines/export?format=csv&columns=all"
WEEK = "date_from={long_ago}&date_to={a_week_later}"
# Status, ETA and shipment of each order: the stock page has none of them.
OURS = ("Confirmed", "Partially fulfilled", "Fulfilled", "in stock", "no date yet", "Shipped")

FILTERS = {
    "no filter": "",
    "open": "open=1",
    "late": "late=1",
    "ordered in 30 days": "period=month",
    "confirmed, ETA in two weeks": "status=confirmed&eta_from={today}&eta_to={in_two_weeks}",
    "article": "article={article}",
    "maker, this year": "maker=Maker+3&period=year",
    "description, open": "description=laptop&open=1",
    "delivery address, fulfilled": "address=Warehouse+3&status=fulfilled",
    "beginning of own references": "reference=PO-47",
    "EAN, partially fulfilled": "ean={ean}&status=partial",
    "serial": "serial={serial}",
    "invoice, shipment": "invoice={invoice}&shipment={slip}",
}
SORTS = {
    f"{order}{key}": f"sort={order}{key}"
    for key in ("confirmed_on", "eta", "article", "status", "open")
    for order in ("", "-")
}
# Kinds of numbers; one hit is answered by sending on to it, several by a list.
NUMBERS = {
    "order": "{order}",
    "own reference": "{reference}",
    "invoice": "{invoice}",
    "delivery slip": "{slip}",
    "tracking": "{tracking}",
    "serial": "{serial}",
    "EAN": "{ean}",
    "maker part number": "{part}",
    "article": "{article}",
    "own item number": "{item}",
    "beginning of many serials": "SN0",
    "beginning of all orders": "S000",
    "nothing": "ABC-4711-XYZ",
}


def get_line_rows():
    """Return the pages of lines: each filter in each order."""
    return (
        Row(
            f"lines page, {name}, {sort}",
            Page("large", f"{LINES}?{'&'.join(filter(None, (parameters, order)))}"),
            LARGE_HOME,
            limit=1.5,
            rounds=9,
            group=f"lines page, {name}",
        )
        for name, parameters in FILTERS.items()
        for sort, order in SORTS.items()
    )


SIGN_IN = (("login", "eighty@bench.example"), ("password", PASSWORD))
# Ours is answered as a known address is, query by query; Odoo's own gives up at once.
UNKNOWN = "reset, unknown address"
# Pages and forms at the door, as the add-on for access alone makes them.
DOOR = {
    "home page": HOME,
    "sign-in page": Form("/web/login"),
    "sign-in": Form("/web/login", SIGN_IN, status=303),
    "reset page": Form("/web/reset_password"),
    "reset, known address": Form("/web/reset_password", SIGN_IN[:1]),
    UNKNOWN: Form("/web/reset_password", (("login", "nobody@bench.example"),)),
}

ROWS = (
    *(
        Row(
            f"access alone, {name}",
            subject,
            subject,
            side="access",
            more_queries=None if name == UNKNOWN else 2,
            rounds=5,
        )
        for name, subject in DOOR.items()
    ),
    Row("home page", HOME, HOME, limit=1.5),
    Row(
        "home page, a tenth of all lines",
        Page("large", "/my"),
        Page("large", "/my"),
        queries_as="home page",
    ),
    Row(
        "orders page, 80 orders",
        Page("eighty", ORDERS, shows=80, texts=OURS),
        Page("eighty", ORDERS, shows=80),
        limit=1.0,
    ),
    Row(
        "orders page, 2 orders",
        Page("two", ORDERS, shows=2),
        Page("two", ORDERS, shows=2),
        queries_as="orders page, 80 orders",
    ),
    Row(
        "orders page, a tenth of all lines",
        Page("large", ORDERS),
        Page("large", ORDERS),
        limit=1.0,
        queries_as="orders page, 80 orders",
    ),
    *get_line_rows(),
    Row("lines page, page 26", Page("large", LINES, deep=25), LARGE_HOME, limit=1.5),
    *(
        Row(
            f"search, {name}",
            Page("large", f"/my/search?q={number}", status=None),
            LARGE_HOME,
            limit=1.5,
        )
        for name, number in NUMBERS.items()
    ),
    Row(
        "register page, 40 lines",
        Page("large", MONTH, counts=(('<details class="o_cso_line"', 40),)),
        LARGE_HOME,
        limit=2.0,
    ),
    Row(
        "register page, the next 40 lines",
        Page("large", f"{MONTH}&page=2", counts=(('<details class="o_cso_line"', 40),)),
        LARGE_HOME,
        queries_as="register page, 40 lines",
    ),
    Row(
        "register page, a line is opened: 14 reasons",
        Page("large", f"{REGISTER}/line?line={{line}}", counts=(('<li class="op-reason', 14),)),
        LARGE_HOME,
        limit=2.0,
    ),
    Row(
        "submit a return of 50 positions beside 50 plain records",
        Task("submit_return"),
        Task("plain_return"),
        limit=2.0,
        beside="ours",
        rounds=5,
    ),
    Row(
        "credit notes for 200 positions of 20 invoices beside Odoo's own reversal",
        Task("credit_notes"),
        Task("plain_reversal"),
        limit=1.5,
        rounds=5,
    ),
    Row(
        "receipt of 200 serials of a return beside Odoo's own return",
        Task("return_receipt"),
        Task("plain_receipt"),
        limit=1.3,
        rounds=5,
    ),
    Row(
        "four analyses of 100,000 positions beside Odoo's own of sales",
        Task("analysis"),
        Task("plain_analysis"),
        limit=1.0,
        rounds=5,
    ),
    Row(
        "feed of 50,000 people with 500 changes (within 30 s) beside 500 contacts by Odoo's import",
        Task("feed"),
        Task("plain_contacts"),
        rounds=2,
    ),
    Row(
        "cart of 200 articles shown and sent beside creating the same quotation by the ORM",
        Task("send_cart"),
        Task("plain_quotation"),
        limit=1.5,
        rounds=5,
    ),
    Row("serial page", Page("large", "/my/serials/{lot}"), LARGE_HOME, limit=1.5),
    Row("shipments page", Page("large", "/my/shipments"), LARGE_HOME, limit=1.5),
    Row("documents page", Page("large", "/my/documents"), LARGE_HOME, limit=1.5),
    Row(
        "CSV of a tenth of all lines beside PostgreSQL's COPY",
        Page("large", EXPORT, lines="lines"),
        Task("copy"),
        limit=5.0,
        beside="ours",
        rounds=5,
    ),
    Row(
        "XLSX of a tenth of all lines beside the library alone",
        Task("xlsx"),
        Task("xlsx_alone"),
        limit=3.0,
        beside="ours",
        rounds=2,
    ),
    Row(
        "memory for CSV of a tenth of all lines beside a week's",
        Memory(Page("large", EXPORT, lines="lines")),
        Memory(Page("large", f"{EXPORT}&{WEEK}")),
        limit=1.1,
        beside="ours",
        rounds=1,
        unit="MB",
    ),
    Row(
        "memory for XLSX of a tenth of all lines beside a week's",
        Memory(Task("xlsx")),
        Memory(Task("xlsx_week")),
        limit=1.1,
        beside="ours",
        rounds=1,
        unit="MB",
    ),
    Row(
        "1,000 suppliers' dates until customers see them",
        Task("supplier_eta"),
        Task("planned_date"),
        limit=3.0,
        rounds=7,
    ),
    *(
        Row(f"50 users at once, {name} page", Crowd(path), Crowd(ORDERS), 1.2, rounds=4, workers=2)
        for name, path in (("orders", ORDERS), ("lines", "/my/lines"))
    ),
)
