from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ..models.sale_order import ORDER_COMPUTES
from ..models.sale_order_line import COMPUTES
from ..tools import stored_fields
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestStoredFields(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls._put_in_stock(quantity=4)
        cls.orders = cls._create_order() | cls._create_order()
        cls._ship(cls.orders[0], 2)
        cls.env.flush_all()

    def _read(self):
        self.env.invalidate_all()
        fields = ["customer_shipped_qty", "customer_open_qty", "customer_status", "eta_state"]
        return self.orders.order_line.read(fields), self.orders.read(["customer_status"])

    def test_what_an_installation_finds_is_computed_in_batches(self):
        expected = self._read()
        self.env.cr.execute(
            """
            UPDATE sale_order_line SET customer_shipped_qty = NULL, customer_open_qty = NULL,
                   customer_status = NULL, eta_state = NULL;
            UPDATE sale_order SET customer_status = NULL
            """
        )
        self.assertNotEqual(self._read(), expected)
        with patch.object(stored_fields, "BATCH", 1):
            stored_fields.compute_in_batches(self.env["sale.order.line"], COMPUTES)
            stored_fields.compute_in_batches(self.env["sale.order"], ORDER_COMPUTES)
        self.assertEqual(self._read(), expected)

    def test_no_column_is_made_twice(self):
        lines = self.env["sale.order.line"]
        self.assertFalse(stored_fields.create_computed_columns(lines, COMPUTES))
