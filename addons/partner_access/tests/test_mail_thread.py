from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestMailThread(AccessCommon, TransactionCase):
    def _create_noted(self):
        """A portal user, and the company with an internal note on it."""
        user = self._create_portal_user()
        company = user.commercial_partner_id
        company.message_post(body="Geheime marge", subtype_xmlid="mail.mt_note")
        return user, company

    def test_no_search_tells_customers_what_an_internal_note_says(self):
        user, _company = self._create_noted()
        for model_name, path in (
            ("res.partner", "message_ids"),
            ("res.partner", "website_message_ids"),
            ("res.partner", "parent_id.message_ids"),
            ("res.partner", "user_ids.partner_id.parent_id.message_ids"),
            ("res.partner", "message_follower_ids"),
            ("res.users", "message_ids"),
            ("res.users", "partner_id.parent_id.message_ids"),
        ):
            model = self.env[model_name].with_user(user)
            for domain in (
                [(f"{path}.display_name", "!=", False)],
                [(path, "any", [("id", "!=", 0)])],
            ):
                with self.subTest(domain), self.assertRaises(AccessError):
                    model.search(domain)

    def test_customers_cannot_read_or_group_by_messages_either(self):
        user, company = self._create_noted()
        company = company.with_user(user)
        with self.assertRaises(AccessError):
            company.read(["message_ids"])
        with self.assertRaises(AccessError):
            company.formatted_read_group([], ["website_message_ids"], ["__count"])
        self.assertNotIn("message_ids", company.fields_get())

    def test_employees_search_in_messages_as_before(self):
        _user, company = self._create_noted()
        staff = self._create_staff()
        found = company.with_user(staff).search([("message_ids.body", "ilike", "Geheime marge")])
        self.assertEqual(found, company)
