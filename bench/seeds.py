"""A handful of documents made by Odoo's real flows; bench/multiply.py copies them by SQL.

The same code runs on the database of stock modules and on the one with our add-ons. What it does
for fields of ours it does only where the field exists.
"""

from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.fields import Command


class World:
    """What all documents need: products, vendors, a carrier and the customer of the seeds."""

    def __init__(self, env):
        self.env = env
        self.serial_number = 0
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.families = {}
        self.orders = []

    def build(self):
        """Make everything; afterwards `families` has the ranges of ids per family of documents."""
        self._prepare_settings()
        self._create_partners()
        with self._family("products"):
            self._create_products()
        for name, orders in FAMILIES.items():
            with self._family(name):
                for flow in orders:
                    self.orders.append((flow.__name__, flow(self)))

    # -- ground ------------------------------------------------------------------------------------

    def _prepare_settings(self):
        env = self.env
        if not env.company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", env.company)
        self.mto = env.ref("stock.route_warehouse0_mto")
        self.mto.active = True
        self.buy = env.ref("purchase_stock.route_warehouse0_buy")
        self.drop_ship = env.ref("stock_dropshipping.route_drop_shipping")

    def _create_partners(self):
        company = {"is_company": True, "country_id": self.env.ref("base.nl").id}
        create = self.env["res.partner"].create
        self.customer = create({"name": "Seed customer", **company})
        address = {"name": "Seed warehouse", "type": "delivery", "parent_id": self.customer.id}
        self.address = create(address)
        self.makers = create([{"name": f"Maker {number}", **company} for number in range(12)])
        self.vendors = create([{"name": f"Vendor {number}", **company} for number in range(3)])

    def _create_products(self):
        service = {"type": "service", "invoice_policy": "order", "list_price": 12.5}
        carrier_product = self._create_product("Shipping", service)
        self.carrier = self.env["delivery.carrier"].create(
            {"name": "Parcel service", "product_id": carrier_product.id}
        )
        serial = {"is_storable": True, "tracking": "serial", "invoice_policy": "delivery"}
        plain = {"is_storable": True, "invoice_policy": "delivery"}
        from_vendor = {**serial, "route_ids": [Command.set((self.mto | self.buy).ids)]}
        self.laptop = self._create_product("Laptop", serial, 899)
        self.camera = self._create_product("Camera", plain, 79)
        self.cable = self._create_product("Cable", plain, 9)
        self.server = self._create_product("Server", from_vendor, 3500)
        software = {**service, "list_price": 240, "is_email_delivery": True}
        self.licence = self._create_product("Licence", software)

    def _create_product(self, name, values, price=10):
        number = len(self.env["product.template"].search([])) + 1
        values = {
            "list_price": price,
            "default_code": f"{name[:3].upper()}{number:04}",
            "barcode": f"87{number:011}",
            "maker_id": self.makers[number % len(self.makers)].id,
            "maker_part_number": f"MPN-{number:04}",
            "seller_ids": [
                Command.create({"partner_id": vendor.id, "price": price / 2, "delay": 5})
                for vendor in self.vendors[:2]
            ],
            **values,
        }
        known = self.env["product.template"]._fields
        template = self.env["product.template"].create(
            {"name": name, **{key: value for key, value in values.items() if key in known}}
        )
        return template.product_variant_id

    @contextmanager
    def _family(self, name):
        before = self._read_sequences()
        yield
        self.env.flush_all()
        after = self._read_sequences()
        self.families[name] = {
            table: (before.get(table, 0) + 1, last)
            for table, last in after.items()
            if last > before.get(table, 0)
        }

    def _read_sequences(self):
        self.env.cr.execute(
            """
            SELECT left(sequencename, -length('_id_seq')), last_value FROM pg_sequences
             WHERE sequencename LIKE '%\\_id\\_seq' AND last_value IS NOT NULL
            """
        )
        return dict(self.env.cr.fetchall())

    # -- flows -------------------------------------------------------------------------------------

    def sell(self, *lines, route=None):
        """Return a confirmed order of (product, quantity) lines."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "client_order_ref": f"PO-{4700 + len(self.customer.sale_order_ids)}",
                "carrier_id": self.carrier.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **({"route_ids": [Command.set(route.ids)]} if route else {}),
                        }
                    )
                    for product, quantity in lines
                ],
            }
        )
        order.action_confirm()
        return order

    def buy_stock(self, *lines, receive=True):
        """Return a confirmed purchase order to stock, received unless told otherwise."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendors[1].id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_qty": quantity, "price_unit": 5}
                    )
                    for product, quantity in lines
                ],
            }
        )
        order.button_confirm()
        if receive:
            self.transfer(order.picking_ids)
        return order

    def order_from_vendor(self, order):
        """Confirm the purchases that a sales order caused and return them."""
        purchases = order._get_purchase_orders()
        purchases.button_confirm()
        return purchases

    def name_eta(self, purchases, *days):
        """Let the vendor name a date for the first purchase lines: so many days from now."""
        if "supplier_eta" not in purchases.order_line._fields:
            return
        self.env.flush_all()  # what was stored before: a date that is named is a change of it
        for line, in_days in zip(purchases.order_line, days, strict=False):
            line.supplier_eta = fields.Date.today() + timedelta(days=in_days)

    def transfer(self, picking):
        """Do what is reserved of a picking and leave the rest as back order."""
        picking.action_assign()
        for move in picking.move_ids.filtered("quantity"):
            self._name_serials(move)
            move.picked = True
        if picking.picking_type_code == "outgoing":
            picking.carrier_tracking_ref = f"3S{picking.id:09}"
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def _name_serials(self, move):
        if move.product_id.tracking != "serial":
            return
        for line in move.move_line_ids.filtered(lambda line: not line.lot_id):
            self.serial_number += 1
            line.lot_name = f"SN{self.serial_number:06}"

    def send_keys(self, line):
        """Deliver a line by e-mail, with one licence key for each where keys are known."""
        if "sale.line.delivery" not in self.env:
            line.qty_delivered = line.product_uom_qty
            return
        keys = [f"KEY-{line.id}-{number}" for number in range(int(line.product_uom_qty))]
        self.env["sale.line.delivery"].create(
            {"sale_line_id": line.id, "quantity": len(keys), "keys": "\n".join(keys)}
        )

    def invoice(self, order, pay=False):
        """Post the invoice of what can be invoiced; pay it in full if asked."""
        invoice = order._create_invoices()
        invoice.action_post()
        if pay:
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            wizard.create({}).action_create_payments()

    # -- orders ------------------------------------------------------------------------------------

    def fulfilled(self):
        """Everything shipped from stock in one go, invoiced and paid."""
        goods = [(self.laptop, 2), (self.camera, 5), (self.cable, 10)]
        self.buy_stock(*goods)
        order = self.sell(*goods, (self.licence, 3))
        self.send_keys(order.order_line[-1])
        self.transfer(order.picking_ids)
        self.invoice(order, pay=True)
        return order

    def drop_shipped(self):
        """Sent by the vendor to the customer and invoiced, not paid."""
        order = self.sell(
            (self.laptop, 1),
            (self.camera, 2),
            (self.cable, 4),
            (self.cable, 1),
            route=self.drop_ship,
        )
        for picking in self.order_from_vendor(order).picking_ids:
            self.transfer(picking)
        self.invoice(order)
        return order

    def delivered(self):
        """All shipped, not invoiced."""
        goods = [(self.laptop, 1), (self.laptop, 1), (self.camera, 3), (self.cable, 2)]
        self.buy_stock(*goods)
        order = self.sell(*goods)
        self.transfer(order.picking_ids)
        return order

    def partly_shipped(self):
        """Half is shipped and invoiced, the rest bought for the order or on its way to stock,
        the cameras on two days.
        """
        goods = [(self.laptop, 2), (self.camera, 4), (self.cable, 6)]
        self.buy_stock((self.laptop, 1), (self.camera, 2), (self.cable, 3))
        order = self.sell(*goods, (self.server, 2))
        self.name_eta(self.order_from_vendor(order), 6)
        self.transfer(order.picking_ids)
        self.name_eta(self.buy_stock((self.laptop, 1), (self.camera, 1), receive=False), 2, 8)
        self.name_eta(self.buy_stock((self.camera, 1), receive=False), 15)
        self.invoice(order)
        return order

    def on_order(self):
        """Nothing shipped; bought for the order, one date named and one not."""
        order = self.sell((self.server, 1), (self.server, 3), (self.server, 2), (self.server, 1))
        self.name_eta(self.order_from_vendor(order), 4, 9)
        return order

    def waiting_for_vendor(self):
        """Nothing shipped, no vendor has named a date; a licence is to be sent by e-mail."""
        order = self.sell((self.server, 1), (self.server, 1), (self.server, 2), (self.licence, 5))
        self.order_from_vendor(order)
        return order

    def ready(self):
        """In stock and reserved."""
        goods = [(self.laptop, 1), (self.camera, 2), (self.cable, 2), (self.cable, 5)]
        self.buy_stock(*goods)
        order = self.sell(*goods)
        order.picking_ids.action_assign()
        return order

    def drop_ship_coming(self):
        """The vendor will send it to the customer; all dates named."""
        order = self.sell(
            (self.laptop, 1),
            (self.camera, 2),
            (self.cable, 4),
            (self.cable, 1),
            route=self.drop_ship,
        )
        self.name_eta(self.order_from_vendor(order), 3, 3, 12, 12)
        return order


# A family is copied as a whole. Every order has four lines. What waits for stock comes last, or it
# would be given the goods that are bought for the next order.
FAMILIES = {
    "closed": [World.fulfilled, World.drop_shipped, World.delivered],
    "open": [World.on_order, World.waiting_for_vendor, World.ready, World.drop_ship_coming],
    "mixed": [World.fulfilled, World.partly_shipped],
}
LINES_PER_ORDER = 4
