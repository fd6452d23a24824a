from odoo.tests import TransactionCase, tagged

from ..hooks import post_init_hook
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestHooks(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_cancelled_orders_of_before_count_as_once_confirmed_with_their_lines(self):
        order = self._create_order()
        order._action_cancel()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET confirmed_on = NULL")
        self.env.cr.execute("UPDATE sale_order_line SET confirmed_on = NULL")
        self.env.invalidate_all()
        post_init_hook(self.env)
        self.assertEqual(order.confirmed_on, order.date_order)
        self.assertEqual(order.order_line.confirmed_on, order.date_order)
