"""What is measured: one row of the table each. A later issue adds a line here."""

import re
from dataclasses import dataclass


class WrongPage(Exception):
    """The page does not show what it should."""


@dataclass(frozen=True)
class Page:
    """A page as a signed-in portal user sees it.

    :param shows: number of orders on it, no more and no fewer.
    :param texts: what else must be on it: a page that leaves things out is no measure.
    """

    user: str
    path: str
    shows: int | None = None
    texts: tuple = ()

    def check(self, text):
        """Raise WrongPage unless the page shows what it should."""
        links = set(re.findall(r"/my/orders/(\d+)", text))
        if self.shows is not None and len(links) != self.shows:
            found = f"{self.path} of {self.user} shows {len(links)} orders, not {self.shows}"
            raise WrongPage(found)
        for missing in (expected for expected in self.texts if expected not in text):
            raise WrongPage(f"{self.path} of {self.user} does not show '{missing}'")


@dataclass(frozen=True)
class Row:
    """Ours beside its stock twin; `limit` is the ratio that must not be exceeded.

    :param queries_as: title of the row whose page must need exactly as many queries as this one.
    """

    title: str
    ours: Page
    stock: Page
    limit: float | None = None
    queries_as: str | None = None


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
)
