"""Print what was measured, on what machine and with what data."""

import os
import platform
import statistics
from pathlib import Path

import environment

from bench.subjects import WARM_UP

HEAD = (
    "page",
    "ours",
    "stock",
    "ratio",
    "of best",
    "of orders",
    "limit",
    "queries ours",
    "queries stock",
    "verdict",
)
LEFT = (0, len(HEAD) - 1)


def describe(lines, workers, rounds, facts):
    """Return lines that say what the figures were measured on."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    data = ", ".join(f"{number:,} {name}" for name, number in facts.items())
    server = environment.psql("SHOW server_version")[0][0]
    system = f"{platform.system()} {platform.release()}"
    versions = f"Odoo {environment.SERIES}, Python {platform.python_version()}, PostgreSQL {server}"
    return [
        f"{read_processor()}, {os.cpu_count()} cores, {read_memory():.0f} GB, {system}",
        f"{versions}; {workers or 'no'} workers; load of the machine before: {load}",
        f"{rounds} calls of each page in turns, after {WARM_UP} per process that are not counted",
        f"either database, made for {lines:,} order lines: {data}",
    ]


def read_processor():
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":", 1)[1].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()


def read_memory():
    """Return the memory of the machine in GB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def get_verdict(result, results):
    """Return what is to be said about a row: nothing, or whether it keeps its limits."""
    if result.error:
        return f"FAILS: {result.error}"
    faults, kept = [], []
    if result.row.limit is not None:
        over = result.ratio > result.row.limit
        (faults if over else kept).append("too slow" if over else "fast enough")
    if result.row.more_queries is not None:
        more = result.ours.queries - result.stock.queries
        (faults if more > result.row.more_queries else kept).append(f"{more:+} queries")
    if result.row.queries_as:
        twin = results.get(result.row.queries_as, result)
        other = twin.ours.queries
        same = other == result.ours.queries
        (kept if same else faults).append("as many queries" if same else f"not {other} queries")
    return "FAILS: " + ", ".join(faults) if faults else ", ".join(kept)


def get_cells(result, results):
    """Return the texts of one row of the table."""
    row, limit = result.row, f"{result.row.limit:.2f}" if result.row.limit is not None else ""
    if result.error:
        return (row.title, *[""] * 5, limit, "", "", get_verdict(result, results))
    return (
        row.title,
        format_figure(result.ours.median, row.unit),
        format_figure(result.stock.median, row.unit),
        f"{result.ratio:.2f}",
        f"{result.best_ratio:.2f}",
        format_group_ratio(row.group, results.values()),
        limit,
        *(
            "" if side.queries is None else str(side.queries)
            for side in (result.ours, result.stock)
        ),
        get_verdict(result, results),
    )


def format_group_ratio(group, results):
    """Return the median of the ratios of a group, of which the table shows the slowest row."""
    ratios = [one.ratio for one in results if group and one.row.group == group and not one.error]
    return f"{statistics.median(ratios):.2f}" if ratios else ""


def format_figure(figure, unit):
    """Return a figure with its unit."""
    if unit == "s":
        return f"{figure * 1000:,.1f} ms" if figure < 1 else f"{figure:,.2f} s"
    return f"{figure:,.0f} {unit}"


def format_table(results, markdown):
    """Return the table as text, or as markdown for docs/performance.md."""
    named = {result.row.title: result for result in results}
    table = [HEAD, *(get_cells(result, named) for result in choose_slowest(results))]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    texts = [
        [pad(*cell) for cell in zip(range(len(HEAD)), row, widths, strict=True)] for row in table
    ]
    if not markdown:
        return "\n".join("  ".join(row).rstrip() for row in texts)
    rule = [
        "-" * (width - 1) + ("-" if column in LEFT else ":") for column, width in enumerate(widths)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (texts[0], rule, *texts[1:]))


def choose_slowest(results):
    """Return the results in their order, of each group the slowest or the one that failed."""
    chosen = {}
    for result in results:
        key = result.row.group or result.row.title
        slowest = chosen.get(key)
        if not slowest or result.error or (not slowest.error and result.ratio > slowest.ratio):
            chosen[key] = result
    return list(chosen.values())


def pad(column, text, width):
    """Return the text of a cell as wide as its column."""
    return text.ljust(width) if column in LEFT else text.rjust(width)
