from unittest.mock import patch

from odoo.fields import Date, Datetime
from odoo.tests import TransactionCase, tagged

from .test_portal_request import SELLER, RequestCase


@tagged("post_install", "-at_install")
class TestPortalRequestActivity(RequestCase, TransactionCase):
    def _get_activity(self, request):
        return request.sudo().activity_ids

    def test_the_account_manager_has_one_activity_until_it_is_answered(self):
        for answer in ("_accept", "_withdraw"):
            request = self._submit()
            activity = self._get_activity(request)
            with self.subTest(answer):
                self.assertEqual(activity.user_id, self.manager)
                self.assertIn(self.branch.name, activity.summary)
                getattr(self._as_manager(request), answer)()
                self.assertFalse(activity.exists())

    def test_the_deadline_is_the_next_working_day_and_late_is_after_two(self):
        cases = [  # asked on, until when it is answered, last day that is not late
            ("2026-12-09", "2026-12-10", "2026-12-11"),
            ("2026-12-11", "2026-12-14", "2026-12-15"),
            ("2026-12-12", "2026-12-14", "2026-12-15"),
        ]
        request = self._submit().sudo()
        for asked, answer, late in cases:
            with self.subTest(asked):
                request.asked_on = Datetime.to_datetime(f"{asked} 10:00:00")
                request._plan_answer()
                self.assertEqual(request.activity_ids.date_deadline, Date.to_date(answer))
                self.assertEqual(request.late_after, Date.to_date(late))

    def test_who_answers_is_the_nearest_who_sells(self):
        people = {
            name: self._create_staff(f"request_{name}", SELLER)
            for name in ("order", "contact", "head", "settings")
        }
        self.user.partner_id.user_id = people["contact"]
        self.office.user_id = people["head"]
        self.env.company.portal_request_user_id = people["settings"]
        order = self._create_order(user_id=people["order"].id)
        contact = self.user.partner_id
        requests = self.env["portal.request"]
        values = {"order_id": order.id}
        for name in ("order", "contact", "manager", "head", "settings"):
            with self.subTest(name):
                found = requests._get_manager(contact, self.env.company, values)
                self.assertEqual(found.login, f"request_{name}")
                found.active = False
        found = requests._get_manager(contact, self.env.company, values)
        self.assertFalse(found)

    def test_who_does_not_sell_answers_nothing(self):
        self.branch.user_id = self._create_staff("request_driver", "base.group_user")
        request = self._submit().sudo()
        self.assertFalse(request.manager_id)
        self.assertFalse(request.activity_ids)

    def test_the_activity_follows_a_new_account_manager(self):
        leader = self._create_staff("request_leader", "sales_team.group_sale_salesman_all_leads")
        request = self._submit()
        request.with_user(leader).action_take_over()
        activity = self._get_activity(request)
        self.assertEqual((len(activity), activity.user_id), (1, leader))

    def test_what_is_answered_calls_for_nobody(self):
        request = self._submit()
        self._as_manager(request)._accept()
        request.sudo().manager_id = self._create_staff("request_next", SELLER)
        self.assertFalse(self._get_activity(request))

    def test_customers_are_not_made_followers_and_nobody_is_mailed_by_the_activity(self):
        mails = self.env["mail.mail"].search_count([])
        with patch.object(type(self.env["mail.mail"]), "send") as send:
            request = self._submit().sudo()
        self.assertNotIn(self.user.partner_id, request.message_partner_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        send.assert_not_called()
