"""Measure our pages beside Odoo's own, on databases made by the same generator.

bin/bench --small          a first look: 2,000 order lines
bin/bench                  100,000 order lines
bin/bench --lines 1000000  any size
"""

import argparse
import time

import environment

from bench import report
from bench.databases import Database
from bench.measure import PORTS, measure_rows
from bench.rows import ROWS
from bench.server import Failed

SMALL, NORMAL = 2_000, 100_000


def parse(arguments):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help=f"{SMALL:,} order lines")
    size.add_argument("--lines", type=int, default=NORMAL, help="number of order lines")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    parser.add_argument("--rounds", type=int, default=25, help="calls of each page")
    parser.add_argument("--seconds", type=int, default=10, help="of 50 users at once, each time")
    parser.add_argument("--workers", type=int, default=0, help="processes of each server")
    parser.add_argument("--port", type=int, default=8176, help="of the first server; the other: +1")
    parser.add_argument("--only", default="", help="rows whose title contains this, or this|that")
    parser.add_argument("--markdown", action="store_true", help="print the table as markdown")
    parser.add_argument("--no-measure", action="store_true", help="only make the databases")
    options = parser.parse_args(arguments)
    if options.small:
        options.lines, options.seconds, options.rounds = SMALL, 2, min(options.rounds, 7)
    return options


def main(arguments):
    """Make the databases, measure all rows and print the table; 1 when a row breaks its limit."""
    options = parse(arguments)
    started = time.monotonic()
    environment.say(f"databases of {options.lines:,} order lines")
    rows = choose_rows(options)
    sides = dict.fromkeys(["stock", *(row.side for row in rows), *(row.beside for row in rows)])
    databases = {side: Database(side, options.lines) for side in sides}
    for database in databases.values():
        database.ensure(options.fresh)
    if options.no_measure:
        return 0
    facts = databases["stock"].read_parameter("bench.facts")
    description = report.describe(options.lines, options.workers, options.rounds, facts)
    names = {side: database.name for side, database in databases.items()}
    results = measure_chosen(options, rows, names)
    table = report.format_table(results, options.markdown)
    environment.say("\n".join(["", *description, "", table, ""]))
    environment.say(f"took {time.monotonic() - started:.0f} s")
    return int("FAILS" in table)


def choose_rows(options):
    """Return the rows whose titles hold what was asked for."""
    return [row for row in ROWS if any(text in row.title for text in options.only.split("|"))]


def measure_chosen(options, rows, databases):
    """Return the results of the chosen rows, measured on servers that run side by side."""
    for port in (options.port + PORTS[side] for side in databases):
        if not environment.port_is_free(port):
            raise environment.SetupError(f"port {port} is taken; choose another with --port")
    environment.say("measuring")
    try:
        return measure_rows(rows, databases, options)
    except Failed as error:
        raise environment.SetupError(str(error)) from error


if __name__ == "__main__":
    environment.main(main)
