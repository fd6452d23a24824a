from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleOrderLineEtaChange(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.order = cls._create_order()
        cls.purchase = cls._create_purchase(10, "2031-12-03")
        cls.env.cr.flush()

    def _move_date(self, day):
        self.purchase.order_line.supplier_eta = day
        self.env.cr.flush()
        return self.order.order_line.eta_change_ids

    def test_naming_a_date_is_kept(self):
        change = self.order.order_line.eta_change_ids
        self.assertEqual((change.old_state, change.new_state), ("unknown", "known"))
        self.assertEqual(change.new_last, Date.to_date("2031-12-03"))

    def test_moving_a_date_keeps_old_and_new(self):
        change = self._move_date("2031-12-11")[0]
        self.assertEqual(change.old_last, Date.to_date("2031-12-03"))
        self.assertEqual(change.new_last, Date.to_date("2031-12-11"))

    def test_the_same_date_again_is_no_change(self):
        self.assertEqual(len(self._move_date("2031-12-03")), 1)

    def test_a_date_that_moves_by_two_weeks_is_one_change_of_every_line(self):
        orders = self.order | self._create_order() | self._create_order()
        later = self._create_purchase(20, "2031-12-10")
        self.env.cr.flush()
        orders.order_line.eta_change_ids.unlink()
        self.purchase.order_line.supplier_eta = "2031-12-17"
        self.env.flush_all()  # the job, an import or a form may compute in between
        later.order_line.supplier_eta = "2031-12-24"
        self.env.cr.flush()
        for line in orders.order_line:
            with self.subTest(line=line.id):
                change = line.eta_change_ids
                self.assertEqual((change.new_last - change.old_last).days, 14)
                self.assertEqual(change.new_last, line.eta_last)

    def test_reservations_are_no_change_of_a_date(self):
        product = self._create_product(name="Dock")
        self._put_in_stock(product)
        order = self._create_order(lines=[(product, 10)])
        self._create_purchase(10, "2031-12-03", product)
        self.env.cr.flush()
        picking = order.picking_ids
        for reserve, state in (
            (picking.do_unreserve, "known"),
            (picking.action_assign, "in_stock"),
            (picking.do_unreserve, "known"),
        ):
            reserve()
            self.env.cr.flush()
            self.assertEqual(order.order_line.eta_state, state)
        self.assertFalse(order.order_line.eta_change_ids)

    def test_goods_that_arrive_are_no_change_of_a_date(self):
        self.purchase.picking_ids.move_ids.picked = True
        self.purchase.picking_ids._action_done()
        self.env.cr.flush()
        self.assertEqual(self.order.order_line.eta_state, "in_stock")
        self.assertEqual(len(self.order.order_line.eta_change_ids), 1)

    def test_a_part_that_arrives_is_no_change_of_a_date(self):
        self.purchase.picking_ids.move_ids.quantity = 4
        self.purchase.picking_ids.move_ids.picked = True
        self.purchase.picking_ids._action_done()
        self.env.cr.flush()
        self.assertEqual(self.order.order_line.eta_slices[0][:2], [6.0, "2031-12-03"])
        self.assertEqual(len(self.order.order_line.eta_change_ids), 1)

    def test_a_raised_quantity_without_a_date_is_no_change(self):
        order = self._create_order()
        self.assertEqual(order.order_line.eta_state, "unknown")
        order.order_line.product_uom_qty = 12
        self.env.cr.flush()
        self.assertFalse(order.order_line.eta_change_ids)

    def test_a_partial_shipment_is_no_change_of_a_date(self):
        product = self._create_product(name="Dock")
        self._put_in_stock(product)
        order = self._create_order(lines=[(product, 10)])
        self.assertEqual(order.order_line.eta_state, "in_stock")
        self._ship(order, quantity=4)
        order.picking_ids.filtered(lambda one: one.state != "done").do_unreserve()
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "unknown")
        self.assertFalse(order.order_line.eta_change_ids)

    def test_a_licence_whose_hardware_was_shipped_has_no_change(self):
        self.vendor.holds_software_until_hardware = True
        product = self._create_product(name="Dock")
        self._put_in_stock(product)
        order = self._create_order(lines=[(product, 3), (self._create_license(), 1)])
        software = order.order_line[1]
        self.assertEqual(software.eta_state, "known")
        self._ship(order)
        self.env.cr.flush()
        self.assertEqual(software.eta_state, "unknown")
        self.assertFalse(software.eta_change_ids)

    def test_a_part_that_loses_its_date_is_a_change(self):
        self.order.order_line.product_uom_qty = 12
        self.env.cr.flush()
        change = self.order.order_line.eta_change_ids[0]
        self.assertEqual((change.old_state, change.new_state), ("known", "partial"))

    def test_the_customer_reads_the_history_but_not_who(self):
        user = self._create_portal_user("history_buyer", self.branch)
        change = self.order.order_line.eta_change_ids.with_user(user)
        self.assertEqual(change.new_last, Date.to_date("2031-12-03"))
        for name in ("user_id", "create_uid", "write_uid"):
            with self.subTest(name), self.assertRaises(AccessError):
                change.read([name])

    def test_strangers_and_other_branches_read_no_history(self):
        for company in (self.stranger_company, self.other_branch):
            user = self._create_portal_user(f"history_{company.id}", company)
            with self.subTest(company.name), self.assertRaises(AccessError):
                self.order.order_line.eta_change_ids.with_user(user).read(["new_last"])

    def test_customers_write_no_history(self):
        user = self._create_portal_user("history_writer", self.branch)
        with self.assertRaises(AccessError):
            self.order.order_line.eta_change_ids.with_user(user).write({"new_last": False})
