from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPortalWizardUser(AccessCommon, TransactionCase):
    def _open_wizard(self, contact):
        context = {"active_model": "res.partner", "active_ids": contact.ids}
        wizard = self.env["portal.wizard"].with_context(**context).create({})
        wizard.welcome_message = "Welkom bij Noorder"
        return wizard.user_ids

    def _create_contact(self):
        values = {"name": "Ilse Maas", "email": "inkoop@velthuis.example"}
        return self.env["res.partner"].create({**values, "parent_id": self._create_company().id})

    def test_access_given_at_a_contact_sends_the_link_of_the_register(self):
        contact = self._create_contact()
        mails = self.env["mail.mail"].search([])
        self._open_wizard(contact).action_grant_access()
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")  # queued
        self.assertIn("/web/reset_password", mail.body_html)
        self.assertIn("Welkom bij Noorder", mail.body_html)
        self.assertEqual(contact.user_ids.access_entry_ids.email, contact.email)

    def test_a_link_of_a_customer_lives_for_an_hour_in_whatever_mail(self):
        contact = self._create_contact()
        self._open_wizard(contact).action_grant_access()
        employee = self._create_staff().partner_id
        for kind in ("signup", "reset"):
            (contact + employee).signup_prepare(kind)
            tokens = {partner: partner._generate_signup_token() for partner in contact + employee}
            with freeze_time(fields.Datetime.now() + timedelta(minutes=61)), self.subTest(kind):
                partners = self.env["res.partner"]
                self.assertFalse(partners._get_partner_from_token(tokens[contact]))
                is_alive = bool(partners._get_partner_from_token(tokens[employee]))
                self.assertEqual(is_alive, kind == "signup")
