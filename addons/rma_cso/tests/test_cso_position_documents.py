from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionDocuments(RmaCommon):
    def test_staff_opens_what_a_position_led_to(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        order = self._create_order(lines=[{"product_id": position.product_id.id}], confirm=False)
        order.order_line.cso_free_for_id = position
        for name, record in (
            ("transfer", position.move_ids.picking_id),
            ("order", order),
            ("invoice", note),
        ):
            with self.subTest(name):
                action = getattr(position, f"action_view_{name}s")()
                self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))
                self.assertEqual(position[f"{name}_count"], 1)

    def test_who_reads_no_documents_sees_how_many_there_are(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._decide_credit(position)
        seen = position.with_user(self._create_clerk())
        self.assertEqual((seen.transfer_count, seen.order_count, seen.invoice_count), (1, 0, 1))
