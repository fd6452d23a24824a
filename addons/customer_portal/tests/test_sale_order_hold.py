from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


class HoldCase(PortalFactories):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.product.list_price = 10.0
        cls._put_in_stock(quantity=1000)
        cls.office.payment_before_delivery = "prepayment"
        cls.stranger_company.payment_before_delivery = "credit_limit"
        cls.stranger_company.credit_limit = 150.0
        cls.clerk = cls._create_staff("hold_warehouse", "stock.group_stock_user")
        cls.releaser = cls._create_staff(
            "hold_releaser",
            "customer_portal.group_delivery_release,sales_team.group_sale_salesman_all_leads",
        )
        cls.held = cls._create_order()  # waits for its payment

    @classmethod
    def _create_limited_order(cls, quantity=10, **values):
        values = {"client_order_ref": "PO 1", "customer_confirmed_on": Datetime.now(), **values}
        lines = [(cls.product, quantity)]
        return cls._create_order(partner=cls.stranger_company, lines=lines, **values)

    @classmethod
    def _pay(cls, invoice, amount=None):
        """A payment with an entry of its own, reconciled with the invoice."""
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register = wizard.create({"amount": amount} if amount else {})
        bank = cls.env["account.account"].search(
            [("account_type", "=", "asset_current"), ("reconcile", "=", True)], limit=1
        )
        register.payment_method_line_id.payment_account_id = bank
        payment = register._create_payments()
        cls.env.flush_all()
        return payment

    @classmethod
    def _down_payment(cls, order, percentage):
        wizard = cls.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": percentage,
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice


