from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .application_common import EMAIL, ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessApplicationLink(ApplicationCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.links = self.env["partner.access.application.link"]
        self.application = self._create_application(documents=())

    def test_a_link_opens_its_application_until_it_expires(self):
        token = self.links._open(self.application)
        self.assertEqual(self.links._find_application(token), self.application)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertFalse(self.links._find_application(token))

    def test_another_token_opens_nothing(self):
        token = self.links._open(self.application)
        self.links._queue(EMAIL)
        for other in (token[:-1], token.upper(), "", "%", "\x00", None, False):
            with self.subTest(other):
                self.assertFalse(self.links._find_application(other))

    def test_the_token_is_not_kept(self):
        token = self.links._open(self.application)
        row = self.links.search([("application_id", "=", self.application.id)]).read()[0]
        self.assertNotIn(token, str(row))

    def test_a_lost_link_is_mailed_by_the_job_once_in_five_minutes(self):
        for _number in range(2):
            self.links._queue(" TESS@testman.example ")
        mail = self._run_application_job()
        self.assertEqual(mail.email_to, EMAIL)
        self.assertIn("/apply/", mail.body_html)
        self.links._queue(EMAIL)
        self.assertFalse(self._run_application_job())
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.links._queue(EMAIL)
            self.assertTrue(self._run_application_job())

    def test_an_address_that_nobody_applied_with_gets_no_mail(self):
        for address in ("niemand@testman.example", "%", ""):
            self.links._queue(address)
        self.assertFalse(self._run_application_job())

    def test_what_expired_is_forgotten(self):
        self.links._open(self.application)
        self.links._queue(EMAIL)
        with freeze_time(fields.Datetime.now() + timedelta(days=32)):
            self.links._gc_links()
        self.assertFalse(self.links.search([]))

    def test_nobody_reads_links_by_rpc(self):
        link = self.links.browse(self.links.search([], limit=1).ids)
        for user in (self._create_portal_user(), self._create_clerk()):
            with self.subTest(user.login), self.assertRaises(AccessError):
                link.with_user(user).search([])
