from lxml import html

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, AccessCommon


@tagged("post_install", "-at_install")
class TestPortal(AccessCommon, HttpCase):
    def _open(self, path):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def test_every_page_has_menu_search_place_contact_and_colour(self):
        staff = self._create_staff(name="Joost Hendriks", phone="+31 10 555")
        user = self._create_portal_user(self._create_company(user_id=staff.id))
        user.company_id.primary_color = "#123456"
        self.authenticate(user.login, PASSWORD)
        for path in ("/my/account", "/my/security"):
            page = self._open(path)
            with self.subTest(path):
                self.assertTrue(page.xpath("//ul[@id='portal_nav']"))
                self.assertTrue(page.xpath("//div[@id='portal_search']"))
                self.assertIn("Joost Hendriks", page.xpath("string(//*[@id='portal_contact'])"))
                self.assertIn("--op-brand:#123456", page.xpath("string(//head/style)"))

    def test_core_pages_of_the_account_stay_open(self):
        user = self._create_portal_user()
        self.authenticate(user.login, PASSWORD)
        for path in ("/my", "/my/account", "/my/addresses", "/my/security"):
            with self.subTest(path):
                self._open(path)

    def test_a_password_with_a_blank_at_its_end_can_be_changed(self):
        user = self._create_portal_user()
        user.password = "Zeemeeuw#4711x "
        self.authenticate(user.login, "Zeemeeuw#4711x ")
        new = " Tulpenveld#72"
        data = {
            "op": "password",
            "old": "Zeemeeuw#4711x ",
            "new1": new,
            "new2": new,
            "csrf_token": http.Request.csrf_token(self),
        }
        self.url_open("/my/security", data=data)
        credential = {"login": user.login, "password": new, "type": "password"}
        auth = self.env["res.users"].authenticate(credential, {"interactive": True})
        self.assertEqual(auth["uid"], user.id)
