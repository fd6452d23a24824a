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
POSITIONS = 50
ROWS = 100_000
SERIALS = 200
ARTICLES = 200


class Wrong(Exception):
    """The work was not done as it should."""


class Work:
    """What is timed: `run`; what surrounds it is not. What is not kept leaves no trace."""

    is_kept = True

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


class Returns(Work):
    """Positions of a return of the large customer, each of another order line with its serial."""

    is_kept = False

    def prepare(self, env):
        user = env["res.users"].search([("login", "=", "large@bench.example")])
        self.context = {"lang": user.lang, "tz": "Europe/Amsterdam"}
        self.user = user
        self.values = self.find_values(self.get_env(env))

    def get_env(self, env):
        """Return the environment in which the portal works with the user's own returns."""
        env = env(user=self.user.id, context=self.context, su=True)
        return env(context={**self.context, "allowed_company_ids": env.user.company_id.ids})

    def find_values(self, env):
        """Return the values of positions that are possible today, none of them claimed yet."""
        reason = env.ref("rma_cso.reason_defect")
        env.cr.execute(
            """
            SELECT line.id, min(item.lot_id)
              FROM sale_order_line line
              JOIN stock_move shipment ON shipment.sale_line_id = line.id
              JOIN stock_move_line item ON item.move_id = shipment.id
             WHERE line.order_partner_id = %s AND line.customer_status = 'fulfilled'
               AND shipment.state = 'done' AND item.lot_id IS NOT NULL
               AND line.confirmed_on > now() - interval '1 year'
               AND NOT EXISTS (SELECT FROM cso_rma_line WHERE sale_line_id = line.id)
             GROUP BY line.id ORDER BY line.id LIMIT %s
            """,
            [env.user.partner_id.commercial_partner_id.id, 4 * POSITIONS],
        )
        lots = dict(env.cr.fetchall())
        lines = env["sale.order.line"].browse(lots)
        answers = lines._get_return_eligibility()
        possible = [
            {"sale_line_id": line.id, "reason_id": reason.id, "quantity": 1, "lot": lots[line.id]}
            for line in lines
            if any(one["allowed"] for one in answers[line.id] if one["reason"] == reason)
        ]
        if len(possible) < POSITIONS:
            raise Wrong(f"a return is possible for {len(possible)} lines only")
        return possible[:POSITIONS]

    def create_positions(self, env):
        """Create a cart with the positions and return it."""
        cart = env["cso.rma"].create(
            {
                "partner_id": env.user.partner_id.commercial_partner_id.id,
                "user_id": env.uid,
            }
        )
        env["cso.rma.line"].create(
            [
                {
                    **{key: value for key, value in values.items() if key != "lot"},
                    "rma_id": cart.id,
                    "lot_ids": [(6, 0, [values["lot"]])],
                }
                for values in self.values
            ]
        )
        return cart


class SubmitReturn(Returns):
    """A cart becomes a case, as when the customer presses the button."""

    def prepare(self, env):
        super().prepare(env)
        self.cart_id = self.create_positions(self.get_env(env)).id

    def run(self, env):
        self.get_env(env)["cso.rma"].browse(self.cart_id)._submit()

    def check(self, env):
        case = env["cso.rma"].browse(self.cart_id)
        announced = case.line_ids.filtered("move_ids")
        if not case.submitted_on or len(announced) < POSITIONS:
            raise Wrong(f"{len(announced)} of {POSITIONS} positions are announced")


class PlainReturn(Returns):
    """As many plain records of the models that a submission makes or fills: positions, serials
    that they hold, a receipt with its moves.
    """

    def run(self, env):
        env = self.get_env(env)
        cart = self.create_positions(env)
        env["cso.rma.line.lot"].create(
            [{"line_id": line.id, "lot_id": line.lot_ids.id} for line in cart.line_ids]
        )
        self.create_receipt(env, cart)

    def create_receipt(self, env, cart):
        """Create a receipt that nobody confirms."""
        places = env["stock.warehouse"].search([], limit=1)
        source = env.ref("stock.stock_location_customers")
        receipt = env["stock.picking"].create(
            {
                "picking_type_id": places.in_type_id.id,
                "location_id": source.id,
                "location_dest_id": places.lot_stock_id.id,
            }
        )
        env["stock.move"].create(
            [
                {
                    "picking_id": receipt.id,
                    "product_id": line.product_id.id,
                    "product_uom_qty": 1,
                    "location_id": source.id,
                    "location_dest_id": places.lot_stock_id.id,
                }
                for line in cart.line_ids
            ]
        )


