from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.fields import Command

from . import clock

# The hour (UTC) of the day at which a kind of event happens.
HOURS = {
    "order": 7,
    "bought": 8,
    "added": 9,
    "eta": 10,
    "received": 11,
    "dropship": 11,
    "shipped": 13,
    "invoiced": 15,
    "paid": 16,
}


class CustomerPortalDemoFlow(models.AbstractModel):
    """Order, buy, name dates, receive, ship, invoice and pay, each on its day and by its clerk.

    The tables name events with an age in days; they are worked through from the oldest to the
    youngest. No state and no date is written: the clerks press the buttons.
    """

    _name = "customer.portal.demo.flow"
    _inherit = ["customer.portal.demo"]
    _description = "Demo World: Flows"

    def _play(self, demo, company):
        """All events that ``demo`` tells of, in the order of time.

        :param demo: a model with ``_get_events``, ``_get_hour`` and a ``_do_<kind>`` for each kind
        """
        context = {
            "allowed_company_ids": company.ids,
            "tracking_disable": True,
            "mail_auto_subscribe_no_notify": True,
        }
        demo = demo.with_context(**context)
        with clock.running():
            for (age, kind), rows in demo._get_events():
                clock.set_moment(self._get_moment(age, demo._get_hour(kind)))
                getattr(demo, f"_do_{kind}")(rows, age)
                self.env.flush_all()

    def _get_events(self):
        """``[((age, kind), rows)]``, oldest day first, in the order of the hours of a day."""
        events = defaultdict(list)
        for order in self._read("orders"):
            events[int(order["age"]), "order"].append(order)
            for kind in ("bought", "invoiced", "paid"):
                for age in order[kind].split():
                    events[int(age), kind].append({"purchase": order["id"]})
        for line in self._read("order_lines"):
            if line["added"]:
                age = next(
                    int(o["bought"]) for o in self._read("orders") if o["id"] == line["order"]
                )
                events[age, "added"].append(line)
        for row in self._read("purchase_events"):
            events[int(row["age"]), row["event"]].append(row)
        for row in self._read("shipments"):
            events[int(row["age"]), "shipped"].append(row)
        return sorted(events.items(), key=lambda event: (-event[0][0], HOURS[event[0][1]]))

    def _get_hour(self, kind):
        return HOURS[kind]

    def _get_moment(self, age, hour):
        """A moment so many days ago; today's events have happened by now."""
        now = datetime.now().replace(microsecond=0)
        return min(datetime.combine(self._get_day(-age), time(hour)), now)

    def _get_day(self, days):
        """The day so many days from the day of installation, as the distributor counts days."""
        here = self.with_context(tz="Europe/Amsterdam")
        today = fields.Datetime.context_timestamp(here, datetime.now()).date()
        return today + timedelta(days=days)

    def _as(self, login, model_name):
        """A model as the clerk sees it who does the work."""
        return self.env[model_name].with_user(self._ref(login))

    def _find(self, name, login, model_name):
        return self._as(login, model_name).browse(self._ref(name, "customer_portal").id)

    # -- sales ---------------------------------------------------------------------------------

    def _do_order(self, rows, age):
        lines = defaultdict(list)
        for line in self._read("order_lines"):
            lines[line["order"]].append(line)
        for row in rows:
            order = self._load("sale.order", [self._prepare_order(row, lines[row["id"]])])
            self._set_carrier(order, row)
            self._decide(self._find(row["id"], "user_joost", "sale.order"), row["outcome"])

    def _prepare_order(self, row, lines):
        customer = self._ref(row["customer"])
        address = self._ref(row["address"]) if row["address"] else customer
        pricelist = (
            self._ref("pricelist_usd", "customer_portal")
            if row["currency"]
            else self.env["product.pricelist"]
        )
        return {
            "id": row["id"],
            "partner_id": customer.id,
            "partner_invoice_id": customer.id,
            "partner_shipping_id": address.id,
            "client_order_ref": row["reference"],
            "date_order": fields.Datetime.now(),
            "user_id": customer.user_id.id,
            "pricelist_id": pricelist.id,
            "order_line": [Command.create(self._prepare_order_line(line)) for line in lines],
        }

    def _prepare_order_line(self, line):
        routes = (
            self.env.ref("stock.route_warehouse0_mto") if line["route"] else self.env["stock.route"]
        )
        return {
            "product_id": self._ref(line["product"], "customer_portal").id,
            "product_uom_qty": float(line["quantity"]),
            "discount": float(line["discount"] or 0),
            "is_special_order": bool(line["special"]),
            "route_ids": [Command.set(routes.ids)],
        }

    def _set_carrier(self, order, row):
        if row["carrier"]:
            carrier = self._ref(row["carrier"], "customer_portal")
            order.set_delivery_line(carrier, carrier.rate_shipment(order)["price"])

    def _decide(self, order, outcome):
        if outcome == "quotation":
            return
        order.action_confirm()
        if outcome == "cancelled":
            order._action_cancel()

    def _do_added(self, rows, age):
        """The customer raises a quantity that was bought already: a second purchase follows."""
        for row in rows:
            order = self._find(row["order"], "user_joost", "sale.order")
            product = self._ref(row["product"], "customer_portal")
            line = order.order_line.filtered(
                lambda line, product=product: line.product_id == product
            )
            line.product_uom_qty += float(row["added"])
            self._confirm_purchases(order)

    # -- purchases -----------------------------------------------------------------------------

    def _do_bought(self, rows, age):
        """Purchases that orders made are sent; purchases for the stock are made and sent."""
        for_stock = defaultdict(list)
        for row in rows:
            if "product" in row:
                for_stock[row["purchase"]].append(row)
            else:
                self._confirm_purchases(self._ref(row["purchase"], "customer_portal"))
        for name, products in for_stock.items():
            self._load("purchase.order", [self._prepare_purchase(name, products)])
            self._find(name, "user_dirk", "purchase.order").button_confirm()

    def _confirm_purchases(self, order):
        purchases = (
            order.sudo()._get_purchase_orders().filtered(lambda purchase: purchase.state == "draft")
        )
        purchases.with_user(self._ref("user_dirk")).button_confirm()

    def _prepare_purchase(self, name, rows):
        products = [self._ref(row["product"], "customer_portal") for row in rows]
        vendor = products[0].seller_ids.partner_id
        lines = [
            Command.create({"product_id": product.id, "product_qty": float(row["value"])})
            for product, row in zip(products, rows, strict=True)
        ]
        return {
            "id": name,
            "partner_id": vendor.id,
            "user_id": vendor.buyer_id.id,
            "date_order": fields.Datetime.now(),
            "order_line": lines,
        }

    def _get_purchase_lines(self, row):
        """The purchase lines of an order or purchase for a product, the part that is meant."""
        document = self._ref(row["purchase"], "customer_portal")
        purchases = document._get_purchase_orders() if document._name == "sale.order" else document
        product = self._ref(row["product"], "customer_portal")
        lines = purchases.order_line.filtered(lambda line: line.product_id == product).sorted("id")
        return lines[int(row["part"]) - 1] if row["part"] else lines

    def _do_eta(self, rows, age):
        """The supplier names a date, moves it, or takes it back."""
        for row in rows:
            day = self._get_day(int(row["value"])) if row["value"] else False
            lines = self._get_purchase_lines(row).with_user(self._ref("user_dirk"))
            lines.write({"supplier_eta": day})
        lines.env.flush_all()  # the history names the buyer

    def _do_received(self, rows, age):
        receipts = self.env["stock.picking"]
        for row in rows:
            moves = self._get_purchase_lines(row).move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            for move in moves:
                self._count(move, float(row["value"]))
            receipts |= moves.picking_id
        self._validate(receipts)

    def _do_dropship(self, rows, age):
        self._do_received(rows, age)

    def _count(self, move, quantity):
        """Count what arrived, with the serial numbers of the units."""
        if move.has_tracking == "serial":
            names = self._get_serials(move.product_id, int(quantity))
            move.move_line_ids.unlink()
            move.move_line_ids = [Command.create(self._prepare_unit(move, name)) for name in names]
        else:
            move.quantity = quantity
        move.picked = True

    def _prepare_unit(self, move, name):
        return {
            "product_id": move.product_id.id,
            "product_uom_id": move.product_id.uom_id.id,
            "location_id": move.location_id.id,
            "location_dest_id": move.location_dest_id.id,
            "lot_name": name,
            "quantity": 1,
            "picking_id": move.picking_id.id,
        }

    def _get_serials(self, product, count):
        prefixes = {row["article"]: row["serial_prefix"] for row in self._read("products")}
        used = self.env["stock.move.line"].search_count(
            [("product_id", "=", product.id), ("lot_name", "!=", False)]
        )
        prefix = prefixes[product.default_code]
        return [f"{prefix}{(used + number) * 13 + 10007:05d}" for number in range(1, count + 1)]

    # -- warehouse -----------------------------------------------------------------------------

    def _do_shipped(self, rows, age):
        """What can be picked leaves the warehouse; the licences of the order follow by mail."""
        shipments = self.env["stock.picking"]
        for row in rows:
            order = self._ref(row["order"], "customer_portal")
            shipment = order.picking_ids.filtered(
                lambda picking: (
                    picking.picking_type_code == "outgoing"
                    and picking.state not in ("done", "cancel")
                )
            )
            if shipment:
                shipment.action_assign()
                self._pick(shipment, row)
            shipments |= shipment
        self._validate(shipments)
        for row in rows:
            self._send_licences(self._ref(row["order"], "customer_portal"))

    def _pick(self, shipment, row):
        if row["limit"]:
            for move in shipment.move_ids:
                move.quantity = min(move.quantity, float(row["limit"]))
        for move in shipment.move_ids:
            move.picked = bool(move.quantity)
        if row["tracking"]:
            shipment.carrier_tracking_ref = row["tracking"]

    def _send_licences(self, order):
        """Licences go out by mail; some vendors hold them until the last hardware has left."""
        goods_open = any(picking.state not in ("done", "cancel") for picking in order.picking_ids)
        for line in order.order_line.filtered(lambda line: line.product_id.is_email_delivery):
            vendor = line.product_id.seller_ids.partner_id
            if goods_open and vendor.holds_software_until_hardware:
                continue
            self._mark_sent(line)
            for purchase_line in line.sudo().purchase_line_ids:
                purchase_line.qty_received = purchase_line.product_qty

    def _mark_sent(self, line):
        """Mark what is open of a licence as sent, with a key for each piece."""
        count = int(line.customer_open_qty)
        if not count:
            return
        code, number = line.product_id.default_code, line.order_id.name
        row = {
            "line_id": line.id,
            "quantity": count,
            "keys": [f"{code}-{number}-{piece:03d}-DEMO" for piece in range(1, count + 1)],
        }
        self._as("user_joost", "sale.order.line").mark_email_delivered([row])

    def _validate(self, pickings):
        context = {"skip_backorder": True, "skip_sms": True, "cancel_backorder": False}
        pickings.with_user(self._ref("user_piet")).with_context(**context).button_validate()

    # -- invoices ------------------------------------------------------------------------------

    def _do_invoiced(self, rows, age):
        for row in rows:
            invoices = self._find(row["purchase"], "user_anneke", "sale.order")._create_invoices()
            invoices.action_post()

    def _do_paid(self, rows, age):
        for row in rows:
            invoices = self._find(row["purchase"], "user_anneke", "sale.order").invoice_ids
            context = {"active_model": "account.move", "active_ids": invoices.ids}
            wizard = self._as("user_anneke", "account.payment.register").with_context(**context)
            wizard.create({"payment_date": fields.Date.today()})._create_payments()
