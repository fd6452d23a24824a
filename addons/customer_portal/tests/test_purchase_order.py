from datetime import datetime

from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPurchaseOrder(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_a_date_entered_by_the_vendor_is_the_suppliers(self):
        purchase = self._create_purchase(10)
        line = purchase.order_line
        purchase._update_date_planned_for_lines([(line, datetime(2031, 12, 11, 12))])
        self.assertEqual(line.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(line.supplier_eta_source, "vendor")

    def test_a_cancelled_purchase_is_no_longer_awaited(self):
        order = self._create_route_order(self.dropship)
        bought = self._get_purchase_lines(order)
        bought.supplier_eta = "2031-12-11"
        self.assertEqual(order.order_line.eta_state, "known")
        bought.order_id.button_cancel()
        self.assertEqual(order.order_line.eta_state, "unknown")