class PlainReceipt(Work):
    """A delivery of many serials comes back by Odoo's own return, to a place for returns: where
    the goods lie apart, as ours do, each serial gets a row of stock of its own.
    """

    is_kept = False

    def prepare(self, env):
        self.receipt_id = self.create_receipt(env, self.create_delivery(env)).id

    def create_delivery(self, env):
        """Return the done delivery of an order line with as many serials."""
        product = env["product.product"].create(
            {"name": "Dock", "type": "consu", "is_storable": True, "tracking": "serial"}
        )
        places = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        names = [f"{product.id}-{number}" for number in range(SERIALS)]
        lots = env["stock.lot"].create([{"name": name, "product_id": product.id} for name in names])
        for lot in lots:
            env["stock.quant"]._update_available_quantity(
                product, places.lot_stock_id, 1, lot_id=lot
            )
        line = {"product_id": product.id, "product_uom_qty": SERIALS, "price_unit": 10}
        customer = env["res.partner"].create({"name": "Customer of receipts", "is_company": True})
        order = env["sale.order"].create(
            {"partner_id": customer.id, "order_line": [odoo.fields.Command.create(line)]}
        )
        order.action_confirm()
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        return order.picking_ids

    def create_receipt(self, env, delivery):
        """Return the transfer that brings the delivery back."""
        wizard = env["stock.return.picking"].create({"picking_id": delivery.id})
        action = wizard.action_create_returns_all()
        receipt = env["stock.picking"].browse(action["res_id"])
        old_place = receipt.location_dest_id
        values = {"name": "Returns", "location_id": old_place.location_id.id}
        place = env["stock.location"].create(values)
        for records in (receipt, receipt.move_ids, receipt.move_line_ids):
            records.location_dest_id = place
        return receipt

    def run(self, env):
        env["stock.picking"].browse(self.receipt_id).button_validate()

    def check(self, env):
        moves = env["stock.picking"].browse(self.receipt_id).move_ids
        if moves.mapped("state") != ["done"] or moves.quantity != SERIALS:
            raise Wrong(f"{sum(moves.mapped('quantity'))} of {SERIALS} serials are received")


class ReturnReceipt(PlainReceipt):
    """The same serials come back in the receipt that a return position announced."""

    def create_receipt(self, env, delivery):
        line = delivery.move_ids.sale_line_id
        case = env["cso.rma"].create({"partner_id": line.order_partner_id.id, "user_id": env.uid})
        values = {
            "rma_id": case.id,
            "sale_line_id": line.id,
            "reason_id": env.ref("rma_cso.reason_defect").id,
            "quantity": SERIALS,
            "lot_ids": [odoo.fields.Command.set(delivery.move_line_ids.lot_id.ids)],
        }
        env["cso.rma.line"].create(values)
        case._submit()
        return case.picking_ids

    def check(self, env):
        super().check(env)
        case = env["stock.picking"].browse(self.receipt_id).cso_rma_id
        if case.line_ids.state != "received":
            raise Wrong(f"the position is {case.line_ids.state}")


class Credits(Work):
    """Invoices of a customer, each for ten articles that were shipped."""

    is_kept = False
    invoices, lines = 20, 10

    def prepare(self, env):
        product = env["product.product"].create(
            {"name": "Bench article", "is_storable": True, "invoice_policy": "order"}
        )
        place = env["stock.warehouse"].search([], limit=1).lot_stock_id
        units = self.invoices * self.lines
        env["stock.quant"]._update_available_quantity(product, place, units)
        customer = env["res.partner"].create({"name": "Bench customer", "is_company": True})
        line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": 333.97}
        self.orders = env["sale.order"].create(
            [
                {"partner_id": customer.id, "order_line": [(0, 0, line)] * self.lines}
                for _number in range(self.invoices)
            ]
        )
        self.orders.action_confirm()
        self.orders.picking_ids.action_assign()
        self.orders.picking_ids.move_ids.picked = True
        self.orders.picking_ids.button_validate()
        for order in self.orders:
            order._create_invoices().action_post()
        self.invoice_ids = self.orders.invoice_ids.ids

    def check(self, env):
        notes = env["account.move"].browse(self.invoice_ids).reversal_move_ids
        lines = notes.invoice_line_ids.filtered(lambda line: line.price_subtotal == 333.97)
        if len(notes) != self.invoices or len(lines) != self.invoices * self.lines:
            raise Wrong(f"{len(notes)} credit notes have {len(lines)} lines")


