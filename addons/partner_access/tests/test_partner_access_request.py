from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessRequest(AccessCommon, TransactionCase):
    def _ask(self, address):
        self.env["partner.access.request"]._queue(address)
        return self._run_link_job()

    def test_a_registered_address_gets_one_mail_in_any_case_and_with_blanks(self):
        self._create_entry()
        mail = self._ask("  INKOOP@Velthuis.example ")
        self.assertEqual(len(mail), 1)
        self.assertIn("inkoop@velthuis.example", mail.email_to)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("/web/reset_password", mail.body_html)

    def test_asking_twice_at_once_mails_once(self):
        self._create_entry()
        self.env["partner.access.request"]._queue("inkoop@velthuis.example")
        self.assertEqual(len(self._ask("Inkoop@velthuis.example")), 1)

    def test_nobody_else_gets_a_mail(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        self._create_entry(email="verlopen@velthuis.example", valid_until=yesterday)
        self._create_entry(email="weg@velthuis.example", active=False)
        archived = self._create_portal_user(login="archief@velthuis.example")
        archived.active = False
        addresses = ("verlopen", "weg", "archief", "onbekend", "%", "_eg")
        for name in addresses:
            with self.subTest(name):
                self.assertFalse(self._ask(f"{name}@velthuis.example"))

    def test_an_address_that_two_users_have_gets_no_mail(self):
        for login in ("een@velthuis.example", "twee@velthuis.example"):
            self._create_portal_user(login=login).email = "gedeeld@velthuis.example"
        self.assertFalse(self._ask("gedeeld@velthuis.example"))

    def test_an_employee_gets_a_link_without_an_entry(self):
        self._create_staff(login="staf@noorder.example")
        self.assertEqual(len(self._ask("Staf@Noorder.example")), 1)

    def test_the_queue_is_empty_afterwards_whatever_the_address(self):
        self._ask("onbekend@velthuis.example")
        self.assertFalse(self.env["partner.access.request"].search([]))

    def test_a_new_user_gets_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        entry = self._create_entry()
        self.env["partner.access.request"].with_context(lang="nl_NL")._queue(entry.email)
        self._run_link_job()
        self.assertEqual(entry.user_id.lang, "nl_NL")

    def test_the_button_of_staff_on_a_portal_user_queues_the_same_mail(self):
        user = self._create_portal_user()
        user.action_reset_password()
        self.assertEqual(len(self._run_link_job()), 1)
