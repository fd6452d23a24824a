from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestMailActivityMixin(AccessCommon, TransactionCase):
    def test_activities_of_employees_are_no_search_for_customers(self):
        user = self._create_portal_user()
        partners = self.env["res.partner"].with_user(user)
        for name in ("activity_ids", "activity_exception_decoration", "activity_summary"):
            with self.subTest(name), self.assertRaises(AccessError):
                partners.search([(name, "!=", False)])
        with self.assertRaises(AccessError):
            partners.search([("activity_state", "=", "overdue")])
