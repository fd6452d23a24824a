from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp

GARBAGE = ("", "²", "-1", "0", "9" * 30, "x" * 300, "%00", "2026-13-45", "0001-01-01", "9999-12-31")


@tagged("post_install", "-at_install")
class TestPortalShipment(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("shipment_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("shipment_colleague", cls.branch)
        cls.head = cls._create_portal_user("shipment_head", cls.office)
        cls.sibling = cls._create_portal_user("shipment_sibling", cls.other_branch)
        cls.stranger = cls._create_portal_user("shipment_stranger", cls.stranger_company)
        cls.serial_product = cls._create_serial_product(name="Serial camera")
        cls._put_in_stock(quantity=4)
        cls._put_in_stock(cls.serial_product, serials=["SHIP-SN-1"])
        cls.order = cls._create_order(
            partner=cls.branch,
            lines=[(cls.product, 10), (cls.serial_product, 1)],
            client_order_ref="PO 5512",
        )
        cls.picking = cls._ship(cls.order, tracking="1Z111;1Z222 1Z333")
        cls.picking.carrier_id = cls._create_carrier(
            name="Parcel Swift", tracking_url="https://carrier.example/<shipmenttrackingnumber>"
        )
        cls.backorder = cls.order.picking_ids - cls.picking
        cls.env.flush_all()

    def _show(self, query="", user=None):
        return self._get(f"/my/shipments{query}", user).text

    # --- who ------------------------------------------------------------------------------------

    def test_owner_colleague_and_head_office_see_a_shipment_and_nobody_else(self):
        self.colleague_before = self._create_portal_user("shipment_former", self.branch)
        self.colleague_before.partner_id.parent_id = self.stranger_company
        cases = {
            self.user: True,
            self.colleague: True,
            self.head: True,
            self.sibling: False,
            self.stranger: False,
            self.colleague_before: False,
        }
        for user, is_seen in cases.items():
            with self.subTest(user.login):
                self.assertEqual(self.picking.name in self._show("?show=all", user), is_seen)

    def test_the_public_signs_in_first(self):
        self.assertEqual(self._get("/my/shipments").status_code, 303)

    def test_without_the_role_for_orders_there_are_no_shipments_and_no_menu_entry(self):
        role = self.env["partner.access.role"].search([("code", "=", "prices")])
        self.user.sudo().access_entry_ids.role_ids = role
        page = self._show("?show=all", self.user)
        self.assertNotIn(self.picking.name, page)
        self.assertNotIn('href="/my/shipments" class="nav-link"', page)
        self.assertIn("/my/documents", page)

    # --- what -----------------------------------------------------------------------------------

    def test_a_shipment_shows_what_the_customer_asks_for(self):
        page = self._show(user=self.user)
        expected = [
            self.picking.name,
            self.order.name,
            "PO 5512",
            "Kade IT Rotterdam",
            "Parcel Swift",
            "https://carrier.example/1Z111",
            "https://carrier.example/1Z222",
            "https://carrier.example/1Z333",
            "Serial camera",
            "SHIP-SN-1",
            f"/my/picking/pdf/{self.picking.id}",
        ]
        for text in expected:
            with self.subTest(text):
                self.assertIn(text, page)

    def test_what_is_planned_stands_among_the_expected(self):
        self._create_purchase(6, "2031-12-11")
        self.env.flush_all()
        self.assertNotIn(self.backorder.name, self._show(user=self.user))
        page = self._show("?show=expected", self.user)
        self.assertIn(self.backorder.name, page)
        self.assertIn("15 Dec 2031", page)
        self.assertNotIn(self.picking.name, page)

    def test_a_return_came_back_and_never_left_our_warehouse(self):
        back = self._return(self.picking, 1)
        page = self._show("?show=returned", self.user)
        self.assertIn(back.name, page)
        self.assertIn("came back on", page)
        self.assertNotIn(f"/my/picking/pdf/{back.id}", page)
        self.assertNotIn(back.name, self._show(user=self.user))

    def test_a_drop_shipment_names_neither_vendor_nor_purchase(self):
        order = self._create_route_order(self.dropship)
        purchase = self._get_purchase_lines(order).order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        page = self._show(user=self.user)
        self.assertIn(purchase.picking_ids.name, page)
        self.assertIn(order.name, page)
        for secret in (self.vendor.name, purchase.name):
            with self.subTest(secret):
                self.assertNotIn(secret, page)

    def test_of_several_steps_only_the_one_to_the_customer_is_shown(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._put_in_stock(quantity=2)
        order = self._create_order(lines=[(self.product, 2)])
        inside = order.picking_ids.filtered(lambda one: one.picking_type_code == "internal")
        page = self._show("?show=all", self.user)
        self.assertTrue(inside)
        for picking in inside:
            self.assertNotIn(picking.name, page)

    def test_what_was_sent_by_email_is_a_delivery_too(self):
        licence = self._create_license()
        order = self._create_order(lines=[(licence, 3)])
        self.env["sale.line.delivery"].create(
            {"sale_line_id": order.order_line.id, "quantity": 2, "keys": "KEY-ONE\nKEY-TWO"}
        )
        page = self._show(user=self.user)
        for text in ("sent by e-mail", "Device manager licence", "KEY-TWO", order.name):
            with self.subTest(text):
                self.assertIn(text, page)
        self.assertNotIn("KEY-TWO", self._show(user=self.sibling))

    # --- filters --------------------------------------------------------------------------------

    def test_shipments_are_found_by_each_of_their_numbers(self):
        self.authenticate(self.user.login, PASSWORD)
        other = self._create_order(lines=[(self.product, 1)])
        self._put_in_stock(quantity=1)
        other = self._ship(other)
        for text in (self.picking.name, self.order.name, "5512", "1Z222", "SHIP-SN-1"):
            with self.subTest(text):
                page = self._show(f"?search={text}")
                self.assertIn(f"shipment-{self.picking.id}", page)
                self.assertNotIn(f"shipment-{other.id}", page)
        self.assertIn("No shipment matches", self._show("?search=%25nothing"))

    def test_the_period_holds_the_days_where_the_user_is(self):
        self.user.tz = "Europe/Amsterdam"
        self.picking.date_done = "2026-03-31 22:30:00"  # 1 April in Amsterdam
        self.env.flush_all()
        self.authenticate(self.user.login, PASSWORD)
        cases = {
            "date_from=2026-04-01&date_to=2026-04-01": True,
            "date_from=2026-03-31&date_to=2026-03-31": False,
            "date_from=2026-04-02": False,
        }
        for query, is_seen in cases.items():
            with self.subTest(query):
                page = self._show(f"?{query}")
                self.assertEqual(f"shipment-{self.picking.id}" in page, is_seen)

    def test_the_oldest_come_first_when_asked_for(self):
        self._put_in_stock(quantity=6)
        later = self._ship(self.order)
        later.date_done = fields.Datetime.now() + timedelta(days=1)
        self.env.flush_all()
        self.authenticate(self.user.login, PASSWORD)
        for sort, is_first in (("newest", False), ("oldest", True)):
            with self.subTest(sort):
                page = self._show(f"?sort={sort}")
                before = page.index(f"shipment-{self.picking.id}")
                self.assertEqual(before < page.index(f"shipment-{later.id}"), is_first)

    def test_garbage_in_the_address_does_no_harm(self):
        self.authenticate(self.user.login, PASSWORD)
        for name in ("show", "sort", "search", "date_from", "date_to", "page"):
            for value in GARBAGE:
                with self.subTest(name=name, value=value):
                    response = self._get(f"/my/shipments?{name}={value}")
                    self.assertEqual(response.status_code, 404 if value == "%00" else 200)

    def test_reading_writes_nothing(self):
        self.authenticate(self.user.login, PASSWORD)
        with self.assertQueriesWriteNothing():
            self._get("/my/shipments?show=all")

    def test_the_page_needs_no_more_queries_for_more_shipments(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (1, 9):
            for _number in range(number):
                self._put_in_stock(quantity=1)
                self._ship(self._create_order(lines=[(self.product, 1), (self.product, 1)]))
            self.env.flush_all()
            counts.append(self._count_queries("/my/shipments?show=all"))
        self.assertEqual(counts[0], counts[1])
