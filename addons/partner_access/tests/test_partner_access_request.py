from datetime import timedelta
from unittest.mock import Mock, patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..models import partner_access_request
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

    def test_a_user_gets_one_link_in_five_minutes(self):
        self._create_entry()
        self.assertTrue(self._ask("inkoop@velthuis.example"))
        self.assertFalse(self._ask("inkoop@velthuis.example"))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.assertTrue(self._ask("inkoop@velthuis.example"))

    def test_a_customer_who_asks_by_a_program_is_counted_like_a_visitor(self):
        user = self._create_portal_user()
        requests = self.env["partner.access.request"].with_user(user).sudo()
        most = partner_access_request.MAX_REQUESTS_PER_ADDRESS
        asking = Mock(httprequest=Mock(remote_addr="192.0.2.1"))
        logger = "odoo.addons.partner_access.models.partner_access_request"
        with patch.object(partner_access_request, "request", asking):
            for _number in range(most):
                requests._queue(user.login)
            with self.assertLogs(logger, "WARNING"):
                requests._queue(user.login)
        self.assertEqual(requests.search_count([("email", "=", user.login)]), most)

    def test_what_is_done_is_forgotten_after_a_day(self):
        self._ask("onbekend@velthuis.example")
        requests = self.env["partner.access.request"].with_context(active_test=False)
        self.assertEqual(len(requests.search([])), 1)
        self._make_older(requests.search([]), 2)
        requests._forget_old()
        self.assertFalse(requests.search([]))

    def test_the_link_goes_to_the_address_of_the_register(self):
        user = self._create_portal_user()
        user.email = "elders@kwaad.example"
        self.assertIn("inkoop@velthuis.example", self._ask("inkoop@velthuis.example").email_to)
        self.assertFalse(self._ask("elders@kwaad.example"))

    def test_a_sign_in_name_without_address_is_found_by_its_entry(self):
        values = {"name": "Ilse Maas", "email": "klant@velthuis.example"}
        contact = self.env["res.partner"].create(values)
        group = self.env.ref("base.group_portal")
        users = self.env["res.users"].with_context(no_reset_password=True)
        user = users.create(
            {"login": "klant1", "partner_id": contact.id, "group_ids": [Command.set(group.ids)]}
        )
        self.assertEqual(user.access_entry_ids.email, "klant@velthuis.example")
        self.assertIn("klant@velthuis.example", self._ask("klant@velthuis.example").email_to)

    def test_control_characters_in_an_address_are_dropped(self):
        self._create_entry()
        self.assertTrue(self._ask("inkoop\x00@velthuis.example\x1f"))
