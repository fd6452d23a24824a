from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionDeadline(RmaCommon):
    def test_each_step_has_its_working_days_from_what_came_before(self):
        company = self.env.company
        company.write({"cso_test_days": 4, "cso_decide_days": 5, "cso_settle_days": 6})
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        expected = company._get_cso_work_date(position.arrived_on, 4)
        self.assertEqual((position.state, position.deadline), ("received", expected))
        position.test_result = "confirmed"
        expected = company._get_cso_work_date(position.tested_on, 5)
        self.assertEqual((position.state, position.deadline), ("to_decide", expected))
        self._decide_credit(position)
        expected = company._get_cso_work_date(position.decided_on, 6)
        self.assertEqual((position.state, position.deadline), ("decided", expected))
        position.refund_ids.action_post()
        self.assertFalse(position.deadline)

    def test_the_days_of_a_reason_come_first(self):
        reason = self._get_reason("doa")
        reason.test_days = 9
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        expected = self.env.company._get_cso_work_date(position.arrived_on, 9)
        self.assertEqual(position.deadline, expected)