class PlainReversal(Credits):
    """All of the invoices are reversed by Odoo's own dialog."""

    def run(self, env):
        context = {"active_model": "account.move", "active_ids": self.invoice_ids}
        invoice = env["account.move"].browse(self.invoice_ids[:1])
        wizard = env["account.move.reversal"].with_context(**context)
        wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()


class CreditNotes(Credits):
    """A position of each line was received and tested; all are credited by one decision."""

    def prepare(self, env):
        super().prepare(env)
        case = env["cso.rma"].create({"partner_id": self.orders.partner_id.id})
        values = {"rma_id": case.id, "reason_id": env.ref("rma_cso.reason_defect").id}
        lines = self.orders.order_line
        self.positions = env["cso.rma.line"].create(
            [{**values, "sale_line_id": line.id, "quantity": 1} for line in lines]
        )
        case._submit()
        receipts = self.positions.move_ids.picking_id
        receipts.move_ids.picked = True
        receipts.button_validate()
        self.positions.test_result = "confirmed"

    def run(self, env):
        context = {"active_model": "cso.rma.line", "active_ids": self.positions.ids}
        env["cso.decide.credit"].with_context(**context).create({}).action_decide()


class Analysis(Work):
    """Positions of a year and a half are counted by month, reason and vendor, with all measures."""

    is_kept = False

    def prepare(self, env):
        case = env["cso.rma"].create({"partner_id": env.company.partner_id.id})
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO cso_rma_line (
                   rma_id, sale_line_id, company_id, partner_id, product_id, vendor_id, reason_id,
                   quantity, sequence, authorisation_state, state, test_result, submitted_on,
                   authorised_on, arrived_on, tested_on, decided_on, settled_on, claimed_amount,
                   credited_amount, fee_amount, takes_units, holds_units, is_settled)
            SELECT %(case)s, line.id, line.company_id, line.order_partner_id, line.product_id,
                   line.order_partner_id, reason.id, 1, 10, 'authorised',
                   CASE WHEN line.id %% 5 = 0 THEN 'received' ELSE 'credited' END,
                   CASE WHEN line.id %% 3 = 0 THEN 'no_fault' ELSE 'confirmed' END,
                   day.moment, day.moment + interval '1 day', day.moment + interval '4 days',
                   day.moment + interval '5 days', day.moment + interval '6 days',
                   day.moment + interval '8 days', 100, 90, 10, true, false, true
              FROM sale_order_line line
              JOIN cso_reason reason ON reason.sequence = 10 * (1 + line.id %% 14)
        CROSS JOIN LATERAL (
                   SELECT now() AT TIME ZONE 'UTC' - line.id %% 540 * interval '1 day' AS moment
                   ) day
             WHERE line.product_id IS NOT NULL LIMIT %(number)s
            """,
            {"case": case.id, "number": ROWS},
        )
        env.cr.execute("ANALYZE cso_rma_line")
        self.case_id = case.id

    def run(self, env):
        report = env["cso.report"]
        measures = [
            f"{name}:{field.aggregator}"
            for name, field in report._fields.items()
            if field.store and field.type in ("integer", "float", "monetary") and field.aggregator
        ]
        domain = [("rma_id", "=", self.case_id)]
        for group in ("submitted_on:month", "reason_id", "vendor_id", "product_id"):
            self.groups = report._read_group(domain, [group], ["position_count:sum", *measures])

    def check(self, env):
        found = sum(group[1] for group in self.groups)
        if found != env["cso.rma.line"].search_count([("rma_id", "=", self.case_id)]):
            raise Wrong(f"{found} positions are counted")


class PlainAnalysis(Work):
    """Odoo's own analysis of sales counts as many order lines in as many ways."""

    is_kept = False

    def run(self, env):
        report = env["sale.report"]
        env.cr.execute(
            "SELECT max(id) FROM (SELECT id FROM sale_order_line ORDER BY id LIMIT %s) line", [ROWS]
        )
        domain = [("id", "<=", env.cr.fetchone()[0])]
        measures = [
            f"{name}:sum"
            for name, field in report._fields.items()
            if field.store and field.type in ("float", "monetary") and field.aggregator == "sum"
        ]
        for group in ("date:month", "team_id", "partner_id", "product_id"):
            report._read_group(domain, [group], ["__count", *measures])


