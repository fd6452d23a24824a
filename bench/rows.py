"""What is measured: one row of the table each. A later issue adds a line here."""

import re
from dataclasses import dataclass


class WrongPage(Exception):
    """The page does not show what it should."""


@dataclass(frozen=True)
class Page:
    """A page as a signed-in portal user sees it; `shows` orders prove that it is the right one."""

    user: str
    path: str
    shows: int | None = None

    def check(self, text):
        """Raise WrongPage unless the page shows as many orders as it should."""
        links = set(re.findall(r"/my/orders/(\d+)", text))
        if self.shows is not None and len(links) != self.shows:
            found = f"{self.path} of {self.user} shows {len(links)} orders, not {self.shows}"
            raise WrongPage(found)


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


EIGHTY = Page("eighty", "/my/orders", shows=80)
TWO = Page("two", "/my/orders", shows=2)
HOME = Page("eighty", "/my")

ROWS = (
    Row("home page", HOME, HOME),
    Row("orders page, 80 orders", EIGHTY, EIGHTY, limit=1.0),
    Row("orders page, 2 orders", TWO, TWO, queries_as="orders page, 80 orders"),
)
