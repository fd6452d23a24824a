"""Functions timed inside Odoo; run by bench/subjects.py as `python -m bench.tasks DATABASE NAME`.

Each line on the standard input asks for one run; the answer is one line of JSON.
"""

import json
import sys
import tempfile
import time
from datetime import date, timedelta

import xlsxwriter

import odoo
from odoo import fields
from odoo.modules.registry import Registry

PURCHASE_LINES = 1000


class Wrong(Exception):
    """The work was not done as it should."""


class Work:
    """What is timed: `run`; what surrounds it is not."""

    def prepare(self, env):
        """Find what the run needs; what was changed is committed."""

    def run(self, env):
        """Do the work; the transaction is committed within the time."""

    def check(self, env):
        """Raise Wrong unless the work was done."""


class SupplierDates(Work):
    """Another day on purchase lines that were bought for order lines, by a clerk.

    Not for customers whose pages have to show an order without a date.
    """

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
              JOIN stock_move shipment ON shipment.id = link.move_dest_id
              JOIN sale_order_line line ON line.id = shipment.sale_line_id
              JOIN res_partner customer ON customer.id = line.order_partner_id
             WHERE coalesce(bought.qty_received, 0) = 0 AND receipt.state = 'assigned'
               AND customer.name NOT IN ('Customer two', 'Customer eighty')
             GROUP BY bought.id ORDER BY bought.id DESC LIMIT %s
            """,
            [PURCHASE_LINES],
        )
        ids = [row[0] for row in env.cr.fetchall()]
        if len(ids) < PURCHASE_LINES and not self.runs:
            print(f"    no more than {len(ids)} purchase lines are open", file=sys.stderr)
        clerk = env.ref("base.user_admin")
        self.lines = env["purchase.order.line"].with_user(clerk).browse(ids)
        self.runs += 1
        self.day = fields.Date.today() + timedelta(days=30 + self.runs)


class SupplierEta(SupplierDates):
    """The supplier's date, until customers see it."""

    def run(self, env):
        self.lines.write({"supplier_eta": self.day})
        env.cr.commit()
        env["sale.line.eta.queue"]._run()  # the job that is woken by the commit

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


class Export(Work):
    """Lines of the large customer with all columns, as its buyer may see them."""

    def __init__(self, **filters):
        self.filters = filters
        self.file = None

    def prepare(self, env):
        user = env["res.users"].search([("login", "=", "large@bench.example")])
        self.env = env(user=user, context={"lang": user.lang, "tz": "Europe/Amsterdam"})
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 closed when it is replaced

    def get_export(self, env):
        """Return the export in the transaction, and what is exported."""
        export = env(user=self.env.uid, context=self.env.context)["sale.line.export"]
        return export, export._prepare_parameters({"columns": "all", **self.filters})

    def check(self, env):
        size = self.file.tell()
        if size < 1000:
            raise Wrong(f"the file has {size} bytes")


class CopyFile(Export):
    """PostgreSQL's COPY of the same query."""

    def run(self, env):
        export, parameters = self.get_export(env)
        query = export._get_export_query(*export._get_selection(parameters))
        statement = env.cr._obj.mogrify(query.code, query.params).decode()
        env.cr._obj.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv)", self.file)


class XlsxFile(Export):
    """The file as the portal writes it."""

    def run(self, env):
        export, parameters = self.get_export(env)
        export._write_file("xlsx", self.file, parameters)


class XlsxAlone(Export):
    """The same rows, in memory already, written by the library alone with the same options."""

    OPTIONS = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    rows = None

    def prepare(self, env):
        super().prepare(env)
        if self.rows is None:
            export, parameters = self.get_export(env)
            batches = export._iterate_rows(*export._get_selection(parameters))
            self.rows = [row for batch in batches for row in batch]

    def run(self, env):
        with xlsxwriter.Workbook(self.file, self.OPTIONS) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": 14})
            for number, row in enumerate(self.rows, start=1):
                for column, value in enumerate(row):
                    self.write(sheet, number, column, value, day)

    def write(self, sheet, row, column, value, day):
        """Write a cell as what it is."""
        if isinstance(value, str):
            sheet.write_string(row, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, day)
        elif value is not None:
            sheet.write_number(row, column, value)


WEEK = {"date_from": str(date.today() - timedelta(days=407))}
WEEK["date_to"] = str(date.today() - timedelta(days=400))
WORKS = {
    "supplier_eta": SupplierEta,
    "planned_date": PlannedDate,
    "copy": CopyFile,
    "xlsx": XlsxFile,
    "xlsx_week": lambda: XlsxFile(**WEEK),
    "xlsx_alone": XlsxAlone,
}


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
