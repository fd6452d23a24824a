import re
from datetime import timedelta
from html import unescape

from freezegun import freeze_time
from lxml import html

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.partner_access_attempt import PAUSES
from ..models.partner_access_request import MAX_ADDRESSES_PER_HOUR
from .common import PASSWORD, AccessCommon

GOOD = "Tulpenveld#72"


@tagged("post_install", "-at_install")
class TestAuthSignup(AccessCommon, HttpCase):
    def _post(self, path, **values):
        self.authenticate(None, None)
        return self._post_again(path, **values)

    def _post_again(self, path, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=values)

    def _ask(self, address):
        """Ask for a link as a visitor; return the answer without what belongs to the session."""
        response = self._post("/web/reset_password", login=address)
        return response.status_code, re.sub(r"csrf_token[^,]*,", "", response.text)

    def _get_link(self, address="inkoop@velthuis.example"):
        """The link of the mail that a request brings."""
        self._ask(address)
        body = self._run_link_job().body_html
        return re.search(r"/web/reset_password[^\"]*", unescape(body)).group()

    def _choose(self, link, password, again=None):
        return self._post(link, password=password, confirm_password=again or password)

    def test_the_answer_is_the_same_for_every_address(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        self._create_entry()
        self._create_entry(email="verlopen@velthuis.example", valid_until=yesterday)
        self._create_portal_user(login="weg@velthuis.example").active = False
        for login in ("een@velthuis.example", "twee@velthuis.example"):
            self._create_portal_user(login=login).email = "gedeeld@velthuis.example"
        known = self._ask("inkoop@velthuis.example")
        self.assertEqual(known[0], 200)
        self.assertIn("If this address is registered", known[1])
        for name in ("onbekend", "verlopen", "weg", "een", "gedeeld", "%"):
            with self.subTest(name):
                self.assertEqual(self._ask(f"{name}@velthuis.example"), known)

    def _sign_in(self, address, password="wrong"):
        """Try to sign in as a visitor; return the answer without what belongs to the session."""
        response = self._post("/web/login", login=address, password=password)
        text = re.sub(r"csrf_token[^,>]*[,>]", "", response.text).replace(address, "")
        text = re.sub(r"Wait \d+", "Wait", text)  # a second may have passed
        return response.status_code, sorted(response.headers), text

    @mute_logger("odoo.addons.base.models.res_users")
    def test_a_sign_in_that_fails_is_answered_alike_for_every_address(self):
        self._create_portal_user(login="weg@velthuis.example").active = False
        self._create_entry(email="nieuw@velthuis.example")
        self._create_portal_user()
        answers = {}
        for name in ("inkoop", "weg", "nieuw", "niemand", "%"):
            address = f"{name}@velthuis.example"
            answers[name] = [self._sign_in(address) for _number in range(len(PAUSES[:6]))]
        known = answers["inkoop"]
        self.assertIn("Wrong login/password", known[0][2])
        self.assertIn("Too many attempts. Wait", known[-1][2])
        for name, answer in answers.items():
            with self.subTest(name):
                self.assertEqual(answer, known)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_who_has_to_wait_comes_in_by_link_at_once_and_is_known_there(self):
        self._create_portal_user()
        for _number in range(len(PAUSES[:6])):
            self._sign_in("inkoop@velthuis.example")
        response = self._choose(self._get_link(), GOOD)
        self.assertEqual(response.url.partition("?")[0].removesuffix("/"), self.base_url() + "/my")
        self.assertTrue(self.env["partner.access.attempt"].search([]).known_on)
        self.assertIn(
            "/my", self._post("/web/login", login="inkoop@velthuis.example", password=GOOD).url
        )

    def test_asking_and_sending_a_link_and_the_password_are_logged(self):
        entry = self._create_entry()
        self._choose(self._get_link(), GOOD)
        self._ask("niemand@velthuis.example")
        self._run_link_job()
        rows = self.env["partner.access.log"].search([("kind", "not in", ["access_given"])])
        rows = rows.sorted("id")
        kinds = ["reset_asked", "link_sent", "password_set", "sign_in", "reset_asked"]
        self.assertEqual(rows.mapped("kind"), kinds)
        self.assertEqual(rows[:4].user_id, entry.user_id)
        self.assertEqual(rows[4].login, "niemand@velthuis.example")
        self.assertEqual(len(set(rows.mapped("network_address"))), 1)

    def test_the_page_shows_the_rules_of_the_company(self):
        entry = self._create_entry()
        entry.partner_id.portal_password_policy = "nist"
        page = html.fromstring(self.url_open(self._get_link()).text)
        self.assertEqual(page.xpath("//li/@data-code"), ["length", "common", "personal"])

    def test_the_start_of_a_passkey_asks_for_no_address(self):
        answers = [
            self.make_jsonrpc_request("/auth/passkey/start-auth", {}, cookies=None)
            for _number in range(2)
        ]
        for answer in answers:
            answer.pop("challenge")
            self.assertFalse(answer["allowCredentials"])
        self.assertEqual(*answers)

    def test_the_request_itself_looks_nobody_up_and_mails_nothing(self):
        entry = self._create_entry()
        mails = self.env["mail.mail"].search_count([])
        self._ask(entry.email)
        self.assertFalse(entry.user_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        requests = self.env["partner.access.request"].search([("email", "=", entry.email)])
        self.assertEqual(len(requests), 1)

    def test_an_address_in_the_page_address_tells_nothing(self):
        self._create_portal_user()
        for route in ("/web/reset_password", "/web/signup"):
            answers = {
                (response.status_code, response.url.partition("?")[0])
                for response in (
                    self.url_open(f"{route}?signup_email={name}@velthuis.example")
                    for name in ("inkoop", "onbekend")
                )
            }
            with self.subTest(route):
                self.assertEqual(len(answers), 1)

    def test_the_link_leads_to_a_password_and_straight_to_the_portal(self):
        entry = self._create_entry(name="Ilse Maas")
        link = self._get_link()
        page = self.url_open(link)
        self.assertIn("Ilse Maas", page.text)
        self.assertEqual(len(html.fromstring(page.text).xpath("//li[@data-code]")), 7)
        response = self._choose(link, GOOD)
        self.assertEqual(response.url.partition("?")[0].removesuffix("/"), self.base_url() + "/my")
        self.assertTrue(entry.user_id.login_date)

    def test_a_link_works_once(self):
        self._create_entry()
        link = self._get_link()
        self._choose(link, GOOD)
        response = self._choose(link, "Ander-wachtw00rd-x!")
        self.assertIn("This link no longer works", response.text)

    def test_a_link_works_for_one_hour(self):
        self._create_entry()
        link = self._get_link()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=61)):
            self.assertIn("This link no longer works", self.url_open(link).text)

    def test_opening_a_link_does_not_use_it_up(self):
        self._create_entry()
        link = self._get_link()
        self.url_open(link)
        self.assertIn("Choose your password", self.url_open(link).text)

    def test_a_refused_password_does_not_use_up_the_link(self):
        entry = self._create_entry()
        link = self._get_link()
        refused = self._choose(link, "kort")
        self.assertIn("upper-case letter, digit, special character, at least 12", refused.text)
        different = self._choose(link, GOOD, "Tulpenveld#73")
        self.assertIn("Passwords do not match", different.text)
        self._choose(link, GOOD)
        self.assertTrue(entry.user_id.login_date)

    @mute_logger("odoo.addons.base.models.res_users", "odoo.addons.auth_signup.controllers.main")
    def test_a_link_of_an_entry_that_expired_since_signs_nobody_in(self):
        entry = self._create_entry()
        link = self._get_link()
        entry.valid_until = fields.Date.today() - timedelta(days=1)
        self._choose(link, GOOD)
        self.assertFalse(entry.user_id.login_date)

    def test_free_sign_up_is_closed_whatever_the_setting_says(self):
        for scope in ("b2b", "b2c"):
            self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", scope)
            users = self.env["res.users"].search_count([])
            values = {"login": "zelf@velthuis.example", "name": "Zelf", "password": GOOD}
            with self.subTest(scope), mute_logger("odoo.http"):
                self.assertEqual(self.url_open("/web/signup").status_code, 404)
                response = self._post("/web/signup", confirm_password=GOOD, **values)
                self.assertEqual(response.status_code, 404)
                self.assertEqual(self.env["res.users"].search_count([]), users)

    def test_sign_in_pages_have_frame_language_and_help(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        company = self.env.ref("base.public_user").company_id
        company.write({"portal_support_phone": "+31 10 000", "portal_support_hours": "ma t/m vr"})
        link = self._create_entry() and self._get_link()
        for path in ("/web/login", "/web/reset_password", link):
            page = html.fromstring(self.url_open(path).text)
            with self.subTest(path):
                self.assertTrue(page.xpath("//div[contains(@class, 'js_language_selector')]"))
                self.assertIn("+31 10 000", page.xpath("string(//*[@id='portal_support'])"))
                self.assertIn("ma t/m vr", page.xpath("string(//*[@id='portal_support'])"))

    def test_the_ticks_come_from_the_rules_of_the_server(self):
        self._create_entry(name="Ilse Maas")
        token = re.search(r"token=([^&\"]+)", self._get_link()).group(1)
        answer = self.make_jsonrpc_request(
            "/partner_access/password_failures", {"password": "Ilse", "token": token}
        )
        self.assertEqual(answer, ["digit", "special", "length", "personal"])

    def test_the_ticks_tell_nothing_without_a_link(self):
        self.authenticate(None, None)
        for token in (None, "x", "AUcoAmsAAAAA"):
            answer = self.make_jsonrpc_request(
                "/partner_access/password_failures", {"password": "x", "token": token}
            )
            with self.subTest(token):
                self.assertIsNone(answer)

    def test_signing_in_is_not_case_sensitive(self):
        user = self._create_portal_user()
        response = self._post("/web/login", login="  INKOOP@Velthuis.example", password=PASSWORD)
        self.assertEqual(response.url.partition("?")[0].removesuffix("/"), self.base_url() + "/my")
        self.assertTrue(user.login_date)

    def test_a_link_dies_when_the_password_is_changed_otherwise(self):
        user = self._create_portal_user()
        link = self._get_link()
        user._change_password("Ander-wachtw00rd-x!")
        self.assertIn("This link no longer works", self.url_open(link).text)

    def test_asking_too_often_from_one_network_changes_no_answer(self):
        self._create_entry()
        known = self._ask("inkoop@velthuis.example")
        requests = self.env["partner.access.request"].with_context(active_test=False)
        address = requests.search([]).network_address
        self.assertTrue(address)
        others = range(MAX_ADDRESSES_PER_HOUR)
        requests.create([{"email": f"x{n}", "network_address": address} for n in others])
        before = requests.search_count([])
        with mute_logger("odoo.addons.partner_access.models.partner_access_request"):
            self.assertEqual(self._ask("ander@velthuis.example"), known)
        self.assertEqual(requests.search_count([]), before)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_control_characters_break_neither_sign_in_nor_the_request(self):
        for login in ("inkoop\x00@velthuis.example", "\x1f", "x\x1f"):
            with self.subTest(login):
                response = self._post("/web/login", login=login, password="x")
                self.assertEqual(response.status_code, 200)
                status, text = self._ask(login)
                self.assertEqual(status, 200)
                self.assertIn("If this address is registered", text)
