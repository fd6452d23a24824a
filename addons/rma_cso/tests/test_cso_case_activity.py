from datetime import timedelta

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoCaseActivity(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()
        cls.position = cls._create_case(cls._create_delivered_line(), "complaint", comment="x")
        cls.case = cls.position.rma_id

    def _plan(self, days, clerk=None):
        self.position.deadline = self.today + timedelta(days=days)
        self.case.clerk_id = clerk
        self.env["cso.rma"]._cron_plan_activities()
        return self.case.activity_ids

    def test_what_is_due_becomes_one_activity_of_who_takes_care(self):
        activity = self._plan(0, self.clerk)
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("1", activity.summary)
        self.assertEqual(self._plan(0, self.clerk), activity)

    def test_what_nobody_takes_care_of_goes_to_the_responsible_one(self):
        self.assertFalse(self._plan(0))
        self.env.company.cso_desk_user_id = self.clerk
        self.assertEqual(self._plan(-2).user_id, self.clerk)

    def test_an_activity_ends_with_its_step(self):
        self._plan(0, self.clerk)
        self.position._refuse("Not ours.")
        self.env["cso.rma"]._cron_plan_activities()
        self.assertFalse(self.case.activity_ids)

    def test_what_is_due_later_has_none(self):
        self.assertFalse(self._plan(1, self.clerk))
