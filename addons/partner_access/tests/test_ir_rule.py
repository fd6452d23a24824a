from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestIrRule(AccessCommon, TransactionCase):
    def test_a_rule_is_read_anew_each_day(self):
        user = self._create_portal_user()
        rules = self.env["ir.rule"].with_user(user)
        today = tuple(rules._compute_domain_context_values())
        self.assertEqual(tuple(rules._compute_domain_context_values()), today)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertNotEqual(tuple(rules._compute_domain_context_values()), today)

    def test_roles_end_with_the_last_day_of_the_entry(self):
        user = self._create_portal_user()
        user.access_entry_ids.valid_until = fields.Date.today()
        self.assertTrue(user._has_access_role("orders"))
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertFalse(user._has_access_role("orders"))
            self.assertFalse(user._get_access_entry())
