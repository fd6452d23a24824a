from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import PASSWORD, AccessCommon


@tagged("post_install", "-at_install")
class TestIrHttp(AccessCommon, HttpCase):
    def test_an_address_with_a_zero_byte_leads_nowhere(self):
        paths = ("/my/%00", "/%00", "/my/addresses?page=%00", "/my/addresses?%00=1")
        user = self._create_portal_user()
        for login in (None, user.login):
            if login:
                self.authenticate(login, PASSWORD)
            for path in paths:
                with self.subTest(path=path, login=login):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertIn(response.status_code, (303, 404) if not login else (404,))

    def test_other_bytes_are_none_of_its_business(self):
        self.authenticate(self._create_portal_user().login, PASSWORD)
        self.assertEqual(self.url_open("/my/addresses?page=%2500&name=100%25").status_code, 200)

    def test_texts_of_the_browser_are_translated_on_the_pages_of_the_portal(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"]._load_module_terms(["partner_access"], ["nl_NL"])
        names = self.env["ir.http"]._get_translation_frontend_modules_name()
        modules, _params = self.env["ir.http"]._get_translations_for_webclient(names, "nl_NL")
        messages = {row["id"]: row["string"] for row in modules["partner_access"]["messages"]}
        self.assertEqual(messages["Sign in again"], "Opnieuw inloggen")

    def test_programs_that_guess_are_counted_and_wait(self):
        login, name = self._create_portal_user().login, get_db_name()
        sign_in = self.xmlrpc_common.authenticate
        with mute_logger("odoo.addons.base.models.res_users", "odoo.addons.rpc.controllers.xmlrpc"):
            for number in range(5):
                self.assertFalse(sign_in(name, login, f"wrong{number}", {}))
            self.assertFalse(sign_in(name, login, PASSWORD, {}), "it has to wait")
        rows = self.env["partner.access.log"].search([("login", "=", login)])
        kinds = rows.filtered("network_address").mapped("kind")
        self.assertEqual(kinds, ["throttled", *["failure"] * 5])

    def test_a_file_in_the_place_of_a_text_is_no_text(self):
        user = self._create_portal_user()
        for login, path, names in (
            (None, "/web/login", ("login", "password", "portal_key")),
            (user.login, "/my/language", ("lang", "redirect")),
        ):
            self.authenticate(login, login and PASSWORD)
            for name in names:
                data = {"csrf_token": http.Request.csrf_token(self)}
                with self.subTest(path, name=name):
                    answer = self.url_open(path, data, files={name: ("a.txt", b"1")})
                    self.assertEqual(answer.status_code, 200)

    def test_a_zero_byte_in_a_form_is_dropped(self):
        user = self._create_portal_user()
        self.authenticate(None, None)
        data = {"csrf_token": http.Request.csrf_token(self), "login": f"{user.login}\x00"}
        answer = self.url_open("/web/login", {**data, "password": f"{PASSWORD}\x00"})
        self.assertEqual(answer.url.partition("?")[0], self.base_url() + "/my")

    def test_what_is_no_number_of_seconds_is_none(self):
        self.authenticate(self._create_portal_user().login, PASSWORD)
        headers = {"X-Portal-Idle": "9" * 500}
        self.assertEqual(self.url_open("/my/addresses", headers=headers).status_code, 200)

    def test_no_redirect_leads_to_another_server(self):
        targets = ("/%09/evil.example", "//evil.example", "/%5Cevil.example", "%5C/evil.example")
        targets += ("/%0D/evil.example", "%09//evil.example", "/%20/evil.example")
        user = self._create_portal_user()
        for target in targets:
            for page in ("/web/session/logout", "/web/login"):
                self.authenticate(user.login, PASSWORD)
                answer = self.url_open(f"{page}?redirect={target}", allow_redirects=False)
                with self.subTest(page=page, target=target):
                    self.assertEqual(answer.status_code, 303)
                    location = answer.headers["Location"].removeprefix(self.base_url())
                    self.assertRegex(location, r"^/(?![/\\\\\t])")

    def test_a_redirect_within_the_portal_works(self):
        self.authenticate(self._create_portal_user().login, PASSWORD)
        answer = self.url_open("/web/login?redirect=/my/security%3Fx%3D1", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith("/my/security?x=1"))

    def test_pages_of_the_portal_are_neither_kept_nor_framed(self):
        user = self._create_portal_user()
        for login in (user.login, None):
            self.authenticate(login, login and PASSWORD)
            for path in ("/my/addresses", "/my/security", "/web/login"):
                headers = self.url_open(path, allow_redirects=False).headers
                with self.subTest(path=path, login=login):
                    is_kept_back = bool(login) and path.startswith("/my")
                    self.assertEqual(headers.get("Cache-Control") == "no-store", is_kept_back)
                    if is_kept_back:
                        self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
