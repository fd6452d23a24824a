from datetime import timedelta

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoStep(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()
        cls.step = cls.env.ref("rma_cso.step_review").with_user(cls.clerk)
        cls.position = cls._create_case(cls._create_delivered_line(), "complaint", comment="x")

    def _count(self):
        self.step.invalidate_recordset()
        return {name: self.step[name] for name in ("open_count", "today_count", "late_count")}

    def test_what_is_due_today_or_late_is_counted(self):
        before = self._count()
        for days, name in ((0, "today_count"), (-3, "late_count")):
            with self.subTest(name):
                self.position.deadline = self.today + timedelta(days=days)
                self.assertEqual(self._count()[name], before[name] + 1)
                self.assertEqual(self._count()["open_count"], before["open_count"])

    def test_a_card_opens_what_it_counts(self):
        self.position.deadline = self.today
        self.position.rma_id.clerk_id = self.clerk
        for act in ("action_open", "action_open_today", "action_open_mine"):
            with self.subTest(act):
                action = getattr(self.step, act)()
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertIn(self.position, found)
        late = self.step.action_open_late()
        self.assertNotIn(self.position, self.env["cso.rma.line"].search(late["domain"]))

    def test_all_steps_of_the_page_can_be_counted_and_opened(self):
        for step in self.env["cso.step"].with_user(self.clerk).search([]):
            with self.subTest(step.name):
                found = self.env[step.res_model].search_count(step.action_open()["domain"])
                self.assertEqual(step.open_count, found)
