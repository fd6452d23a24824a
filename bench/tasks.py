"""Functions timed inside Odoo; run by bench/subjects.py as `python -m bench.tasks DATABASE NAME`.

Each line on the standard input asks for one run; the answer is one line of JSON.
"""

import json
import sys
import time
from datetime import timedelta

import odoo
from odoo import fields
from odoo.modules.registry import Registry

PURCHASE_LINES = 1000


class Wrong(Exception):
    """The work was not done as it should."""


class Work:
    """What is timed: `run`; what surrounds it is not."""

    def prepare(self, env):
        """Find what the run needs."""

    def run(self, env):
        """Do the work; the transaction is committed in the time measured."""

    def check(self, env):
        """Raise Wrong unless the work was done."""


class SupplierDates(Work):
    """Another day on purchase lines that were bought for order lines, by a clerk."""

    field = None

    def __init__(self):
        self.runs = 0

    def prepare(self, env):
        env.cr.execute(
            """
            SELECT bought.id FROM purchase_order_line bought
              JOIN purchase_order bill ON bill.id = bought.order_id AND bill.state = 'purchase'
              JOIN stock_move receipt ON receipt.purchase_line_id = bought.id
              JOIN stock_move_move_rel link ON link.move_orig_id = receipt.id
             WHERE coalesce(bought.qty_received, 0) = 0 AND receipt.state = 'assigned'
             GROUP BY bought.id ORDER BY bought.id LIMIT %s
            """,
            [PURCHASE_LINES],
        )
        ids = [row[0] for row in env.cr.fetchall()]
        clerk = env.ref("base.user_admin")
        self.lines = env["purchase.order.line"].with_user(clerk).browse(ids)
        self.runs += 1
        self.day = fields.Date.today() + timedelta(days=30 + self.runs)


class SupplierEta(SupplierDates):
    """The supplier's date, until customers see it."""

    def run(self, env):
        self.lines.write({"supplier_eta": self.day})

    def check(self, env):
        moves = env["purchase.order.line"].browse(self.lines.ids).move_dest_ids
        lines = moves.sale_line_id
        seen = lines.filtered(lambda line: line.eta_first == line.eta_last == self.day)
        if not lines or seen != lines:
            raise Wrong(f"{len(seen)} of {len(lines)} order lines have the date")


class PlannedDate(SupplierDates):
    """The planned date of Odoo's own."""

    def run(self, env):
        self.lines.write({"date_planned": fields.Datetime.to_datetime(self.day)})


WORKS = {"supplier_eta": SupplierEta, "planned_date": PlannedDate}


def call(registry, work):
    """Return seconds and queries of one run in a transaction of its own."""
    with registry.cursor() as cr:
        work.prepare(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
        cr.commit()
        before, started = cr.sql_log_count, time.perf_counter()
        work.run(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
        cr.commit()
        found = {"seconds": time.perf_counter() - started, "queries": cr.sql_log_count - before}
    with registry.cursor() as cr:
        work.check(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
    return found


def main(database, name):
    """Run as often as asked for."""
    odoo.tools.config.parse_config(["-d", database, "--log-level=warn"], setup_logging=True)
    registry, work = Registry(database), WORKS[name]()
    for _line in sys.stdin:
        print(json.dumps(call(registry, work)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
