from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon

SID = "s" * 84


@tagged("post_install", "-at_install")
class TestPartnerAccessUserSession(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user(cls, cls._create_company(cls))
        cls.entry = cls.user.access_entry_ids

    def test_sessions_end_with_the_last_day_of_the_entry(self):
        today = fields.Date.today()
        self.entry.valid_until = today
        for days, has_session in ((0, True), (1, False)):
            with self.subTest(days=days), freeze_time(today + timedelta(days=days)):
                self.assertEqual(bool(self.user._compute_session_token(SID)), has_session)

    def test_sessions_end_when_the_last_day_is_set_to_a_day_that_is_over(self):
        self.assertTrue(self.user._compute_session_token(SID))
        self.entry.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self.user._compute_session_token(SID))
        self.entry.valid_until = False
        self.assertTrue(self.user._compute_session_token(SID))

    def test_no_request_asks_for_the_last_day(self):
        self.user._compute_session_token(SID)
        with self.assertQueryCount(0):
            self.assertTrue(self.user._compute_session_token(SID))

    def test_employees_have_no_last_day(self):
        self.assertTrue(self._create_staff()._compute_session_token(SID))

    def test_a_user_who_is_gone_has_no_session(self):
        self.assertFalse(self.env["res.users"].browse(2**30)._compute_session_token(SID))