class Feed(Work):
    """A file of 50,000 people, of whom 500 changed, were added or are missing."""

    is_kept = False
    rows, changes, limit = 50_000, 500, 30

    def prepare(self, env):
        companies = env["res.partner"].create(
            [
                {"name": f"Customer {number}", "is_company": True, "ref": f"FEED-{number}"}
                for number in range(1000)
            ]
        )
        self.feed = env["partner.access.feed"].create({"name": "Bench"})
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO partner_access_entry (
                   email, name, partner_id, company_id, feed_id, source, active)
            SELECT 'p' || number || '@feed.example', 'Person ' || number,
                   (%(companies)s::int[])[1 + number %% 1000], %(company)s, %(feed)s, 'feed', true
              FROM generate_series(0, %(rows)s - 1) number
            """,
            {
                "companies": companies.ids,
                "company": env.company.id,
                "feed": self.feed.id,
                "rows": self.rows,
            },
        )
        env.cr.execute("ANALYZE partner_access_entry")
        env.invalidate_all()
        self.file = "\n".join(["email;company;name", *self.get_rows()]) + "\n"

    def get_rows(self):
        """Return the rows: the first people are missing, the next renamed, the last new."""
        third = self.changes // 3
        for number in range(third, self.rows + third):
            name = "Somebody" if number < 2 * third else "Person"
            yield f"p{number}@feed.example;FEED-{number % 1000};{name} {number}"

    def run(self, env):
        started = time.perf_counter()
        self.report = env["partner.access.feed"].browse(self.feed.id).import_file(self.file)
        env.flush_all()
        self.seconds = time.perf_counter() - started

    def check(self, env):
        counts = self.report["counts"]
        changes = [counts[fate] for fate in ("added", "changed", "removed")]
        if self.report["state"] != "done" or changes != 3 * [self.changes // 3]:
            raise Wrong(f"{self.report['state']}: {counts}")
        if self.seconds > self.limit:
            raise Wrong(f"the feed took {self.seconds:.0f} s, at most {self.limit} are allowed")


class PlainContacts(Work):
    """As many contacts as a feed has changes are made by Odoo's own import."""

    is_kept = False

    def run(self, env):
        rows = [[f"Person {number}", f"p{number}@feed.example"] for number in range(Feed.changes)]
        self.result = env["res.partner"].load(["name", "email"], rows)

    def check(self, env):
        if len(self.result["ids"] or []) != Feed.changes:
            raise Wrong(str(self.result["messages"][:3]))


