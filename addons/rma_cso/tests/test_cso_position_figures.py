from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionFigures(RmaCommon):
    def test_value_credit_and_fee_are_kept_in_the_currency_of_the_company(self):
        line = self._create_delivered_line(price=100.0, quantity=2)
        position = self._create_tested_position(line, "commercial")
        self.assertEqual(position.claimed_amount, 100.0)
        note = self._decide_credit(position)
        self.assertEqual((position.credited_amount, position.fee_amount), (0.0, 0.0))
        note.action_post()
        self.assertEqual((position.credited_amount, position.fee_amount), (100.0, 10.0))
        self.assertTrue(position.settled_on)
        note.button_draft()
        self.assertEqual((position.credited_amount, position.fee_amount), (0.0, 0.0))
        self.assertFalse(position.settled_on)

    def test_the_vendor_is_the_main_one_where_nothing_was_bought(self):
        line = self._create_delivered_line()
        line.product_id.seller_ids = [(0, 0, {"partner_id": self.vendor.id})]
        self.assertEqual(self._create_case(line).vendor_id, self.vendor)

    def test_goods_that_go_back_have_not_arrived(self):
        position = self._create_case(self._create_delivered_line())
        self.assertFalse(position.arrived_on)
        self._receive(position)
        self.assertTrue(position.arrived_on)
