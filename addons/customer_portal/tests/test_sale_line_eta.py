from odoo.fields import Command, Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleLineEta(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def _get_dates(self, line):
        return (line.eta_state, line.eta_first, line.eta_last)

    def test_a_date_computed_from_lead_times_is_not_shown(self):
        order = self._create_mto_order()
        self._get_purchase_lines(order).order_id.button_confirm()
        self.assertEqual(self._get_dates(order.order_line), ("unknown", False, False))

    def test_the_suppliers_date_of_a_purchase_made_to_order_is_shown(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        day = Date.to_date("2031-12-11")
        self.assertEqual(self._get_dates(order.order_line), ("known", day, day))

    def test_the_date_stays_when_the_purchase_is_confirmed(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        self.assertEqual(order.order_line.eta_state, "known")

    def test_a_drop_shipment_takes_the_date_of_its_purchase(self):
        order = self._create_route_order(self.dropship)
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        self.assertEqual(order.order_line.eta_last, Date.to_date("2031-12-11"))
        self.assertEqual(order.order_line.eta_state, "known")

    def test_several_receipts_make_a_range_with_quantities(self):
        order = self._create_order()
        self._create_purchase(3, "2031-12-11")
        self._create_purchase(7, "2031-12-18")
        self.env.cr.flush()
        line = order.order_line
        self.assertEqual(line.eta_slices, [[3.0, "2031-12-11"], [7.0, "2031-12-18"]])
        self.assertEqual(line.eta_state, "known")
        self.assertEqual(line.eta_first, Date.to_date("2031-12-11"))
        self.assertEqual(line.eta_last, Date.to_date("2031-12-18"))

    def test_a_part_without_a_date_makes_the_eta_partly_known(self):
        order = self._create_order()
        self._create_purchase(3, "2031-12-11")
        self._create_purchase(7)
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "partial")
        self.assertEqual(order.order_line.eta_slices, [[3.0, "2031-12-11"], [7.0, None]])

    def test_receipts_go_to_the_oldest_promise_first(self):
        first = self._create_order()
        second = self._create_order()
        self._create_purchase(12, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(first.order_line.eta_state, "known")
        self.assertEqual(second.order_line.eta_slices, [[2.0, "2031-12-11"], [8.0, None]])

    def test_a_cancelled_order_leaves_its_receipts_to_the_next(self):
        first = self._create_order()
        second = self._create_order()
        self._create_purchase(10, "2031-12-11")
        first._action_cancel()
        self.env.cr.flush()
        self.assertEqual(second.order_line.eta_state, "known")

    def test_reserved_goods_are_in_stock(self):
        self._put_in_stock()
        order = self._create_order()
        self.assertEqual(self._get_dates(order.order_line), ("in_stock", False, False))
        self.assertTrue(order.order_line.eta_ship_last)

    def test_only_what_is_not_reserved_has_a_date(self):
        self._put_in_stock(quantity=4)
        order = self._create_order()
        self._create_purchase(6, "2031-12-18")
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_slices, [[6.0, "2031-12-18"]])

    def test_shipped_lines_have_no_eta(self):
        self._put_in_stock()
        order = self._create_order()
        self._ship(order)
        self.assertEqual(order.order_line.eta_state, "none")

    def test_received_goods_turn_a_date_into_in_stock(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        receipt = bought.order_id.picking_ids
        receipt.move_ids.picked = True
        receipt._action_done()
        self.assertEqual(order.order_line.eta_state, "in_stock")

    def test_a_cancelled_purchase_takes_its_date_back(self):
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        purchase.button_cancel()
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "unknown")

    def test_quantities_are_shown_in_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order(lines=[{"product_uom_qty": 2, "product_uom_id": dozen.id}])
        self._create_purchase(24, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_slices, [[2.0, "2031-12-11"]])

    def test_two_step_deliveries_count_goods_at_the_gate_as_in_stock(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._put_in_stock()
        order = self._create_order()
        self.assertEqual(order.order_line.eta_state, "in_stock")
        self._ship(order)
        self.assertEqual(order.order_line.eta_state, "in_stock")
        self.assertEqual(order.order_line.customer_status, "confirmed")

    def test_queries_do_not_grow_with_lines(self):
        few = self._create_order(lines=[(self.product, 1)] * 2)
        many = self._create_order(lines=[(self.product, 1)] * 20)
        self._create_purchase(30, "2031-12-11")
        counts = []
        for order in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.line.eta"]._get_eta_values(order.order_line)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_queries_do_not_grow_with_lines_that_are_bought_to_order(self):
        self.product.route_ids = [Command.set((self.mto | self.buy).ids)]
        counts = []
        for number in (2, 20):
            order = self._create_order(lines=[(self.product, 1)] * number)
            self._get_purchase_lines(order).supplier_eta = "2031-12-11"
            self.env.flush_all()
            counts.append(self._count_queries_of(order.order_line))
        self.assertEqual(counts[0], counts[1])

    def test_queries_of_the_whole_computation_do_not_grow_with_lines(self):
        self.product.route_ids = [Command.set((self.mto | self.buy).ids)]
        counts = []
        for number in (2, 20):
            order = self._create_order(lines=[(self.product, 1)] * number)
            bought = self._get_purchase_lines(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bought.supplier_eta = "2031-12-11"
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(order.order_line.mapped("eta_state")), {"known"})
        self.assertLessEqual(counts[1], counts[0] + 2)

    def _count_queries_of(self, lines):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        values = self.env["sale.line.eta"]._get_eta_values(lines)
        self.assertEqual(
            [day.isoformat() for line in lines for _qty, day in values[line.id]["slices"]],
            ["2031-12-11"] * len(lines),
        )
        return self.env.cr.sql_log_count - before

    def test_software_waits_for_the_hardware_of_the_order(self):
        self.vendor.holds_software_until_hardware = True
        order = self._create_order(lines=[(self.product, 3), (self._create_license(), 1)])
        self._create_purchase(3, "2031-12-11")
        self.env.cr.flush()
        hardware, software = order.order_line
        self.assertTrue(software.eta_after_hardware)
        self.assertEqual(software.eta_last, hardware.eta_ship_last)
        self.assertEqual(software.eta_ship_last, hardware.eta_ship_last)

    def test_software_takes_the_suppliers_date_as_ship_date(self):
        license_product = self._create_license(service_to_purchase=True)
        order = self._create_order(lines=[(license_product, 1)])
        self._get_purchase_lines(order).supplier_eta = "2031-12-11"
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2031-12-11"))

    def test_one_purchase_line_feeds_several_orders(self):
        self.product.route_ids = [Command.set((self.mto | self.buy).ids)]
        orders = [self._create_order(lines=[(self.product, qty)]) for qty in (4, 6)]
        bought = self._get_purchase_lines(orders[0]) | self._get_purchase_lines(orders[1])
        bought.supplier_eta = "2031-12-11"
        states = [order.order_line.eta_state for order in orders]
        self.assertEqual(states, ["known", "known"])
