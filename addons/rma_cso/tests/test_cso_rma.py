from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoRma(RmaCommon):
    def test_a_submitted_case_gets_a_number_of_five_digits(self):
        position = self._create_case(self._create_delivered_line())
        self.assertRegex(position.rma_id.name, r"^RMA\d{5}$")

    def test_a_second_submit_changes_nothing(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        number, moment = case.name, case.submitted_on
        self.assertEqual(case._submit(), case)
        self.assertEqual((case.name, case.submitted_on), (number, moment))
        self.assertEqual(len(case.picking_ids), 1)

    def test_an_empty_cart_is_not_submitted(self):
        with self.assertRaisesRegex(UserError, "no position"):
            self._create_cart()._submit()

    def test_submitting_is_all_or_nothing(self):
        good = self._create_position(self._create_delivered_line(), "doa")
        late = self._create_delivered_line(shipped_ago=100, invoiced_ago=100)
        self._create_position(late, "commercial", cart=good.rma_id)
        with self.assertRaisesRegex(UserError, "Possible until"), self.cr.savepoint():
            good.rma_id._submit()
        self.assertEqual(good.rma_id.name, "/")
        self.assertFalse(good.holds_units)

    def test_an_immediate_reason_is_authorised_for_five_days(self):
        position = self._create_case(self._create_delivered_line())
        self.assertEqual(position.state, "authorised")
        self.assertEqual((position.valid_until - self.today).days, 5)
        self.assertEqual(position.rma_id.state, "waiting")

    def test_a_reviewed_reason_waits_for_a_clerk(self):
        position = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        self.assertEqual(position.state, "review")
        self.assertFalse(position.valid_until)
        self.assertFalse(position.rma_id.picking_ids)
        self.assertEqual(position.rma_id.state, "review")

    def test_the_rules_used_are_kept_when_the_table_changes(self):
        position = self._create_case(self._create_delivered_line(), "commercial")
        self._get_reason("commercial").fee_percent = 25
        self.assertEqual(position.fee_percent, 10)
        self.assertEqual(position.eligibility["rules"]["fee_percent"], 10)

    def test_cases_are_numbered_per_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "cso.rma"), ("company_id", "=", company.id)]
        )
        self.assertEqual(len(sequence), 1)

    def test_the_confirmation_is_sent_once_after_submitting(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        self.assertFalse(case.confirmation_sent_on)
        cron = self.env.ref("rma_cso.ir_cron_cso_rma_confirm")
        with (
            patch.object(self.registry["mail.template"], "send_mail") as send_mail,
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        sent = [call.args[0] for call in send_mail.call_args_list]
        self.assertEqual(sent.count(case.id), 1)
        self.assertTrue(case.confirmation_sent_on)

    def test_the_timeline_tells_the_way_to_the_credit_note(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._decide_credit(position).action_post()
        texts = [event["text"] for event in position.rma_id._get_timeline()]
        for text in ("submitted", "authorised", "received", "tested", "decided", "posted"):
            with self.subTest(text):
                self.assertTrue([one for one in texts if text in one], texts)

    def test_the_timeline_ends_with_what_is_waited_for(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        kinds = [event["kind"] for event in case._get_timeline()]
        self.assertEqual(kinds[-2:], ["now", "next"])
