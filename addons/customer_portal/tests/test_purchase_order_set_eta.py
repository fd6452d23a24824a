from odoo.exceptions import AccessError
from odoo.fields import Command, Date
from odoo.tests import Form, TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPurchaseOrderSetEta(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.purchase = cls._create_purchase(10)
        values = {"product_id": cls.product.id, "product_qty": 3, "price_unit": 50}
        cls.purchase.order_line = [Command.create(values)]
        cls.first, cls.second = cls.purchase.order_line
        cls.buyer = cls._create_staff("buyer", "purchase.group_purchase_user")

    def _set_eta(self, day, user=None):
        model = self.env["purchase.order.set.eta"].with_user(user or self.buyer)
        context = {"active_model": "purchase.order", "active_ids": self.purchase.ids}
        with Form(model.with_context(**context)) as form:
            form.supplier_eta = day
        return form.record.action_set_eta()

    def test_all_lines_get_the_date_as_typed(self):
        self.assertEqual(self._set_eta("2031-12-11")["type"], "ir.actions.act_window_close")
        self.assertEqual(self.second.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(set(self.purchase.order_line.mapped("supplier_eta_source")), {"typed"})

    def test_received_lines_keep_theirs(self):
        move = self.first.move_ids
        move.quantity, move.picked = 10, True
        move._action_done()
        self._set_eta("2031-12-11")
        self.assertFalse(self.first.supplier_eta)
        self.assertTrue(self.second.supplier_eta)

    def test_lines_that_have_the_date_keep_their_source(self):
        self.first.write({"supplier_eta": "2031-12-11", "supplier_eta_source": "vendor"})
        self._set_eta("2031-12-11")
        self.assertEqual(self.first.supplier_eta_source, "vendor")

    def test_notes_and_sections_get_none(self):
        note = {"display_type": "line_note", "name": "Please hurry", "product_qty": 0}
        self.purchase.order_line = [Command.create(note)]
        self._set_eta("2031-12-11")
        self.assertFalse((self.purchase.order_line - self.first - self.second).supplier_eta)

    def test_a_cancelled_purchase_has_no_open_lines(self):
        self.purchase.button_cancel()
        self.assertFalse(self.purchase._get_open_eta_lines())

    def test_who_may_not_write_purchases_may_not_set_dates(self):
        clerk = self._create_staff("clerk", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self._set_eta("2031-12-11", clerk)

    def test_settings_of_colleagues_are_not_seen(self):
        wizard = self.env["purchase.order.set.eta"].with_user(self.buyer)
        wizard = wizard.create({"supplier_eta": "2031-12-11"})
        colleague = self._create_staff("colleague", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_set_eta()
