from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionObjection(RmaCommon):
    def test_goods_of_a_refused_position_go_back_to_the_return_address(self):
        line = self._create_delivered_line()
        address = self._create_customer(name="Site 2", parent_id=self.branch.id)
        position = self._create_tested_position(line)
        position.rma_id.return_address_id = address
        position._refuse("Damaged by a fall.")
        back = self._get_back(position)
        self.assertEqual((back.state, back.lot_ids), ("assigned", position.lot_ids))
        self.assertEqual((back.picking_id.partner_id, position.state), (address, "refused"))
        self._ship_back(back)
        self.assertEqual((position.back_qty, position.received_qty), (1, 1))
        self.assertEqual((line.qty_delivered, line.invoice_status), (1, "invoiced"))
        self.assertEqual(line.order_id.customer_status, "fulfilled")

    def test_an_objection_brings_the_position_back_to_review_once(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._refuse("No photo of the box.")
        position._object("The photo was there.")
        self.assertEqual((position.state, position.holds_units), ("review", True))
        self.assertEqual(position.objection_text, "The photo was there.")
        texts = [event["text"] for event in position.rma_id._get_timeline()]
        self.assertIn("position 1 refused", texts)
        self.assertIn("position 1: you objected to the refusal", texts)
        position._refuse("It shows another box.")
        self.assertFalse(position._can_object())
        with self.assertRaisesRegex(UserError, "once already"):
            position._object("But look again!")

    def test_goods_that_are_here_wait_for_the_answer_to_an_objection(self):
        position = self._create_tested_position(self._create_delivered_line())
        position._refuse("Damaged by a fall.")
        position._object("It never fell.")
        self.assertEqual(self._get_back(position).state, "cancel")
        self._authorise(position)
        self.assertEqual(position.state, "to_decide")
        self.assertFalse(position.move_ids.filtered(lambda move: move.state == "assigned"))
        self._decide_credit(position).action_post()
        self.assertEqual(position.state, "credited")

    def test_goods_that_went_back_are_awaited_once_more_after_an_objection(self):
        for tracking in ("serial", "none"):
            with self.subTest(tracking):
                product = self._create_product(tracking=tracking)
                position = self._create_tested_position(
                    self._create_delivered_line(product=product)
                )
                position._refuse("Damaged by a fall.")
                self._ship_back(self._get_back(position))
                position._object("It never fell.")
                self._authorise(position)
                self.assertEqual(position.state, "authorised")
                self._receive(position)
                self.assertEqual(position.state, "received")

    def test_units_that_somebody_claimed_meanwhile_cannot_be_objected_for(self):
        line = self._create_delivered_line()
        position = self._create_case(line)
        position._refuse("Not our article.")
        self._create_case(line)
        with self.assertRaisesRegex(UserError, "another open position"):
            position._object("It is yours.")
        self.assertEqual(position.state, "refused")

    def test_what_cannot_be_objected_to_is_named(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "is not refused"):
            position._object("No!")
        position._refuse("Not our article.")
        with self.assertRaisesRegex(UserError, "Please write why"):
            position._object("  ")

    def test_a_position_with_documents_alive_is_not_refused(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._decide_credit(position)
        with self.assertRaisesRegex(UserError, "credited|decided already"):
            position._refuse("Changed our mind.")

    def test_the_objection_of_a_customer_works_with_the_rights_of_one(self):
        user = self._create_portal_user("buyer@example.com", self.branch)
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._refuse("No photo.")
        message = position.with_user(user)._object("Here it is.")
        self.assertEqual((message.author_id, position.state), (user.partner_id, "review"))

    # ------------------------------------------------------------------ helpers
    def _get_back(self, position):
        return position.move_ids.filtered(lambda move: move.cso_step == "back")

    def _ship_back(self, moves):
        moves.picked = True
        moves.picking_id.button_validate()
