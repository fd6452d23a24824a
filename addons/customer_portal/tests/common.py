import re
from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests.common import new_test_user

WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


PASSWORD = "Tulpenveld#7x!42"


class PortalFactories:
    """What the tests of this add-on make: customers with branches, vendors, products, orders."""

    @classmethod
    def _setup_world(cls):
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.mto = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto.active = True
        cls.buy = cls.warehouse.buy_pull_id.route_id
        cls.dropship = cls.env.ref("stock_dropshipping.route_drop_shipping")
        cls.office = cls._create_customer(name="Kade IT head office")
        cls.branch = cls._create_customer(name="Kade IT Rotterdam", parent_id=cls.office.id)
        cls.other_branch = cls._create_customer(name="Kade IT Utrecht", parent_id=cls.office.id)
        cls.stranger_company = cls._create_customer(name="Strange Systems")
        cls.vendor = cls._create_customer(name="Secret Supply")
        cls.product = cls._create_product()

    @classmethod
    def _create_customer(cls, **values):
        return cls.env["res.partner"].create({"is_company": True, **values})

    @classmethod
    def _create_portal_user(cls, login, company):
        user = new_test_user(cls.env, login, groups="base.group_portal", password=PASSWORD)
        user.partner_id.parent_id = company
        return user

    @classmethod
    def _create_staff(cls, login, groups):
        return new_test_user(cls.env, login, groups=groups, password=PASSWORD)

    @classmethod
    def _create_carrier(cls, **values):
        service = cls.env["product.product"].create({"name": "Parcel", "type": "service"})
        return cls.env["delivery.carrier"].create(
            {"name": "Parcel", "product_id": service.id, "fixed_price": 5, **values}
        )

    @classmethod
    def _create_product(cls, **values):
        seller = {"partner_id": cls.vendor.id, "price": 50.0, "delay": 9}
        return cls.env["product.product"].create(
            {
                "name": "Logitech C930e webcam",
                "is_storable": True,
                "list_price": 63.21,
                "standard_price": 50.0,
                "invoice_policy": "order",
                "taxes_id": False,
                "seller_ids": [Command.create(seller)],
                **values,
            }
        )

    @classmethod
    def _create_serial_product(cls, **values):
        return cls._create_product(tracking="serial", **values)

    @classmethod
    def _create_license(cls, **values):
        return cls._create_product(
            name="Device manager licence",
            type="service",
            is_storable=False,
            is_email_delivery=True,
            **values,
        )

    @classmethod
    def _create_order(cls, partner=None, lines=None, confirm=True, **values):
        """A sales order; ``lines`` are dictionaries or ``(product, quantity)``."""
        lines = lines or [(cls.product, 10)]
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.branch).id,
                "order_line": [Command.create(cls._prepare_line(line)) for line in lines],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        cls.env.flush_all()
        return order

    @classmethod
    def _prepare_line(cls, line):
        if isinstance(line, dict):
            return {"product_id": cls.product.id, "product_uom_qty": 10, **line}
        return {"product_id": line[0].id, "product_uom_qty": line[1]}

    @classmethod
    def _create_route_order(cls, route, quantity=10, **values):
        line = {"product_uom_qty": quantity, "route_ids": [Command.set(route.ids)]}
        return cls._create_order(lines=[line], **values)

    @classmethod
    def _create_mto_order(cls, quantity=10, **values):
        cls.product.route_ids = [Command.set((cls.mto | cls.buy).ids)]
        return cls._create_order(lines=[(cls.product, quantity)], **values)

    @classmethod
    def _create_purchase(cls, quantity=10, eta=False, product=None, confirm=True):
        line = {
            "product_id": (product or cls.product).id,
            "product_qty": quantity,
            "price_unit": 50,
        }
        purchase = cls.env["purchase.order"].create(
            {"partner_id": cls.vendor.id, "order_line": [Command.create(line)]}
        )
        if confirm:
            purchase.button_confirm()
        if eta:
            purchase.order_line.supplier_eta = eta
        return purchase

    @classmethod
    def _get_purchase_lines(cls, order):
        """Purchase lines made for an order, by drop-shipment or make to order."""
        moves = order.order_line.move_ids
        made = moves.created_purchase_line_ids | moves.move_orig_ids.purchase_line_id
        return made | order.order_line.purchase_line_ids

    @classmethod
    def _put_in_stock(cls, product=None, quantity=10, serials=()):
        product = product or cls.product
        location = cls.warehouse.lot_stock_id
        quants = cls.env["stock.quant"]
        for serial in serials:
            lot = cls.env["stock.lot"].create({"name": serial, "product_id": product.id})
            quants._update_available_quantity(product, location, 1, lot_id=lot)
        if not serials:
            quants._update_available_quantity(product, location, quantity)

    @classmethod
    def _ship(cls, order, quantity=None, tracking=None):
        """Ship what is reserved, or less; the rest becomes a back order."""
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))[:1]
        picking.action_assign()
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = tracking
        picking.with_context(skip_backorder=True)._action_done()
        return picking

    @classmethod
    def _return(cls, picking, quantity):
        wizard = cls.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = quantity
        back.move_ids.picked = True
        back._action_done()
        return back

    @classmethod
    def _invoice(cls, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice):
        wizard = cls.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        values = {"reason": "returned", "journal_id": invoice.journal_id.id}
        action = wizard.create(values).refund_moves()
        refund = cls.env["account.move"].browse(action["res_id"])
        refund.action_post()
        return refund

    @classmethod
    def _in_days(cls, days):
        return date.today() + timedelta(days=days)


class PortalHttp(PortalFactories):
    """Signed-in requests; use with ``HttpCase``."""

    def _get(self, path, user=None, **params):
        if user:
            self.authenticate(user.login, PASSWORD)
        return self.url_open(path, allow_redirects=False, **params)

    @contextmanager
    def assertQueriesWriteNothing(self):
        """No statement of the page changes a row of the database."""
        written = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            if WRITING.match(getattr(query, "code", query)):
                written.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            yield
        self.assertFalse(written)

    def _count_queries(self, path):
        """SQL queries of a page, with warm caches."""
        self._get(path)
        before = self.env.cr.sql_log_count
        response = self._get(path)
        self.assertEqual(response.status_code, 200)
        return self.env.cr.sql_log_count - before
