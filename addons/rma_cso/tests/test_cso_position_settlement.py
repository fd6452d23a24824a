from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionSettlement(RmaCommon):
    def test_a_decision_is_proposed_among_the_outcomes_of_the_reason(self):
        position = self._create_tested_position(self._create_delivered_line())
        action = position.action_decide()
        self.assertEqual(action["res_model"], "cso.choose.outcome")
        dialog = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(dialog.possible_ids, self._get_reason("doa").outcome_ids)
        self.assertIn(dialog.outcome_id, dialog.possible_ids)

    def test_positions_that_share_one_outcome_open_its_dialog(self):
        position = self._create_tested_position(self._create_delivered_line())
        outcome = self.env.ref("rma_cso.outcome_credit")
        position.reason_id.outcome_ids = outcome
        action = position.action_decide()
        self.assertEqual(action["res_model"], outcome.form)
        self.assertEqual(action["context"]["default_outcome_id"], outcome.id)

    def test_what_is_decided_by_documents_alive_is_not_decided_again(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        with self.assertRaises(UserError):
            position.action_decide()
        note.button_cancel()
        self.assertEqual(position.state, "decided")
        self.assertTrue(position.action_decide())

    def test_units_that_stay_with_the_customer_can_be_claimed_again(self):
        for frees_units in (True, False):
            with self.subTest(frees_units):
                outcome = self.env.ref("rma_cso.outcome_goodwill")
                outcome.frees_units = frees_units
                position = self._create_tested_position(self._create_delivered_line())
                position._settle(outcome, ())
                self.assertEqual(position.state, "settled")
                self.assertEqual(position.holds_units, not frees_units)
