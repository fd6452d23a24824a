"""What is measured: one row of the table each. A later issue adds a line here."""

from dataclasses import dataclass

from bench.subjects import Crowd, Page, Task


@dataclass(frozen=True)
class Row:
    """Ours beside its stock twin; `limit` is the ratio that must not be exceeded.

    :param beside: the database of the twin, `stock` or `ours`
    :param queries_as: title of the row whose page must need exactly as many queries as this one
    :param rounds: calls of each side, instead of the option
    :param workers: processes of each server, instead of the option
    :param unit: of the figures: `s`, printed in milliseconds, or `MB`
    """

    title: str
    ours: object
    stock: object
    limit: float | None = None
    beside: str = "stock"
    queries_as: str | None = None
    rounds: int | None = None
    workers: int | None = None
    unit: str = "s"


HOME = Page("eighty", "/my")
ORDERS = "/my/orders"
# Status, ETA and shipment of each order: the stock page has none of them.
OURS = ("Confirmed", "Partially fulfilled", "Fulfilled", "in stock", "no date yet", "Shipped")

ROWS = (
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
