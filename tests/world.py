"""A small distributor made through Odoo's real flows, for the tests of the whole."""

from datetime import timedelta

PASSWORD = "Veld-tulp#2217x"
SERIALS = ["SYL01BPYX", "SYL01BPZA", "SYL01BPZC"]
DELIVERED_DAYS_AGO = 20


def make_distributor(env):
    """Make staff, a customer with two branches, a stranger, orders; return ids and logins by name.

    The first order was delivered and invoiced 20 days ago with three serials; the second waits for
    its supplier.
    """
    make_staff(env)
    partners = make_customers(env)
    vendor = env["res.partner"].create({"name": "Lenovo Benelux", "is_company": True})
    notebook = make_notebook(env, vendor)
    webcam = make_webcam(env, vendor)
    stock_up(env, vendor, notebook)
    delivered = sell(env, partners["rotterdam"], notebook, 3, 900.0)
    deliver(delivered)
    invoice = bill(delivered)
    waiting = sell(env, partners["rotterdam"], webcam, 10, 63.21)
    purchase = waiting.order_line.purchase_line_ids.order_id or env["purchase.order"].search(
        [("product_id", "=", webcam.id)], limit=1
    )
    purchase.button_confirm()
    return {
        "delivered": delivered.id,
        "delivered_line": delivered.order_line.id,
        "picking": delivered.picking_ids.id,
        "picking_name": delivered.picking_ids.name,
        "month": f"{delivered.picking_ids.date_done:%Y-%m}",
        "invoice": invoice.id,
        "waiting": waiting.id,
        "waiting_line": waiting.order_line.id,
        "purchase": purchase.id,
        "rotterdam": partners["rotterdam"].id,
    }


def make_staff(env):
    """Make the staff of the journey, each with the rights of the job and no more."""
    groups = {
        "clerk": ["rma_cso.group_cso_user", "sales_team.group_sale_salesman"],
        "dock": ["stock.group_stock_user"],
        "buyer": ["purchase.group_purchase_user"],
        "accountant": ["account.group_account_invoice"],
    }
    for login, names in groups.items():
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": login.capitalize(),
                "login": f"{login}@distributor.example",
                "email": f"{login}@distributor.example",
                "password": PASSWORD,
                "group_ids": [(6, 0, [env.ref(name).id for name in names])],
            }
        )
    env.company.write({"email": "portal@distributor.example", "country_id": env.ref("base.nl").id})


def make_customers(env):
    """Make a customer with two branches and a stranger; portal users and register entries."""
    Partner = env["res.partner"]
    head = Partner.create({"name": "Kade IT", "is_company": True, "street": "Maaskade 1"})
    values = {"is_company": True, "parent_id": head.id, "street": "Maaskade 12", "zip": "3071"}
    rotterdam = Partner.create({**values, "name": "Kade IT Rotterdam", "city": "Rotterdam"})
    utrecht = Partner.create({**values, "name": "Kade IT Utrecht", "city": "Utrecht"})
    stranger = Partner.create({"name": "Elders BV", "is_company": True})
    for name, company in {
        "colleague": rotterdam,
        "utrecht": utrecht,
        "head": head,
        "stranger": stranger,
    }.items():
        make_portal_user(
            env, f"{name}@{'elders' if name == 'stranger' else 'kade'}.example", company
        )
    env["partner.access.entry"].create(
        {
            "email": "mira@kade.example",
            "partner_id": rotterdam.id,
            "role_ids": [(6, 0, env["partner.access.role"].search([]).ids)],
        }
    )
    return {"head": head, "rotterdam": rotterdam, "utrecht": utrecht, "stranger": stranger}


def make_portal_user(env, login, company):
    """Make a portal user of a company, as staff do in Odoo."""
    contact = env["res.partner"].create(
        {"name": login.split("@")[0].capitalize(), "email": login, "parent_id": company.id}
    )
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "login": login,
                "partner_id": contact.id,
                "password": PASSWORD,
                "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
            }
        )
    )


def make_notebook(env, vendor):
    """Make an article that is tracked by serial."""
    return env["product.product"].create(
        {
            "name": "Lenovo IdeaCentre 3",
            "is_storable": True,
            "tracking": "serial",
            "default_code": "4256321",
            "barcode": "5099206045200",
            "maker_id": vendor.id,
            "maker_part_number": "90SM00AAMH",
            "invoice_policy": "delivery",
            "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 600})],
        }
    )


def make_webcam(env, vendor):
    """Make an article that is bought for each order."""
    routes = env.ref("stock.route_warehouse0_mto") | env.ref("purchase_stock.route_warehouse0_buy")
    routes.active = True
    return env["product.product"].create(
        {
            "name": "Logitech C930e webcam",
            "is_storable": True,
            "maker_part_number": "960-000972",
            "route_ids": [(6, 0, routes.ids)],
            "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 40})],
        }
    )


def make_software(env):
    """Make a licence that is sent by e-mail."""
    return env["product.product"].create(
        {
            "name": "Device manager licence",
            "type": "service",
            "is_email_delivery": True,
            "maker_part_number": "DM-1Y",
            "invoice_policy": "delivery",
        }
    )


def stock_up(env, vendor, product):
    """Buy and receive the serials."""
    order = env["purchase.order"].create(
        {
            "partner_id": vendor.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_qty": len(SERIALS)})],
        }
    )
    order.button_confirm()
    picking = order.picking_ids
    picking.move_ids.move_line_ids.unlink()
    for serial in SERIALS:
        env["stock.move.line"].create(
            {
                "picking_id": picking.id,
                "move_id": picking.move_ids.id,
                "product_id": product.id,
                "lot_name": serial,
                "quantity": 1,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
    picking.move_ids.picked = True
    picking.button_validate()
    assert picking.state == "done"


def sell(env, partner, product, quantity, price):
    """Make and confirm an order of one line."""
    return sell_lines(env, partner, [(product, quantity, price)])


def sell_lines(env, partner, lines):
    """Make and confirm an order; lines are article, quantity and net unit price."""
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "client_order_ref": "PO 7781",
            "order_line": [
                (
                    0,
                    0,
                    {"product_id": product.id, "product_uom_qty": quantity, "price_unit": price},
                )
                for product, quantity, price in lines
            ],
        }
    )
    order.action_confirm()
    return order


def deliver(order, days=DELIVERED_DAYS_AGO):
    """Ship everything with a tracking number, so many days ago."""
    picking = order.picking_ids
    picking.carrier_tracking_ref = "1Z999AA10123456784"
    picking.move_ids.picked = True
    picking.button_validate()
    assert picking.state == "done"
    picking.date_done -= timedelta(days=days)


def bill(order):
    """Invoice what was shipped, on the day it was."""
    invoice = order._create_invoices()
    invoice.invoice_date = order.picking_ids.date_done.date()
    invoice.action_post()
    return invoice