@tagged("post_install", "-at_install")
class TestSaleOrderHold(HoldCase, TransactionCase):
    def test_the_term_of_a_branch_is_its_own_else_that_above_else_free(self):
        rows = [
            ("prepayment", "free", "free"),
            ("prepayment", False, "prepayment"),
            (False, "credit_limit", "credit_limit"),
            (False, False, "free"),
        ]
        for above, own, expected in rows:
            self.office.payment_before_delivery = above
            self.branch.payment_before_delivery = own
            with self.subTest(above=above, own=own):
                self.assertEqual(self.branch._get_delivery_term(self.env.company), expected)

    def test_a_term_goes_for_one_of_our_companies(self):
        other = self.env["res.company"].create({"name": "Our Second Company"})
        self.assertEqual(self.office._get_delivery_term(other), "free")
        self.assertEqual(self.office._get_delivery_term(self.env.company), "prepayment")

    def test_nothing_set_holds_nothing(self):
        order = self._create_order(partner=self.vendor)
        self.assertFalse(order.delivery_term or order.delivery_hold)
        self.assertFalse(order.picking_ids.delivery_hold)

    def test_a_changed_term_releases_and_holds_at_once(self):
        order = self.held
        self.assertEqual(order.picking_ids.delivery_hold, "payment")
        self.branch.payment_before_delivery = "free"
        self.assertFalse(order.picking_ids.delivery_hold)
        self.branch.payment_before_delivery = False
        self.assertEqual(order.picking_ids.delivery_hold, "payment")

    def test_the_warehouse_reserves_and_picks_but_ships_nothing_that_is_held(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order()
        pick = order.picking_ids.filtered(lambda one: one.picking_type_code == "internal")
        self.assertTrue(pick)
        pick.with_user(self.clerk).button_validate()
        self.assertEqual(pick.state, "done")
        shipment = order.picking_ids - pick
        self.assertEqual(shipment.state, "assigned")
        with self.assertRaisesRegex(UserError, "held and must not leave.*has not arrived"):
            shipment.with_user(self.clerk).button_validate()

    def test_no_way_to_ship_goes_around_a_hold(self):
        picking = self.held.picking_ids
        picking.move_ids.picked = True
        ways = {
            "button": picking.button_validate,
            "dialog of back orders": picking.with_context(skip_backorder=True).button_validate,
            "batch": picking._action_done,
            "moves alone": picking.move_ids._action_done,
        }
        for name, ship in ways.items():
            with self.subTest(name), self.assertRaises(UserError):
                ship()

    def test_goods_are_not_taken_off_a_held_order_nor_shipped_with_it(self):
        order = self.held
        picking = order.picking_ids.with_user(self.clerk)
        moves, stock = picking.move_ids, self.warehouse.lot_stock_id
        place = {"location_id": stock.id, "location_dest_id": picking.location_dest_id.id}
        added = {"product_id": self.product.id, "product_uom_qty": 1, "picked": True, **place}
        rows = {
            "no order": lambda: picking.write({"sale_id": False}),
            "no line": lambda: moves.write({"sale_line_id": False}),
            "a return": lambda: moves.write({"origin_returned_move_id": moves.id}),
            "no shipment": lambda: moves.write({"picking_id": False, "picked": True}),
            "another type": lambda: picking.write(
                {"picking_type_id": self.warehouse.int_type_id.id}
            ),
            "added": lambda: moves.copy({"picking_id": picking.id, "sale_line_id": False, **added}),
        }
        for name, act in rows.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "is held"):
                act()
                picking.write({"location_dest_id": place["location_dest_id"]})
                (moves | picking.move_ids)._action_done()

    def test_a_held_order_is_handed_on_by_who_may_release_it_alone(self):
        order = self.held
        seller = self._create_staff("hold_seller", "sales_team.group_sale_salesman_all_leads")
        for values in ({"partner_id": self.vendor.id}, {"customer_status": "delivered"}):
            with self.subTest(values), self.assertRaises(AccessError):
                order.with_user(seller).write(values)
        order.with_user(self.releaser).partner_id = self.vendor
        self.assertFalse(order.delivery_hold)

    def test_what_is_released_ships_while_it_is_not_larger_than_it_was(self):
        order = self.held
        order.with_user(self.releaser)._release_delivery("agreed with accounts")
        self.assertIn("agreed with accounts", order.message_ids[0].body)
        for quantity, hold in ((5, False), (11, "payment"), (10, False)):
            order.order_line.product_uom_qty = quantity
            with self.subTest(quantity):
                self.assertEqual(order.delivery_hold, hold)
        self.assertEqual(self._ship(order, quantity=4).state, "done")
        order.with_user(self.releaser).action_hold_again()
        self.assertEqual(order.delivery_hold, "payment")

    def test_only_who_has_the_right_releases_and_gives_a_reason(self):
        order = self.held
        seller = self._create_staff("hold_seller", "sales_team.group_sale_salesman_all_leads")
        for act in (
            lambda: order.with_user(seller)._release_delivery("mine"),
            order.with_user(seller).action_release_delivery,
            order.with_user(seller).action_hold_again,
            lambda: order.with_user(seller).write({"delivery_hold": False}),
            lambda: order.with_user(seller).write({"hold_released_on": Datetime.now()}),
            lambda: order.picking_ids.with_user(self.clerk).write({"delivery_hold": False}),
            lambda: self.office.with_user(seller).write({"payment_before_delivery": "free"}),
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(UserError):
            order.with_user(self.releaser)._release_delivery(" ")

    def test_the_dialog_releases_with_its_reason(self):
        order = self.held
        action = order.with_user(self.releaser).action_release_delivery()
        dialog = self.env[action["res_model"]].with_user(self.releaser)
        dialog = dialog.with_context(**action["context"])
        release = dialog.create({"reason": "payment order seen"})
        release.action_release()
        self.assertEqual(order.hold_release_reason, "payment order seen")
        self.assertEqual(order.hold_released_by_id, self.releaser)

    def test_the_customer_confirms_by_signing_by_paying_or_by_a_noted_purchase_order(self):
        for values in (
            {"signed_on": Datetime.now()},
            {"customer_confirmed_on": Datetime.now(), "client_order_ref": "PO 7"},
        ):
            order = self._create_order(partner=self.stranger_company, lines=[(self.product, 1)])
            self.assertEqual(order.delivery_hold, "confirmation")
            order.write(values)
            with self.subTest(values):
                self.assertFalse(order.delivery_hold)

    def test_a_reference_alone_is_no_confirmation_and_a_note_needs_one(self):
        order = self._create_order(partner=self.stranger_company, client_order_ref="PO 9")
        self.assertEqual(order.delivery_hold, "confirmation")
        other = self._create_order(partner=self.stranger_company)
        with self.assertRaises(UserError):
            other.customer_confirmed_on = Datetime.now()

    def test_a_customer_confirms_online(self):
        user = self._create_portal_user("hold_buyer", self.stranger_company)
        order = self._create_order(partner=user.partner_id, lines=[(self.product, 1)])
        order.with_user(user)._confirm_by_customer(" PO 12 ")
        self.assertFalse(order.delivery_hold)
        self.assertEqual(order.client_order_ref, "PO 12")
        self.assertEqual(order.customer_confirmed_by_id, user)

    def test_a_drop_shipment_is_not_ordered_from_the_vendor_while_held(self):
        order = self._create_route_order(self.dropship)
        purchase = order._get_purchase_orders()
        for confirm in (purchase.button_confirm, purchase.button_approve):
            with self.assertRaisesRegex(UserError, "The vendor would ship"):
                confirm()
        order.with_user(self.releaser)._release_delivery("agreed")
        purchase.button_confirm()
        self.assertEqual(purchase.state, "purchase")
        order.with_user(self.releaser).action_hold_again()
        with self.assertRaises(UserError):
            purchase.picking_ids.button_validate()

    def test_what_is_bought_for_our_own_warehouse_is_bought(self):
        order = self._create_mto_order()
        self.assertEqual(order.delivery_hold, "payment")
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self.assertEqual(purchase.state, "purchase")

    def test_nothing_held_is_sent_by_email(self):
        licence = self._create_license()
        order = self._create_order(lines=[(licence, 2)])
        row = {"line_id": order.order_line.id, "quantity": 1}
        with self.assertRaises(UserError) as refusal:
            self.env["sale.order.line"].mark_email_delivered([row])
        self.assertIn("is held", str(refusal.exception))
        order.with_user(self.releaser)._release_delivery("agreed")
        self.assertTrue(self.env["sale.order.line"].mark_email_delivered([row]))

    def test_returns_and_what_replaces_them_are_never_held(self):
        self.branch.payment_before_delivery = "free"
        order = self._create_order()
        shipped = self._ship(order, quantity=6)
        self.branch.payment_before_delivery = False
        self.assertEqual(order.delivery_hold, "payment")
        back = self._return(shipped, 2)
        self.assertEqual(back.state, "done")
        again = self._return(back, 1)
        self.assertEqual(again.state, "done")
        self.assertEqual(again.picking_type_code, "outgoing")

    def test_portal_users_read_no_hold_and_no_term(self):
        user = self._create_portal_user("hold_reader", self.branch)
        order = self._create_order(partner=user.partner_id)
        for record, name in [
            (order, "delivery_hold"),
            (order, "hold_release_reason"),
            (order.picking_ids, "delivery_hold"),
            (self.branch, "payment_before_delivery"),
        ]:
            with self.subTest(name), self.assertRaises(AccessError):
                record.with_user(user).read([name])

    def test_deliveries_that_are_not_held_gain_no_query(self):
        self.branch.payment_before_delivery = "free"
        self._count_validation()  # what is read once is known then
        asked = self._count_validation()
        with self._without_holds():
            self.assertLessEqual(asked, self._count_validation())

    def _count_validation(self):
        """Queries of shipping a new order that is not held."""
        picking = self._create_order().picking_ids
        picking.move_ids.picked = True
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        picking.button_validate()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @contextmanager
    def _without_holds(self):
        """Without what this add-on asks and finds about holds."""
        orders, pickings = type(self.env["sale.order"]), type(self.env["stock.picking"])
        nothing = self.env["stock.move"]
        with (
            patch.object(pickings, "_check_delivery_hold", lambda self: None),
            patch.object(type(nothing), "_get_held_moves", lambda self: nothing),
            patch.object(orders, "_compute_delivery_hold", _find_nothing),
            patch.object(pickings, "_compute_delivery_hold", _find_nothing),
        ):
            yield


def _find_nothing(records):
    records.delivery_hold = False
