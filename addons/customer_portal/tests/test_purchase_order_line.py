from odoo.fields import Date
from odoo.tests import Form, TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPurchaseOrderLine(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_a_typed_date_keeps_its_source_and_time(self):
        line = self._create_purchase(10, "2031-12-11").order_line
        self.assertEqual(line.supplier_eta_source, "typed")
        self.assertTrue(line.supplier_eta_changed_on)

    def test_a_date_is_typed_in_the_purchase_order(self):
        purchase = self._create_purchase(10)
        with Form(purchase) as form, form.order_line.edit(0) as line:
            line.supplier_eta = "2031-12-11"
        self.assertEqual(purchase.order_line.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(purchase.order_line.supplier_eta_source, "typed")

    def test_computed_planned_dates_are_no_suppliers_dates(self):
        purchase = self._create_purchase(10)
        purchase.order_line.product_qty = 12
        self.assertTrue(purchase.order_line.date_planned)
        self.assertFalse(purchase.order_line.supplier_eta)

    def test_a_planned_date_edited_by_a_buyer_counts(self):
        line = self._create_purchase(10).order_line
        line.date_planned = "2031-12-11 12:00:00"
        self.assertEqual(line.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(line.supplier_eta_source, "buyer")

    def test_a_planned_date_edited_before_the_purchase_is_sent_does_not_count(self):
        line = self._create_purchase(10, confirm=False).order_line
        line.date_planned = "2031-12-11 12:00:00"
        self.assertFalse(line.supplier_eta)

    def test_a_planned_date_sent_along_with_a_quantity_does_not_count(self):
        line = self._create_purchase(10).order_line
        line.write({"product_qty": 12, "date_planned": "2031-12-11 12:00:00"})
        self.assertFalse(line.supplier_eta)

    def test_a_deleted_purchase_takes_its_date_back(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.write({"supplier_eta": "2031-12-11", "propagate_cancel": False})
        self.assertEqual(order.order_line.eta_state, "known")
        bought.unlink()
        self.assertEqual(order.order_line.eta_state, "unknown")

    def test_a_copy_has_no_date(self):
        copy = self._create_purchase(10, "2031-12-11").copy()
        self.assertFalse(copy.order_line.supplier_eta)

    def test_buyers_need_no_rights_on_sales(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        order = self._create_order()
        purchase = self._create_purchase(10)
        purchase.order_line.with_user(buyer).supplier_eta = "2031-12-11"
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "known")
