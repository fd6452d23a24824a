from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .application_common import EMAIL, ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessApplication(ApplicationCommon, TransactionCase):
    def test_beginning_mails_a_link_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        before = self.env["mail.mail"].search([])
        applications = self.env["partner.access.application"].with_context(lang="nl_NL")
        token = applications._start(" TESS@testman.example", "Testman", "Tess Testman")
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual((mail.email_to, mail.state), (EMAIL, "outgoing"))
        self.assertIn(f"/nl/apply/{token}", mail.body_html)
        # Nothing that a stranger typed goes to an address that he typed too.
        self.assertNotIn("Tess", mail.body_html)

    def test_an_application_needs_an_address(self):
        with self.assertRaises(UserError):
            self._create_application(email="tess")

    @mute_logger("odoo.addons.partner_access.models.partner_access_application_check")
    def test_the_job_mails_the_signed_document(self):
        self.env.company.portal_asks_vies = False
        application = self._create_submitted()
        mail = self._run_application_job()
        self.assertEqual(mail.email_to, EMAIL)
        self.assertEqual(mail.attachment_ids, application.signed_document_id)
        self.assertIn("resellers", str(application.signed_document_id.raw))
        self.assertFalse(self._run_application_job())

    @mute_logger("odoo.addons.partner_access.models.partner_access_application")
    def test_one_that_fails_does_not_stop_the_others(self):
        self.env.company.portal_asks_vies = False
        first = self._create_submitted()
        second = self._create_submitted(email="b@testman.example")
        self.patch(
            type(first),
            "_tell_applicant",
            lambda record, occasion, **kw: 1 / (record != second),
        )
        self._run_application_job()
        self.assertFalse(first.is_document_due)
        self.assertTrue(second.is_document_due)

    def test_the_reviewer_gets_an_activity_that_the_decision_ends(self):
        clerk = self._create_clerk()
        self.env.company.portal_application_user_id = clerk
        application = self._create_submitted()
        self.assertEqual(application.user_id, clerk)
        self.assertEqual(application.activity_ids.user_id, clerk)
        application.with_user(clerk)._refuse("No")
        self.assertFalse(application.activity_ids)

    def test_nothing_older_than_the_set_time_is_left(self):
        self.env["ir.config_parameter"].set_param("partner_access.keep_applications", 100)
        clerk = self._create_clerk()
        refused, accepted, young = (
            self._create_submitted(email=f"{name}@x.example", vat=vat)
            for name, vat in (("a", "NL079244026B01"), ("b", "DE317771259"), ("c", "BE0654610735"))
        )
        for record in (refused, young):
            record.with_user(clerk)._refuse("No")
        accepted.with_user(clerk)._accept()
        draft = self._create_application(email="d@x.example")
        waiting = self._create_submitted(email="e@x.example")
        documents = (refused + accepted + draft).document_ids
        for record, days in (
            (refused, 101),
            (accepted, 101),
            (young, 99),
            (draft, 31),
            (waiting, 500),
        ):
            self._age(record, days)
        self.env["partner.access.application"]._search_old()._forget()
        self.assertEqual((refused + accepted + young + draft + waiting).exists(), young + waiting)
        self.assertFalse(documents.exists())

    def test_a_link_to_a_deleted_application_opens_nothing(self):
        application = self._create_application()
        token = application._tell_applicant("link")
        application.unlink()
        links = self.env["partner.access.application.link"]
        self.assertFalse(links._find_application(token))

    def test_customers_and_employees_without_the_right_see_none(self):
        application = self._create_submitted()
        for user in (
            self._create_portal_user(),
            self._create_staff(),
            self.env.ref("base.public_user"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                application.with_user(user).read(["company_name"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                application.document_ids[0].with_user(user).read(["raw"])
        clerk = application.with_user(self._create_clerk())
        self.assertTrue(clerk.document_ids[0].raw)

    def test_the_signature_names_time_and_zone(self):
        with freeze_time("2026-05-04 12:00:00"):
            application = self._create_submitted()
        self.env.company.partner_id.tz = "Europe/Amsterdam"
        self.assertIn("4 May 2026, 14:00", application._get_signed_time())
        self.assertIn("Europe/Amsterdam", application._get_signed_time())
        self.assertGreater(fields.Datetime.now() - application.signed_on, timedelta(days=0))
