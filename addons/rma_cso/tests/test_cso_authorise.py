from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoAuthorise(RmaCommon):
    def _create_review(self, code="complaint"):
        return self._create_case(self._create_delivered_line(), code, comment="Not as described")

    def _open(self, positions, user=None):
        positions = positions.with_user(user or self._create_clerk())
        action = positions.action_authorise()
        return positions.env["cso.authorise"].with_context(**action["context"]).create({})

    def test_what_the_reason_decides_needs_no_dialog(self):
        position = self._create_case(
            self._create_delivered_line(), "missing_accessory", comment="The cable"
        )
        self.assertIsNone(position.action_authorise())
        self.assertEqual(position.state, "to_decide")

    def test_the_reviewer_chooses_whether_goods_are_expected(self):
        for goods, state in (("yes", "authorised"), ("no", "to_decide")):
            with self.subTest(goods):
                position = self._create_review()
                self._authorise(position, goods=goods)
                self.assertEqual(position.state, state)
                self.assertEqual(bool(position.move_ids), goods == "yes")

    def test_nothing_is_authorised_before_the_goods_are_chosen(self):
        position = self._create_review()
        with self.assertRaisesRegex(UserError, "goods are expected"):
            self._open(position).action_authorise()
        self.assertEqual(position.state, "review")

    def test_the_fee_of_the_reviewer_is_required(self):
        position = self._create_review("buyback")
        with self.assertRaisesRegex(UserError, "return fee"):
            self._open(position).action_authorise()
        self._authorise(position, fee_percent=15)
        self.assertEqual((position.state, position.fee_percent), ("authorised", 15))

    def test_the_customer_is_told_the_fee(self):
        position = self._create_review("buyback")
        self._authorise(position, fee_percent=12.5)
        texts = [event["text"] for event in position.rma_id._get_timeline()]
        self.assertIn("position 1: return fee 12.5 %", texts)

    def test_no_fee_is_a_choice(self):
        position = self._create_review("buyback")
        self._authorise(position, is_free=True)
        self.assertEqual((position.state, position.fee_percent), ("authorised", 0))

    def test_the_fee_of_a_rule_is_not_the_choice_of_the_reviewer(self):
        position = self._create_review()
        position.sudo().fee_percent = 7
        self._authorise(position, fee_percent=50)
        self.assertEqual(position.fee_percent, 7)

    def test_a_cart_cannot_be_authorised_by_the_dialog(self):
        position = self._create_position(self._create_delivered_line(), "buyback", comment="Many")
        wizard = self.env["cso.authorise"].create({"position_ids": position.ids})
        wizard.line_ids.write({"goods": "yes", "is_free": True})
        with self.assertRaisesRegex(UserError, "does not fit"):
            wizard.action_authorise()

    def test_who_is_not_of_the_desk_authorises_nothing(self):
        position = self._create_review()
        with self.assertRaises(AccessError):
            self._open(position, self._create_clerk("seller", "sales_team.group_sale_manager"))
