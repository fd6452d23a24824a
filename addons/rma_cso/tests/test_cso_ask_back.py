from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoAskBack(RmaCommon):
    def _create_review(self, **values):
        line = self._create_delivered_line()
        return self._create_case(line, "complaint", comment="Not as described", **values)

    def _ask(self, positions, user, text="Which firmware?"):
        positions = positions.with_user(user)
        wizard = (
            self.env["cso.ask.back"]
            .with_user(user)
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
            .create({"text": text})
        )
        wizard.action_ask()

    def test_a_clerk_asks_and_the_case_waits_for_the_customer(self):
        position = self._create_review()
        self._ask(position, self._create_clerk())
        self.assertEqual((position.state, position.rma_id.state), ("asked", "asked"))
        self.assertEqual(position.question, "Which firmware?")
        self.assertIn("Which firmware?", position.rma_id.message_ids[0].body)

    def test_the_customer_is_mailed_once_per_case(self):
        first = self._create_review()
        cart = self._create_cart(partner=first.rma_id.partner_id)
        for _number in range(2):
            line = self._create_delivered_line()
            self._create_position(line, "complaint", cart=cart, comment="Not as described")
        cart._submit()
        self._ask(first | cart.line_ids, self._create_clerk())
        cases = first.rma_id | cart
        notes = self.env["cso.notification"].search(
            [("event", "=", "asked"), ("rma_id", "in", cases.ids)]
        )
        self.assertEqual(len(notes), 2)

    def test_what_is_authorised_is_not_asked_about(self):
        position = self._create_review()
        clerk = self._create_clerk()
        self._authorise(position, clerk)
        with self.assertRaisesRegex(UserError, "Awaiting goods"):
            position.with_user(clerk).action_ask_back()
        with self.assertRaisesRegex(UserError, "Awaiting goods"):
            self._ask(position, clerk)

    def test_who_is_not_of_the_desk_asks_nothing(self):
        position = self._create_review()
        with self.assertRaises(AccessError):
            self._ask(position, self._create_clerk("seller", "sales_team.group_sale_manager"))

    def test_an_answer_by_phone_is_noted_by_the_clerk(self):
        position, clerk = self._create_review(), self._create_clerk()
        self._ask(position, clerk)
        position.with_user(clerk).action_note_answer()
        self.assertEqual(position.state, "review")
        with self.assertRaisesRegex(UserError, "To authorise"):
            position.with_user(clerk).action_note_answer()

    def test_who_does_not_wait_for_the_answer_authorises_at_once(self):
        position, clerk = self._create_review(), self._create_clerk()
        self._ask(position, clerk)
        self._authorise(position, clerk)
        self.assertEqual(position.state, "authorised")