class PlainQuotation(Work):
    """A quotation of many articles at the prices of a price list, made by the ORM."""

    is_kept = False

    def prepare(self, env):
        self.product_ids = self.create_products(env).ids
        self.partner = self.create_customer(env)
        env.flush_all()
        env.invalidate_all()

    def create_products(self, env):
        """Return goods, each with a price of its own in the price list."""
        env.ref("base.group_user").implied_ids += env.ref("product.group_product_pricelist")
        values = [
            {"name": f"Article {number}", "is_storable": True, "list_price": 10 + number}
            for number in range(ARTICLES)
        ]
        products = env["product.product"].create(values)
        rules = [
            odoo.fields.Command.create(
                {
                    "applied_on": "0_product_variant",
                    "product_id": product.id,
                    "compute_price": "fixed",
                    "fixed_price": product.list_price * 0.9,
                }
            )
            for product in products
        ]
        values = {"name": "Bench", "item_ids": rules}
        self.pricelist_id = env["product.pricelist"].create(values).id
        return products

    def create_customer(self, env):
        """Return a contact of a customer with that price list."""
        values = {"name": "Customer of carts", "is_company": True}
        company = env["res.partner"].create(values)
        company.property_product_pricelist = self.pricelist_id
        return env["res.partner"].create({"name": "Buyer of carts", "parent_id": company.id})

    def run(self, env):
        lines = [
            {"product_id": product_id, "product_uom_qty": 2} for product_id in self.product_ids
        ]
        self.order_id = (
            env["sale.order"]
            .create(
                {
                    "partner_id": self.partner.id,
                    "order_line": [odoo.fields.Command.create(line) for line in lines],
                }
            )
            .id
        )

    def check(self, env):
        order = env["sale.order"].browse(self.order_id)
        right = [
            line
            for line in order.order_line
            if round(line.price_unit, 2) == round(line.product_id.list_price * 0.9, 2)
        ]
        if order.state != "draft" or len(right) != ARTICLES:
            raise Wrong(f"{len(right)} of {ARTICLES} articles have their price")


class SendCart(PlainQuotation):
    """A customer looks at a cart of as many articles and sends it: prices, availability, the
    quotation and the request for the account manager.
    """

    def create_customer(self, env):
        """Return the contact of a user of the portal, with a full cart."""
        partner = super().create_customer(env)
        user = env["res.users"].create(
            {
                "name": partner.name,
                "login": "carts@bench.example",
                "partner_id": partner.id,
                "group_ids": [odoo.fields.Command.set(env.ref("base.group_portal").ids)],
            }
        )
        self.uid = user.id
        cart = self.get_carts(env)._open_own()
        products = env["product.product"].browse(self.product_ids)
        cart._add_products([(product, 2) for product in products])
        return partner

    def get_carts(self, env):
        """Return the carts as the user reaches them."""
        return env(user=self.uid, su=False)["portal.cart"]

    def run(self, env):
        from odoo.addons.customer_portal.controllers.portal_cart_page import CartPage

        carts = self.get_carts(env)
        page = CartPage(carts.env, carts._get_own()).prepare()
        carts.env["ir.qweb"]._render("customer_portal.portal_cart_lines", {**page, "errors": {}})
        cart = carts._open_own()
        seen = {row["id"]: row["seen"] for row in page["rows"]}
        self.order_id = None if cart._get_changes(seen) else cart._send().id


WEEK = {"date_from": str(date.today() - timedelta(days=407))}
WEEK["date_to"] = str(date.today() - timedelta(days=400))
WORKS = {
    "supplier_eta": SupplierEta,
    "planned_date": PlannedDate,
    "copy": CopyFile,
    "xlsx": XlsxFile,
    "xlsx_week": lambda: XlsxFile(**WEEK),
    "xlsx_alone": XlsxAlone,
    "credit_notes": CreditNotes,
    "plain_reversal": PlainReversal,
    "submit_return": SubmitReturn,
    "plain_return": PlainReturn,
    "analysis": Analysis,
    "plain_analysis": PlainAnalysis,
    "return_receipt": ReturnReceipt,
    "plain_receipt": PlainReceipt,
    "feed": Feed,
    "plain_contacts": PlainContacts,
    "send_cart": SendCart,
    "plain_quotation": PlainQuotation,
}


def call(registry, work):
    """Return seconds and queries of one run in a transaction of its own."""
    with registry.cursor() as cr:
        end = cr.commit if work.is_kept else cr.flush
        work.prepare(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
        end()
        before, started = cr.sql_log_count, time.perf_counter()
        work.run(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
        end()
        found = {"seconds": time.perf_counter() - started, "queries": cr.sql_log_count - before}
        work.check(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
        if not work.is_kept:
            cr.rollback()
    return found


def main(database, name):
    """Run as often as asked for."""
    odoo.tools.config.parse_config(["-d", database, "--log-level=warn"], setup_logging=True)
    registry, work = Registry(database), WORKS[name]()
    for _line in sys.stdin:
        print(json.dumps(call(registry, work)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
