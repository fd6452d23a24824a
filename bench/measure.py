"""Time the two sides of each row, in turns."""

import contextlib
import statistics
from dataclasses import dataclass, field

import environment

from bench.server import Failed, Server

# After the port of the first server; two after each is that of its websockets.
PORTS = {"ours": 0, "stock": 1, "access": 4}


@dataclass
class Side:
    """Figures of one subject on one server: seconds, or megabytes of memory."""

    server: Server
    subject: object
    figures: list = field(default_factory=list)
    queries: int | None = None

    @property
    def median(self):
        """Return the median."""
        return statistics.median(self.figures)


@dataclass
class Result:
    """What one row gave; `error` is the text of what went wrong."""

    row: object
    ours: Side
    stock: Side
    error: str = ""

    @property
    def ratio(self):
        """Return how many times as much ours takes."""
        return self.ours.median / self.stock.median

    @property
    def best_ratio(self):
        """Return the same for the best call of each: the least disturbed by other programs."""
        return min(self.ours.figures) / min(self.stock.figures)


def measure_rows(rows, databases, options):
    """Return the results of rows in their order; rows of as many workers share two servers.

    :param databases: names by side: ours, stock, and access where a row asks for it
    """
    results = {}
    for workers in dict.fromkeys(row.workers or options.workers for row in rows):
        servers = {
            side: Server(name, options.port + PORTS[side], workers, options.seconds)
            for side, name in databases.items()
        }
        with contextlib.ExitStack() as stack:
            for server in servers.values():
                stack.enter_context(server)
            for row in rows:
                if (row.workers or options.workers) == workers:
                    results[row.title] = measure(row, servers, options.rounds)
    return [results[row.title] for row in rows]


def measure(row, servers, rounds):
    """Call both sides of a row in turns, each first as often as the other."""
    result = Result(row, Side(servers[row.side], row.ours), Side(servers[row.beside], row.stock))
    environment.say(f"  {row.title}")
    try:
        with contextlib.ExitStack() as stack:
            call_in_turns([result.ours, result.stock], min(row.rounds or rounds, rounds), stack)
    except Failed as error:
        result.error = str(error)
        environment.say(f"    {error}")
    return result


def call_in_turns(sides, rounds, stack):
    """Warm up, then call."""
    opened = []
    for side in sides:
        opened.append((side, side.subject.open(side.server)))
        stack.callback(opened[-1][1].close)
    for side, subject in opened:
        for _ in range(side.subject.warm_up * max(1, side.server.workers)):
            subject.call()
    for number in range(rounds):
        for side, subject in opened if number % 2 else reversed(opened):
            side.figures.extend(subject.call())
    for side, subject in opened:
        side.queries = subject.read_queries()
