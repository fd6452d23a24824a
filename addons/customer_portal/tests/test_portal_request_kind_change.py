from datetime import datetime

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalRequestKindChange(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("change_buyer", cls.branch)
        cls.clerk = cls._create_staff("change_clerk", "sales_team.group_sale_salesman")
        cls.second = cls._create_product(name="Jabra headset")
        cls.order = cls._create_order(user_id=cls.clerk.id)

    def _ask(self, order, changes, note=""):
        rules = self.env["portal.request"].with_user(self.user)
        return rules._submit_change(order.with_user(self.user).sudo(), changes, note)

    def _ask_quantity(self, line, quantity):
        form = self.env["sale.order.change.form"]
        return self._ask(line.order_id, [form._prepare_quantity(line, quantity)])

    def _accept(self, request, user=None):
        request.with_user(user or self.clerk)._accept("Done.")
        self.env.flush_all()

    def _create_clerks_order(self, **values):
        return self._create_order(user_id=self.clerk.id, **values)

    def _get_warned(self, purchases):
        warning = self.env.ref("mail.mail_activity_data_warning")
        return purchases.activity_ids.filtered(lambda one: one.activity_type_id == warning)

    # --- asking -----------------------------------------------------------------------------------

    def test_a_request_is_seen_where_the_order_is_and_goes_to_its_salesperson(self):
        order = self.order
        request = self._ask_quantity(order.order_line, 4)
        self.assertEqual(order.portal_change_id, request)
        self.assertEqual(request.manager_id, self.clerk)
        self.assertEqual(request.partner_id, order.partner_id)
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_of_two_changes_of_an_order_the_second_waits_for_the_answer_of_the_first(self):
        order = self.order
        first = self._ask_quantity(order.order_line, 4)
        with self.assertRaises(UserError):
            self._ask_quantity(order.order_line, 5)
        first._refuse("No.")
        self.assertEqual(self._ask_quantity(order.order_line, 5), order.portal_change_id)

    def test_the_database_keeps_a_second_open_change_out(self):
        order = self.order
        self._ask_quantity(order.order_line, 4)
        order.portal_change_id = False
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._ask_quantity(order.order_line, 5)

    def test_a_request_is_answered_by_its_manager_only(self):
        request = self._ask_quantity(self.order.order_line, 4)
        other = self._create_staff("change_other", "sales_team.group_sale_salesman")
        store = self._create_staff("change_store", "stock.group_stock_user")
        for user in (other, store, self.user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.with_user(user)._accept()
        with self.assertRaises(AccessError):
            request.change_ids.with_user(self.clerk).write({"new_quantity": 1})
        self.assertEqual(request.state, "open")

    # --- accepting --------------------------------------------------------------------------------

    def test_an_accepted_quantity_changes_line_and_shipment(self):
        self._put_in_stock(quantity=10)
        order = self.order
        for quantity in (4, 12):
            with self.subTest(quantity):
                request = self._ask_quantity(order.order_line, quantity)
                self._accept(request)
                moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
                self.assertEqual(order.order_line.product_uom_qty, quantity)
                self.assertEqual(sum(moves.mapped("product_uom_qty")), quantity)
                self.assertEqual((request.state, request.answer), ("accepted", "Done."))

    def test_a_cancelled_line_is_shipped_no_more(self):
        order = self._create_clerks_order(lines=[(self.product, 10), (self.second, 2)])
        first = order.order_line[0]
        self._accept(self._ask_quantity(first, 0))
        self.assertEqual(first.customer_status, "cancelled")
        self.assertEqual(order.customer_status, "confirmed")
        self.assertEqual(order.picking_ids.move_ids.product_id, self.product | self.second)
        alive = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(alive.product_id, self.second)

    def test_a_cancelled_order_ships_nothing(self):
        order = self.order
        self._accept(self._ask(order, [{"kind": "cancel"}]))
        self.assertEqual((order.state, order.customer_status), ("cancel", "cancelled"))
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    def test_a_further_article_has_the_price_of_the_list_and_is_shipped(self):
        self.second.list_price = 77
        order = self.order
        change = {"kind": "add", "product_id": self.second.id, "new_quantity": 3}
        self._accept(self._ask(order, [change]))
        line = order.order_line[-1]
        self.assertEqual((line.product_id, line.price_unit), (self.second, 77))
        self.assertEqual(line.move_ids.product_uom_qty, 3)

    def test_another_address_is_that_of_what_has_not_left(self):
        self._put_in_stock(quantity=4)
        order = self._create_clerks_order()
        left = self._ship(order)
        old = order.partner_shipping_id
        new = self._create_customer(name="Depot", parent_id=self.branch.id, type="delivery")
        change = {"kind": "address", "old_address_id": old.id, "new_address_id": new.id}
        self._accept(self._ask(order, [change]))
        waiting = order.picking_ids - left
        self.assertEqual(order.partner_shipping_id, new)
        self.assertEqual((left.partner_id, waiting.partner_id), (old, new))
        self.assertFalse(waiting.activity_ids)

    def test_a_wished_date_and_a_reference_come_to_the_order(self):
        order = self.order
        day = self._in_days(20)
        changes = [
            {"kind": "date", "old_date": False, "new_date": day},
            {"kind": "reference", "old_reference": False, "new_reference": "PO 9"},
        ]
        self._accept(self._ask(order, changes))
        self.assertEqual(self.env["sale.order.change"]._get_wished_day(order), day)
        self.assertEqual(order.client_order_ref, "PO 9")
        self.assertEqual(order.order_line.move_ids.date_deadline, order.commitment_date)

    def test_a_refused_or_withdrawn_change_leaves_the_order(self):
        order = self.order
        for act in ("_refuse", "_withdraw"):
            with self.subTest(act):
                request = self._ask(order, [{"kind": "cancel"}])
                getattr(request, act)(*(["No."] if act == "_refuse" else []))
                self.assertEqual(order.state, "sale")
                self.assertIn(request.state, ("refused", "withdrawn"))

    # --- the purchase side ------------------------------------------------------------------------

    def test_the_buyer_is_told_when_less_of_a_purchase_is_wanted(self):
        for route in ("mto", "dropship"):
            for quantity in (4, None):
                with self.subTest(route=route, quantity=quantity):
                    order = self._create_routed_order(route)
                    purchases = self._get_purchase_lines(order).order_id
                    purchases.button_confirm()
                    self.env.flush_all()
                    if quantity:
                        request = self._ask_quantity(order.order_line, quantity)
                    else:
                        request = self._ask(order, [{"kind": "cancel"}])
                    self.assertIn("ordered from the supplier", str(request._get_warnings()))
                    self._accept(request)
                    self.assertTrue(self._get_warned(purchases))

    def _create_routed_order(self, route):
        if route == "mto":
            return self._create_mto_order(user_id=self.clerk.id)
        self.product.route_ids = False
        return self._create_route_order(self.dropship, user_id=self.clerk.id)

    def test_more_of_a_purchased_article_is_purchased(self):
        order = self._create_mto_order(user_id=self.clerk.id)
        self._get_purchase_lines(order).order_id.button_confirm()
        self._accept(self._ask_quantity(order.order_line, 15))
        bought = order.order_line.move_ids.move_orig_ids.purchase_line_id
        bought |= order.order_line.move_ids.created_purchase_line_ids
        self.assertEqual(sum(bought.mapped("product_qty")), 15)

    def test_a_vendor_who_ships_gets_the_new_address(self):
        order = self._create_route_order(self.dropship, user_id=self.clerk.id)
        purchase = order.order_line.purchase_line_ids.order_id
        purchase.button_confirm()
        old = order.partner_shipping_id
        new = self._create_customer(name="Depot", parent_id=self.branch.id, type="delivery")
        change = {"kind": "address", "old_address_id": old.id, "new_address_id": new.id}
        self._accept(self._ask(order, [change]))
        self.assertEqual(purchase.dest_address_id, new)
        purchase.invalidate_recordset()
        self.assertIn("Depot", str(self._get_warned(purchase).mapped("note")))

    # --- changed meanwhile ------------------------------------------------------------------------

    def test_what_changed_meanwhile_is_not_changed_blindly(self):
        cases = {
            "quantity": lambda order: order.order_line.write({"product_uom_qty": 8}),
            "shipped": lambda order: self._ship(order, 6),
            "invoiced": self._invoice,
            "draft": lambda order: order._create_invoices(),
            "cancelled": lambda order: order.action_cancel(),
            "locked": lambda order: order.action_lock(),
        }
        self._put_in_stock(quantity=100)
        for name, act in cases.items():
            with self.subTest(name):
                order = self._create_clerks_order()
                request = self._ask_quantity(order.order_line, 4)
                act(order)
                self.env.flush_all()
                before = order.order_line.product_uom_qty
                self.assertTrue(request._get_warnings())
                with self.assertRaises(UserError):
                    self._accept(request)
                self.assertEqual(order.order_line.product_uom_qty, before)
                self.assertEqual(request.state, "open")

    def test_a_cancellation_is_not_accepted_once_goods_left(self):
        self._put_in_stock(quantity=10)
        order = self._create_clerks_order()
        request = self._ask(order, [{"kind": "cancel"}])
        self._ship(order, 1)
        with self.assertRaises(UserError):
            self._accept(request)
        self.assertEqual(order.state, "sale")

    def test_what_somebody_did_by_hand_is_done(self):
        order = self.order
        request = self._ask_quantity(order.order_line, 4)
        order.order_line.product_uom_qty = 4
        self._accept(request)
        self.assertEqual((request.state, order.order_line.product_uom_qty), ("accepted", 4))

    def test_an_article_asked_for_in_time_is_added_after_the_invoice(self):
        order = self.order
        change = {"kind": "add", "product_id": self.second.id, "new_quantity": 3}
        request = self._ask(order, [change])
        self._invoice(order)
        self._accept(request)
        self.assertEqual(order.order_line[-1].product_id, self.second)

    def test_an_answer_is_given_once(self):
        order = self.order
        request = self._ask_quantity(order.order_line, 4)
        self._accept(request)
        with self.assertRaises(UserError):
            request._refuse("Too late.")
        self.assertEqual(request.state, "accepted")

    # --- reading ----------------------------------------------------------------------------------

    def test_old_and_new_stand_side_by_side(self):
        order = self.order
        order.client_order_ref = "PO 1"
        self.product.default_code = "C930E"
        form = self.env["sale.order.change.form"]
        moment = datetime(2031, 5, 4, 10)
        changes = [
            form._prepare_quantity(order.order_line, 0),
            {"kind": "add", "product_id": self.second.id, "new_quantity": 2.5},
            {"kind": "date", "old_date": False, "new_date": fields.Date.to_date(moment)},
            {"kind": "reference", "old_reference": "PO 1", "new_reference": False},
        ]
        found = self._ask(order, changes)._get_differences()
        self.assertEqual(
            [(one["label"], one["old"], one["new"]) for one in found],
            [
                ("Logitech C930e webcam (C930E)", "10", "cancelled"),
                ("Jabra headset", "\N{EN DASH}", "2.50"),
                ("Wished date", "as soon as possible", "4 May 2031"),
                ("Own reference", "PO 1", "\N{EN DASH}"),
            ],
        )

    def test_who_reads_a_request_learns_what_is_packed(self):
        self._put_in_stock(quantity=10)
        order = self._create_clerks_order()
        order.picking_ids.move_ids.picked = True
        request = self._ask_quantity(order.order_line, 4)
        self.assertIn("10 packed", request._get_differences()[0]["note"])
        self._accept(request)
        self.assertFalse(request._get_differences()[0]["note"])

    def test_a_paid_down_payment_of_a_cancelled_order_is_told(self):
        order = self.order
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
        order.invoice_ids.action_post()
        request = self._ask(order, [{"kind": "cancel"}])
        self.assertIn("down payment", str(request._get_warnings()))
        self._accept(request)
        self.assertEqual(order.state, "cancel")

    def test_a_day_is_one_of_our_company(self):
        self.env.company.resource_calendar_id.tz = "Pacific/Auckland"
        order = self.order
        order.commitment_date = datetime(2031, 5, 4, 13)
        rules = self.env["sale.order.change"]
        day = rules._get_wished_day(order)
        self.assertEqual(day, datetime(2031, 5, 5).date())
        order.commitment_date = order.company_id._get_noon(day)
        self.assertEqual(rules._get_wished_day(order), day)
