"""Ask the ORM whether what was copied by SQL is what Odoo itself would have made."""

from bench.seeds import FAMILIES

SAMPLE = 40
# What the flows of the seeds must have led to: deliveries, invoices.
EXPECTED = {
    "fulfilled": ("full", "invoiced"),
    "drop_shipped": ("full", "invoiced"),
    "delivered": ("full", "to invoice"),
    "partly_shipped": ("partial", "no"),
    "on_order": ("pending", "no"),
    "waiting_for_vendor": ("pending", "to invoice"),
    "ready": ("pending", "no"),
    "drop_ship_coming": ("pending", "no"),
}
# Stored fields that Odoo computes from other documents: computed again, they must not change.
RECOMPUTED = {
    "sale.order": (
        "confirmed_on",
        "amount_total",
        "invoice_status",
        "delivery_status",
        "effective_date",
        *("customer_status", "eta_state", "eta_first", "eta_last"),
    ),
    "sale.order.line": (
        "name",
        "article_number",
        "confirmed_on",
        "qty_delivered",
        "qty_invoiced",
        "qty_to_invoice",
        "invoice_status",
        *("customer_status", "customer_shipped_qty", "customer_open_qty", "customer_invoiced_qty"),
        *("eta_state", "eta_first", "eta_last", "eta_slices", "eta_ship_last"),
    ),
    "purchase.order.line": ("qty_received", "qty_invoiced"),
    "stock.picking": ("state", "customer_partner_id"),
    "account.move": ("amount_total", "amount_residual", "payment_state", "ordering_partner_id"),
}


class Inconsistent(Exception):
    """The data is not what Odoo would have made."""


def check(env, world, lines):
    """Raise Inconsistent at the first fault; return the number of records as printed."""
    facts = count(env)
    for name, number in facts.items():
        print(f"    {name}: {number}")
    expect("order lines", facts["order lines"] >= lines)
    check_seeds(world)
    check_customers(env)
    check_fields(env)
    check_stock(env, world)
    check_sharing(env, world)
    print("    checked by the ORM: customers, stored fields, stock, serials, references")
    return facts


def expect(what, true):
    """Raise Inconsistent unless it is true."""
    if not true:
        raise Inconsistent(what)


def count(env):
    """Return the number of records by name."""
    models = {
        "orders": "sale.order",
        "order lines": "sale.order.line",
        "purchase lines": "purchase.order.line",
        "shipments and receipts": "stock.picking",
        "stock moves": "stock.move",
        "serials": "stock.lot",
        "invoices": "account.move",
        "products": "product.product",
        "partners": "res.partner",
    }
    return {name: env[model].search_count([]) for name, model in models.items()}


def check_seeds(world):
    """The flows of the seeds led to what their names promise."""
    for name, order in world.orders:
        found = (order.delivery_status, order.invoice_status)
        expect(f"seed {name}: {found}", found == EXPECTED[name])


def check_customers(env):
    """The customers that the rows of the table name have the orders that the rows say."""
    for login, number in (("two", 2), ("eighty", 80)):
        user = env["res.users"].search([("login", "=", f"{login}@bench.example")])
        orders = env["sale.order"].with_user(user).search([("state", "=", "sale")])
        expect(f"orders of {login}", len(orders) == number)
        expect(f"shipments of {login}", orders.sudo().picking_ids)
        expect(f"invoices of {login}", orders.sudo().invoice_ids)


def check_fields(env):
    """Odoo computes the same values again for the newest records."""
    for model, fields in RECOMPUTED.items():
        names = [name for name in fields if name in env[model]._fields]
        records = env[model].search([], order="id desc", limit=SAMPLE)
        before = records.read(names)
        for name in names:
            if records._fields[name].compute or records._fields[name].related:
                env.add_to_compute(records._fields[name], records)
        env.flush_all()
        env.invalidate_all()
        after = records.read(names)
        differences = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        expect(f"{model} computes otherwise: {differences[:3]}", not differences)


def check_stock(env, world):
    """Products have on hand what their moves say, and no serial is in two places."""
    products = env["product.product"].search([("id", ">=", world.laptop.id)], limit=SAMPLE)
    for product in products.filtered("is_storable"):
        moves = env["stock.move"].search([("product_id", "=", product.id), ("state", "=", "done")])
        arrived = moves.filtered(lambda move: move.location_dest_usage == "internal")
        left = moves.filtered(lambda move: move.location_usage == "internal")
        on_hand = sum(arrived.mapped("quantity")) - sum(left.mapped("quantity"))
        expect(f"stock of {product.display_name}", product.qty_available == on_hand)
    doubles = env["stock.quant"]._read_group(
        [("lot_id", "!=", False), ("quantity", ">", 0)],
        ["lot_id"],
        having=[("quantity:sum", ">", 1)],
    )
    expect(f"serials in two places: {doubles[:3]}", not doubles)


def check_sharing(env, world):
    """A copied document points to copies only, never to the documents it was copied from."""
    seeds = env["sale.order"].search([("partner_id", "=", world.customer.id)])
    expect("orders of the seeds", len(seeds) == sum(len(family) for family in FAMILIES.values()))
    expect("shipments of the seeds", seeds.picking_ids.sale_id <= seeds)
    expect("invoices of the seeds", seeds.invoice_ids.partner_id == world.customer)
    copies = env["sale.order"].search([], order="id desc", limit=SAMPLE)
    lines = copies.order_line
    expect("shipments of copies", copies.picking_ids.sale_id <= copies)
    expect("lines of copies", lines.move_ids.sale_line_id <= lines)
    expect("purchases of copies", lines.purchase_line_ids.sale_line_id <= lines)
    expect("invoices of copies", copies.invoice_ids.partner_id <= copies.partner_id)
