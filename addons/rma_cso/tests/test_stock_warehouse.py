from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestStockWarehouse(RmaCommon):
    def _check(self, warehouse):
        operation_type = warehouse.cso_returns_type_id
        self.assertEqual(operation_type.code, "incoming")
        self.assertEqual(operation_type.warehouse_id, warehouse)
        self.assertEqual(operation_type.default_location_dest_id, warehouse.cso_returns_location_id)
        self.assertEqual(warehouse.cso_returns_location_id.usage, "internal")

    def test_a_warehouse_that_was_there_before_takes_returns(self):
        self._check(self.warehouse)

    def test_a_new_warehouse_takes_returns(self):
        self._check(self.env["stock.warehouse"].create({"name": "South", "code": "SOU"}))

    def test_a_warehouse_without_gets_them_once(self):
        warehouse = self.env["stock.warehouse"].create({"name": "West", "code": "WES"})
        warehouse.cso_returns_type_id.unlink()
        warehouse.cso_returns_location_id = False
        warehouse._ensure_returns_operation_type()
        self._check(warehouse)
        before = warehouse.cso_returns_type_id
        warehouse._ensure_returns_operation_type()
        self.assertEqual(warehouse.cso_returns_type_id, before)
