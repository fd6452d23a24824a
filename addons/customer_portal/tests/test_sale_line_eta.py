from datetime import timedelta

from odoo.fields import Command, Date, Datetime
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

    def _get_slices(self, line):
        return [(part[0], part[1] or part[2]) for part in line.eta_slices]

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
        self.assertEqual(self._get_slices(line), [(3, "2031-12-11"), (7, "2031-12-18")])
        self.assertEqual(line.eta_state, "known")
        self.assertEqual(line.eta_first, Date.to_date("2031-12-11"))
        self.assertEqual(line.eta_last, Date.to_date("2031-12-18"))

    def test_a_part_without_a_date_makes_the_eta_partly_known(self):
        order = self._create_order()
        self._create_purchase(3, "2031-12-11")
        self._create_purchase(7)
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "partial")
        self.assertEqual(self._get_slices(order.order_line), [(3, "2031-12-11"), (7, "none")])

    def test_receipts_go_to_the_oldest_promise_first(self):
        first = self._create_order()
        second = self._create_order()
        self._create_purchase(12, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(first.order_line.eta_state, "known")
        self.assertEqual(self._get_slices(second.order_line), [(2, "2031-12-11"), (8, "none")])

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
        line = order.order_line
        self.assertEqual(self._get_slices(line), [(6, "2031-12-18"), (4, "stock")])
        day = Date.to_date("2031-12-18")
        self.assertEqual(self._get_dates(line), ("known", day, day))
        self.assertEqual(line.eta_ship_first, order.picking_ids.scheduled_date.date())
        self.assertGreater(line.eta_ship_last, day)

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
        self.assertEqual(self._get_slices(order.order_line), [(2, "2031-12-11")])

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
            [part[1].isoformat() for line in lines for part in values[line.id]["slices"]],
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

    # --- cases of the trade ---------------------------------------------------------------------

    def _receive(self, purchase, quantity=None):
        picking = purchase.picking_ids.filtered(lambda one: one.state == "assigned")[:1]
        return self._finish(picking, quantity)

    def _finish(self, picking, quantity=None):
        picking.ensure_one()
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True)._action_done()
        self.env.cr.flush()
        return picking

    def _get_put_away(self):
        domain = [("product_id", "=", self.product.id), ("state", "=", "assigned")]
        moves = self.env["stock.move"].search([*domain, ("picking_code", "=", "internal")])
        return moves.filtered(lambda move: not move.sale_line_id).picking_id

    def test_slices_say_who_names_the_date_and_how_sure_it_is(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        self.assertEqual(order.order_line.eta_slices, [[10.0, None, "none", "none"]])
        bought.supplier_eta = "2031-12-11"
        named = [10.0, "2031-12-11", "supplier", "named"]
        self.assertEqual(order.order_line.eta_slices, [named])
        bought.order_id.button_confirm()
        self.assertEqual(order.order_line.eta_slices, [[*named[:3], "confirmed"]])

    def test_two_purchases_to_order_make_a_range(self):
        order = self._create_mto_order(3)
        self._get_purchase_lines(order).supplier_eta = "2031-12-11"
        self._get_purchase_lines(order).order_id.button_confirm()
        order.order_line.product_uom_qty = 10
        more = self._get_purchase_lines(order).filtered(lambda line: line.state == "draft")
        more.supplier_eta = "2031-12-18"
        self.env.cr.flush()
        line = order.order_line
        self.assertEqual(self._get_slices(line), [(3, "2031-12-11"), (7, "2031-12-18")])

    def test_the_second_order_gets_the_second_receipts_date(self):
        first, second = self._create_order(), self._create_order()
        self._create_purchase(10, "2031-12-18")
        self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(first.order_line.eta_last, Date.to_date("2031-12-11"))
        self.assertEqual(second.order_line.eta_last, Date.to_date("2031-12-18"))

    def test_an_earlier_promise_comes_first(self):
        first, second = self._create_order(), self._create_order()
        self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        second.commitment_date = Datetime.now() - timedelta(days=1)
        self.env.cr.flush()
        self.assertEqual(first.order_line.eta_state, "unknown")
        self.assertEqual(second.order_line.eta_state, "known")

    def test_of_what_is_half_received_only_the_rest_has_a_date(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        self._receive(bought.order_id, 4)
        line = order.order_line
        self.assertEqual(self._get_slices(line), [(6, "2031-12-11"), (4, "stock")])

    def test_of_a_half_sent_drop_shipment_only_the_rest_has_a_date(self):
        order = self._create_route_order(self.dropship)
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        self._receive(bought.order_id, 4)
        self.assertEqual(order.order_line.customer_shipped_qty, 4)
        self.assertEqual(self._get_slices(order.order_line), [(6, "2031-12-11")])

    def test_goods_for_stock_that_are_being_put_away_are_in_stock(self):
        for steps in ("two_steps", "three_steps"):
            with self.subTest(steps):
                self.warehouse.reception_steps = steps
                order = self._create_order()
                purchase = self._create_purchase(10, "2031-12-11")
                self.env.cr.flush()
                self.assertEqual(order.order_line.eta_state, "known")
                self._receive(purchase)
                while put_away := self._get_put_away():
                    self.assertEqual(order.order_line.eta_state, "in_stock")
                    self._finish(put_away)
                self.assertEqual(order.order_line.eta_state, "in_stock")
                self._ship(order)

    def test_goods_bought_to_order_that_are_being_put_away_are_in_stock(self):
        self.warehouse.reception_steps = "three_steps"
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        bought.order_id.button_confirm()
        self._receive(bought.order_id, 6)
        for _step in range(2):
            self.assertEqual(self._get_slices(order.order_line), [(4, "2031-12-11"), (6, "stock")])
            self._finish(self._get_put_away())
        self.assertEqual(self._get_slices(order.order_line), [(4, "2031-12-11"), (6, "stock")])

    def test_deliveries_in_steps_take_the_date_of_their_purchase(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            with self.subTest(steps):
                self.warehouse.delivery_steps = steps
                order = self._create_mto_order()
                bought = self._get_purchase_lines(order)
                bought.supplier_eta = "2031-12-11"
                bought.order_id.button_confirm()
                self.assertEqual(self._get_slices(order.order_line), [(10, "2031-12-11")])
                self._receive(bought.order_id)
                while order.order_line.customer_open_qty:
                    self.assertEqual(order.order_line.eta_state, "in_stock")
                    self._ship(order)
                    self.env.cr.flush()
                self.assertEqual(order.order_line.eta_state, "none")

    def test_deliveries_in_steps_from_stock_take_the_receipts_date(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(self._get_slices(order.order_line), [(10, "2031-12-11")])
        self._receive(purchase, 4)
        self.assertEqual(self._get_slices(order.order_line), [(6, "2031-12-11"), (4, "stock")])

    def test_one_purchase_line_feeds_several_orders_in_the_order_of_promise(self):
        self.product.route_ids = [Command.set((self.mto | self.buy).ids)]
        first, second = (self._create_order(lines=[(self.product, qty)]) for qty in (4, 6))
        bought, other = self._get_purchase_lines(first | second)
        moves = (first | second).order_line.move_ids
        other.move_dest_ids = [Command.clear()]
        bought.write({"move_dest_ids": [Command.set(moves.ids)], "supplier_eta": "2031-12-11"})
        self.env.cr.flush()
        self.assertEqual(second.order_line.eta_state, "unknown")
        bought.product_qty = 10
        self.assertEqual(set((first | second).order_line.mapped("eta_state")), {"known"})
        bought.product_qty = 7
        self.assertEqual(self._get_slices(first.order_line), [(4, "2031-12-11")])
        self.assertEqual(self._get_slices(second.order_line), [(3, "2031-12-11"), (3, "none")])
        second.order_line._refresh_eta()
        self.assertEqual(self._get_slices(second.order_line), [(3, "2031-12-11"), (3, "none")])

    def test_a_reduced_receipt_for_stock_takes_its_date_back(self):
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-11")
        purchase.order_line.product_qty = 4
        self.env.cr.flush()
        self.assertEqual(self._get_slices(order.order_line), [(4, "2031-12-11"), (6, "none")])

    def test_quantities_of_other_units_are_not_rounded_up(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_order(lines=[{"product_uom_qty": 1, "product_uom_id": dozen.id}])
        self._create_purchase(5, "2031-12-11")
        self._create_purchase(7, "2031-12-18")
        self.env.cr.flush()
        slices = order.order_line.eta_slices
        self.assertAlmostEqual(slices[0][0], 5 / 12, 5)
        self.assertAlmostEqual(sum(part[0] for part in slices), 1, 5)

    def test_a_cancelled_line_has_nothing(self):
        order = self._create_order()
        self._create_purchase(10, "2031-12-11")
        order._action_cancel()
        self.env.cr.flush()
        self.assertEqual(self._get_dates(order.order_line), ("none", False, False))
        self.assertFalse(order.order_line.eta_slices)

    def test_software_that_was_sent_waits_for_nothing(self):
        self.vendor.holds_software_until_hardware = True
        order = self._create_order(lines=[(self.product, 3), (self._create_license(), 1)])
        software = order.order_line[1]
        self.assertEqual(software.eta_slices, [[1.0, None, "hardware", "none"]])
        software.qty_delivered = 1
        self.assertEqual(self._get_dates(software), ("none", False, False))
        self.assertFalse(software.eta_after_hardware)

    def test_software_never_waits_for_a_day_that_has_passed(self):
        self.vendor.holds_software_until_hardware = True
        order = self._create_order(lines=[(self.product, 3), (self._create_license(), 1)])
        self._create_purchase(3, self._in_days(-20))
        self.env.cr.flush()
        eta = order.order_line[1]._get_portal_eta(Date.today())
        self.assertEqual((eta["first"], eta["ship_last"]), (Date.today(), Date.today()))
        self.assertFalse(eta["is_overdue"])

    def test_the_flag_of_the_vendor_reaches_open_software(self):
        order = self._create_order(lines=[(self.product, 3), (self._create_license(), 1)])
        for holds in (True, False):
            self.vendor.holds_software_until_hardware = holds
            self.assertEqual(order.order_line[1].eta_after_hardware, holds)

    def test_the_flag_of_the_product_reaches_open_lines(self):
        order = self._create_order()
        self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        self.product.is_email_delivery = True
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2031-12-11"))

    def test_the_day_goods_leave_is_one_of_the_company(self):
        self._put_in_stock()
        order = self._create_order()
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        order.picking_ids.scheduled_date = "2031-12-11 20:00:00"
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2031-12-12"))

    def test_the_day_goods_leave_is_never_before_today(self):
        self._put_in_stock()
        order = self._create_order()
        order.picking_ids.scheduled_date = "2020-12-11 20:00:00"
        eta = order.order_line._get_portal_eta(Date.today())
        self.assertEqual((eta["ship_first"], eta["in_stock"]), (Date.today(), 10))
