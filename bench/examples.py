"""Numbers and days that a database really has, for the places named in the paths of rows."""

import environment

# One value each: of documents of the large customer, neither its oldest nor its newest.
EXAMPLES = {
    "order": "SELECT name FROM its_orders WHERE state = 'sale' ORDER BY id OFFSET 40 LIMIT 1",
    "reference": "SELECT client_order_ref FROM its_orders ORDER BY id OFFSET 40 LIMIT 1",
    "invoice": """
        SELECT name FROM account_move
         WHERE move_type = 'out_invoice' AND state = 'posted'
           AND partner_id IN (SELECT id FROM its_partners)
         ORDER BY id OFFSET 10 LIMIT 1
    """,
    "slip": "SELECT name FROM its_shipments ORDER BY id OFFSET 10 LIMIT 1",
    "tracking": "SELECT carrier_tracking_ref FROM its_shipments ORDER BY id OFFSET 10 LIMIT 1",
    "serial": """
        SELECT lot.name FROM stock_lot lot
          JOIN stock_move_line item ON item.lot_id = lot.id AND item.state = 'done'
         WHERE item.picking_id IN (SELECT id FROM its_shipments)
         ORDER BY lot.id OFFSET 10 LIMIT 1
    """,
    "ean": "SELECT barcode FROM its_product",
    "article": "SELECT default_code FROM its_product",
    "part": """
        SELECT maker_part_number FROM product_template
         WHERE id = (SELECT product_tmpl_id FROM its_product)
    """,
    "item": """
        SELECT code FROM product_customer_code WHERE product_id = (SELECT id FROM its_product)
    """,
    "lot": """
        SELECT lot.id::text FROM stock_lot lot
          JOIN stock_move_line item ON item.lot_id = lot.id AND item.state = 'done'
         WHERE item.picking_id IN (SELECT id FROM its_shipments)
         ORDER BY lot.id OFFSET 10 LIMIT 1
    """,
    "line": """
        SELECT line.id::text FROM sale_order_line line
         WHERE order_id IN (SELECT id FROM its_orders) AND customer_status = 'fulfilled'
         ORDER BY line.id DESC OFFSET 10 LIMIT 1
    """,
    "lines": """
        SELECT count(*)::text FROM sale_order_line
         WHERE order_id IN (SELECT id FROM its_orders) AND customer_status IS NOT NULL
    """,
    "long_ago": "SELECT (current_date - 407)::text",
    "a_week_later": "SELECT (current_date - 400)::text",
    "today": "SELECT current_date::text",
    "in_two_weeks": "SELECT (current_date + 14)::text",
}
LARGE = """
    WITH its_partners AS (SELECT id FROM res_partner WHERE name = 'Customer large'),
    its_orders AS (
        SELECT * FROM sale_order WHERE partner_id IN (SELECT id FROM its_partners)
    ),
    its_shipments AS (
        SELECT picking.* FROM stock_picking picking JOIN its_orders ON its_orders.id = sale_id
         WHERE picking.state = 'done' AND carrier_tracking_ref IS NOT NULL
    ),
    its_product AS (
        SELECT * FROM product_product WHERE id = (
            SELECT max(product_id) FROM sale_order_line item
              JOIN its_orders ON its_orders.id = item.order_id
             WHERE item.name LIKE '[LAP%'
        )
    )
"""


def read_examples(database):
    """Return the examples of a database with our add-ons, by name."""
    found = {name: environment.psql(LARGE + sql, database) for name, sql in EXAMPLES.items()}
    return {name: rows[0][0] for name, rows in found.items() if rows}
