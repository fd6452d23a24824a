from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, tagged

from .test_sale_line_delivery import EmailDeliveryCase


@tagged("post_install", "-at_install")
class TestEmailDeliveryMark(EmailDeliveryCase, TransactionCase):
    def _open(self, order=None):
        action = (order or self.order).with_user(self.clerk).action_mark_email_delivered()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def test_the_dialog_offers_what_is_open(self):
        order = self._create_order(lines=[(self.licence, 5), (self.product, 1)])
        self._mark(2, order.order_line[0])
        lines = self._open(order).line_ids
        self.assertEqual(lines.sale_line_id, order.order_line[0])
        self.assertEqual((lines.open_qty, lines.quantity), (3, 3))

    def test_a_clerk_marks_a_part_with_keys(self):
        with Form(self._open()) as form, form.line_ids.edit(0) as line:
            line.quantity = 2
            line.keys = "K-1\nK-2"
        form.record.action_mark()
        self.assertEqual(self.line.email_delivery_ids._get_keys(), ["K-1", "K-2"])
        self.assertEqual(self.line.qty_delivered, 2)
        self.assertEqual(self.order.email_delivery_count, 1)

    def test_nothing_to_mark_is_said(self):
        mark = self._open()
        mark.line_ids.quantity = 0
        with self.assertRaises(UserError):
            mark.action_mark()

    def test_the_button_is_there_while_something_is_open(self):
        self.assertTrue(self.order.has_lines_to_email)
        self._mark(5)
        self.assertFalse(self.order.has_lines_to_email)
