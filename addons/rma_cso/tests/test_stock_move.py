from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestStockMove(RmaCommon):
    def test_the_warehouse_rewrites_nothing_that_was_received_or_resolved(self):
        position = self._create_tested_position(self._create_delivered_line())
        stocker = self._create_clerk("stocker", "stock.group_stock_user")
        receipt = position.move_ids.with_user(stocker)
        row = self.env["cso.difference"].with_user(stocker).create({"position_id": position.id})
        for record, name, value, error in (
            (receipt, "cso_step", "loss", UserError),
            (receipt, "cso_rma_line_id", False, UserError),
            (row, "resolved_on", "2026-01-01", AccessError),
            (row, "is_open", False, AccessError),
        ):
            with self.subTest(name), self.assertRaises(error):
                record.write({name: value})
        self.assertEqual((position.received_qty, row.is_open), (1, True))
