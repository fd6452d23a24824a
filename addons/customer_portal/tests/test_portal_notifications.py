from lxml import html

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PortalHttp

PATH = "/my/notifications"


@tagged("post_install", "-at_install")
class TestPortalNotifications(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("choice_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("choice_colleague", cls.branch)

    def _post(self, user=None, **data):
        self.authenticate((user or self.user).login, PASSWORD)
        return self.url_open(PATH, data={"csrf_token": Request.csrf_token(self), **data})

    def test_new_users_get_the_mails_of_their_orders_and_no_digest(self):
        self.assertEqual(self.user.portal_eta_digest, "none")
        for name in ("shipped", "email_delivery", "first_eta"):
            with self.subTest(name):
                self.assertTrue(self.user[f"portal_mail_{name}"])

    def test_the_page_shows_what_is_chosen(self):
        self.user.write({"portal_eta_digest": "later", "portal_mail_shipped": False})
        page = html.fromstring(self._get(PATH, self.user).text)
        checked = page.xpath("//form[@action='/my/notifications']//input[@checked]")
        self.assertEqual(
            [(one.get("name"), one.get("value")) for one in checked],
            [
                ("portal_mail_email_delivery", "1"),
                ("portal_mail_first_eta", "1"),
                ("portal_mail_request", "1"),
                ("portal_eta_digest", "later"),
            ],
        )

    def test_a_choice_is_saved_for_the_user_alone_and_said(self):
        answer = self._post(portal_eta_digest="every", portal_mail_shipped="1")
        self.assertIn("Your choice is saved", answer.text)
        self.assertEqual(self.user.portal_eta_digest, "every")
        self.assertTrue(self.user.portal_mail_shipped)
        self.assertFalse(self.user.portal_mail_first_eta)
        self.assertEqual(self.colleague.portal_eta_digest, "none")
        self.assertTrue(self.colleague.portal_mail_first_eta)

    def test_nonsense_changes_no_digest(self):
        self.user.portal_eta_digest = "later"
        for value in ("", "²", "x" * 5000, "\x00", "1", "none; --"):
            with self.subTest(value):
                self.assertEqual(self._post(portal_eta_digest=value).status_code, 200)
                self.assertEqual(self.user.portal_eta_digest, "later")

    def test_a_post_without_token_changes_nothing(self):
        self.authenticate(self.user.login, PASSWORD)
        with mute_logger("odoo.http"):
            answer = self.url_open(PATH, data={"portal_eta_digest": "every"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.user.portal_eta_digest, "none")

    def test_the_page_is_for_customers(self):
        staff = self._create_staff("choice_staff", "base.group_user")
        self.assertEqual(self._get(PATH, staff).status_code, 404)
        self.logout()
        self.assertIn("/web/login", self._get(PATH).headers["Location"])

    def test_reading_writes_nothing(self):
        self._get(PATH, self.user)
        with self.assertQueriesWriteNothing():
            self._get(PATH)

    def test_menu_and_home_page_lead_there(self):
        page = html.fromstring(self._get("/my", self.user).text)
        self.assertEqual(len(page.xpath("//a[@href='/my/notifications']")), 2)

    def test_nobody_reads_or_writes_the_choice_of_a_colleague(self):
        other = self.colleague.with_user(self.user)
        with self.assertRaises(AccessError):
            other.write({"portal_mail_shipped": False})
        with self.assertRaises(AccessError):
            other.read(["portal_mail_shipped"])
        self.user.with_user(self.user).write({"portal_mail_shipped": False})
        own = self.user.with_user(self.user).read(["portal_mail_shipped"])
        self.assertFalse(own[0]["portal_mail_shipped"])
