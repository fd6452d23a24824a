from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoSplit(RmaCommon):
    def _open(self, position, user):
        action = position.with_user(user).action_split()
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def test_a_clerk_splits_by_serial(self):
        line = self._create_delivered_line(3)
        position = self._create_case(line, "defect", quantity=3)
        self._receive(position)
        lot = position.lot_ids[0]
        form = self._open(position, self._create_clerk())
        form.lot_ids.add(lot)
        self.assertEqual(form.quantity, 1)
        form.save().action_split()
        part = position.rma_id.line_ids - position
        self.assertEqual((part.lot_ids, part.received_qty), (lot, 1))
        self.assertNotIn(lot, position.lot_ids)

    def test_a_clerk_splits_by_quantity(self):
        line = self._create_delivered_line(5, product=self._create_product())
        position = self._create_case(line, "defect", quantity=5)
        self._receive(position)
        form = self._open(position, self._create_clerk())
        form.quantity = 2
        self.assertEqual(form.received_qty, 2)
        form.save().action_split()
        part = position.rma_id.line_ids - position
        self.assertEqual((part.quantity, part.received_qty), (2, 2))
        self.assertEqual((position.quantity, position.received_qty), (3, 3))

    def test_who_is_not_of_the_desk_splits_nothing(self):
        position = self._create_case(self._create_delivered_line(2), "defect", quantity=2)
        for login, group in (
            ("dock", "stock.group_stock_user"),
            ("sale", "sales_team.group_sale_manager"),
        ):
            with self.subTest(login), self.assertRaises(AccessError):
                self._open(position, self._create_clerk(login, group))
