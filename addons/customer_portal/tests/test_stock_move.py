from freezegun import freeze_time

from odoo.fields import Date, Datetime
from odoo.tests import Form, TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestStockMove(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.keeper = cls._create_staff("keeper", "stock.group_stock_user")
        cls.order = cls._create_order()
        cls.line = cls._create_purchase(10, "2031-12-11").order_line
        cls.receipt = cls.line.move_ids.picking_id

    def _get_eta(self):
        self.env.cr.flush()
        return (self.line.supplier_eta, self.line.supplier_eta_source)

    def test_a_receipt_that_the_warehouse_moves_names_the_suppliers_date(self):
        self.receipt.with_user(self.keeper).scheduled_date = "2031-12-18 12:00:00"
        day = Date.to_date("2031-12-18")
        self.assertEqual(self._get_eta(), (day, "receipt"))
        self.assertEqual(self.line.supplier_eta_change_ids[0].user_id, self.keeper)
        self.assertTrue(self.line.supplier_eta_changed_on)
        self.assertEqual(self.order.order_line.eta_last, day)

    def test_a_receipt_that_is_moved_in_its_form_names_the_suppliers_date(self):
        with Form(self.receipt.with_user(self.keeper)) as form:
            form.scheduled_date = "2031-12-18 12:00:00"
        self.assertEqual(self._get_eta()[1], "receipt")

    def test_of_planned_date_and_receipt_the_last_edited_counts(self):
        move = self.line.move_ids
        move.date = "2031-12-18 12:00:00"
        self.line.date_planned = "2031-12-15 12:00:00"
        self.assertEqual(self._get_eta(), (Date.to_date("2031-12-15"), "buyer"))
        move.date = "2031-12-20 12:00:00"
        self.assertEqual(self._get_eta(), (Date.to_date("2031-12-20"), "receipt"))

    def test_another_hour_of_the_same_day_is_no_other_date(self):
        self.line.move_ids.date = "2031-12-18 09:00:00"
        self.line.supplier_eta = "2031-12-11"
        self.line.move_ids.date = "2031-12-18 11:00:00"
        self.assertEqual(self._get_eta(), (Date.to_date("2031-12-11"), "typed"))

    def test_a_drop_shipment_that_is_moved_names_the_suppliers_date(self):
        order = self._create_route_order(self.dropship)
        bought = self._get_purchase_lines(order)
        bought.order_id.button_confirm()
        bought.move_ids.picking_id.scheduled_date = "2031-12-18 12:00:00"
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_last, Date.to_date("2031-12-18"))

    def test_what_odoo_writes_itself_is_nobodys_statement(self):
        line = self._create_purchase(10).order_line
        with freeze_time(Datetime.add(Datetime.now(), days=5)):
            line.product_qty = 12
            line.move_ids.write({"quantity": 4, "picked": True})
            line.move_ids.picking_id._action_done()
            line.product_qty = 14
        line.move_ids.picking_id.move_ids._merge_moves()
        self.env.cr.flush()
        self.assertGreater(len(line.move_ids), 1)
        self.assertFalse(line.supplier_eta)
        self.assertFalse(line.supplier_eta_change_ids)

    def test_a_shipment_that_is_moved_names_no_suppliers_date(self):
        self.order.picking_ids.scheduled_date = "2031-12-25 12:00:00"
        self.assertEqual(self._get_eta(), (Date.to_date("2031-12-11"), "typed"))
