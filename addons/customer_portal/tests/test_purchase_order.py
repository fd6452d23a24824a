from datetime import datetime

from odoo.fields import Command, Date
from odoo.tests import Form, TransactionCase, tagged

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

    def test_the_order_shows_the_range_of_its_open_lines(self):
        purchase = self._create_purchase(10)
        self.assertEqual(purchase.supplier_eta_text, "…")
        purchase.order_line.supplier_eta = "2031-12-11"
        self.assertEqual(purchase.supplier_eta_text, "11 Dec 2031")
        values = {"product_id": self.product.id, "product_qty": 3, "price_unit": 50}
        purchase.order_line = [Command.create(values)]
        self.assertEqual(purchase.supplier_eta_text, "11 Dec 2031 \N{EN DASH} …")
        purchase.order_line[1].supplier_eta = "2031-12-18"
        self.assertEqual(purchase.supplier_eta_text, "11 Dec 2031 \N{EN DASH} 18 Dec 2031")

    def test_the_history_of_all_lines_is_opened_from_the_order(self):
        purchase = self._create_purchase(10, "2031-12-11")
        purchase.order_line.supplier_eta = "2031-12-18"
        self.assertEqual(purchase.supplier_eta_change_count, 2)
        action = purchase.action_open_eta_changes()
        changes = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(changes, purchase.order_line.supplier_eta_change_ids)

    def test_an_eta_is_typed_in_the_list_of_a_buyer(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        purchase = self._create_purchase(10)
        with Form(purchase.with_user(buyer)) as form, form.order_line.edit(0) as line:
            line.supplier_eta = "2031-12-11"
        self.assertEqual(purchase.order_line.supplier_eta_source, "typed")
        self.assertEqual(purchase.order_line.supplier_eta_change_ids.user_id, buyer)
