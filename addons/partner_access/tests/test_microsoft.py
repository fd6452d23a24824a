import re
import time
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

from lxml import html

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models import partner_access_microsoft
from ..tools import openid
from .common import PASSWORD, PageCommon
from .openid_provider import CLIENT_ID, CLIENT_SECRET, TENANT, OpenIdProvider

OTHER_TENANT = "aaaaaaaa-2222-3333-4444-555555555555"


@tagged("post_install", "-at_install")
class TestMicrosoft(PageCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(mute_logger("py.warnings"))  # of the provider, about authlib
        cls.provider = OpenIdProvider()
        cls.addClassCleanup(cls.provider.stop)
        params = cls.env["ir.config_parameter"]
        for name, value in {
            "enabled": "True",
            "client_id": CLIENT_ID,
            "authority": cls.provider.url,
        }.items():
            params.set_param(f"partner_access.microsoft_{name}", value)
        cls.env["partner.access.secret"]._set_secret("microsoft", CLIENT_SECRET)
        cls.company = cls._create_company(cls, portal_microsoft_tenants=TENANT)
        cls.user = cls._create_portal_user(cls, cls.company, login="mira@velthuis.example")

    def setUp(self):
        super().setUp()
        self.provider.reset()

    # --- What a browser does ---------------------------------------------------------------------

    def _start(self, path="/web/login/microsoft", **query):
        """Where the button leads to."""
        address = f"{path}?{urlencode(query)}" if query else path
        response = self.url_open(address, allow_redirects=False)
        return response.headers["Location"]

    def _sign_in(self, name="mira", query=None, **claims):
        """Use the button, and come back with what the provider answers."""
        self.authenticate(None, None)
        return self._come_back(self.provider.answer(self._start(**query or {}), name, **claims))

    def _come_back(self, address):
        with mute_logger(
            "odoo.addons.partner_access.controllers.microsoft",
            "odoo.addons.base.models.res_users",
        ):
            return self.url_open(address, allow_redirects=False)

    def _get_error(self, response):
        page = html.fromstring(response.text)
        return page.xpath("normalize-space(//p[contains(@class, 'alert-danger')])")

    def _assert_in(self, response, path="/my"):
        self.assertEqual(urlsplit(response.headers["Location"]).path, path)
        self.assertTrue(self._read_session().uid)

    def _assert_out(self, response, code="refused"):
        location = urlsplit(response.headers["Location"])
        self.assertEqual(location.path, "/web/login")
        self.assertEqual(parse_qs(location.query)["microsoft"], [code])
        self.assertFalse(self._read_session().uid)

    # --- Coming in -------------------------------------------------------------------------------

    def test_an_address_of_the_register_comes_in_and_gets_its_user(self):
        entry = self._create_entry(email="nieuw@velthuis.example", partner_id=self.company.id)
        self._assert_in(self._sign_in("nieuw", preferred_username="Nieuw@Velthuis.example"))
        self.assertTrue(entry.user_id.login_date)
        identity = self.env["partner.access.identity"].search([("user_id", "=", entry.user_id.id)])
        self.assertEqual(identity.tenant, TENANT)
        logged = self.env["partner.access.log"].search([("user_id", "=", entry.user_id.id)])
        self.assertIn("microsoft_linked", logged.mapped("kind"))

    def test_afterwards_the_account_counts_and_not_the_address(self):
        self._create_portal_user(self.company, login="baas@velthuis.example")
        self._sign_in()
        self._assert_in(self._sign_in(preferred_username="baas@velthuis.example"))
        self.assertEqual(self.env["partner.access.identity"].search([]).user_id, self.user)
        with self.subTest("another account with the address of who is linked"):
            self._assert_out(self._sign_in("ander", preferred_username="mira@velthuis.example"))

    def test_what_is_asked_is_bound_to_this_browser_and_this_attempt(self):
        query = parse_qs(urlsplit(self._start(login="mira@velthuis.example")).query)
        self.assertEqual(query["code_challenge_method"], ["S256"])
        self.assertEqual(query["response_type"], ["code"])
        self.assertEqual(query["client_id"], [CLIENT_ID])
        self.assertEqual(query["login_hint"], ["mira@velthuis.example"])
        self.assertEqual(query["prompt"], ["select_account"])
        again = parse_qs(urlsplit(self._start()).query)
        for name in ("state", "nonce", "code_challenge"):
            self.assertGreaterEqual(len(query[name][0]), 30)
            self.assertNotEqual(query[name], again[name])

    def test_the_code_is_redeemed_with_secret_and_verifier(self):
        self._sign_in()
        (sent,) = self.provider.requests
        self.assertEqual(sent["client_secret"], CLIENT_SECRET)
        self.assertGreaterEqual(len(sent["code_verifier"]), 43)
        self.assertEqual(sent["redirect_uri"], self.base_url() + "/web/login/microsoft/callback")

    def test_one_goes_on_where_one_wanted_to_but_never_to_another_server(self):
        self._assert_in(self._sign_in(query={"redirect": "/my/security"}), "/my/security")
        for address in ("https://evil.example/", "//evil.example/x", "/\\evil.example", "evil"):
            with self.subTest(address):
                location = self._sign_in(query={"redirect": address}).headers["Location"]
                self.assertIn(urlsplit(location).netloc, ("", urlsplit(self.base_url()).netloc))
                self.assertTrue(location.startswith(("/", self.base_url())))

    def test_a_new_key_of_the_provider_is_asked_for(self):
        self._assert_in(self._sign_in())
        self.provider.rotate_key()
        self._assert_in(self._sign_in())

    def test_a_shared_computer_has_the_password_asked_at_microsoft(self):
        address = self._start(shared_computer="1")
        self.assertEqual(parse_qs(urlsplit(address).query)["prompt"], ["login"])
        response = self._come_back(self.provider.answer(address))
        cookie = next(c for c in response.cookies if c.name == "session_id")
        self.assertIsNone(cookie.expires)
        with self.subTest("and to the next one too, who does not say so"):
            query = parse_qs(urlsplit(self._start()).query)
            self.assertEqual(query["prompt"], ["login"])

    # --- Not coming in ---------------------------------------------------------------------------

    def test_no_account_creates_access(self):
        users = self.env["res.users"].with_context(active_test=False).search_count([])
        self._assert_out(self._sign_in("vreemd"))
        self.assertEqual(
            self.env["res.users"].with_context(active_test=False).search_count([]), users
        )

    def test_who_has_no_access_is_refused_in_the_same_words(self):
        self._create_entry(email="verlopen@velthuis.example", valid_until="2020-01-01")
        self._create_portal_user(self.company, login="weg@velthuis.example").active = False
        self._create_entry(email="elders@velthuis.example")  # of a company without a tenant
        self._create_staff(login="staf@velthuis.example")  # our tenants are not named
        mira = {"preferred_username": "mira@velthuis.example"}
        for name, claims in {
            "verlopen": {},
            "weg": {},
            "elders": {},
            "staf": {},
            "another tenant": {**mira, "tid": OTHER_TENANT},
            "personal account": {**mira, "tid": "9188040d-6c67-4c5b-b112-36a304b66dad"},
            "guest": {**mira, "acct": 1},
            "guest of another": {**mira, "idp": f"https://sts.windows.net/{OTHER_TENANT}/"},
            "e-mail that nobody verified": {
                "preferred_username": "x@elders.example",
                "email": "mira@velthuis.example",
            },
            "no object id": {**mira, "oid": ""},
        }.items():
            with self.subTest(name):
                self._assert_out(self._sign_in(name, **claims))
        self.assertFalse(self.env["partner.access.identity"].search([]))

    def test_a_refusal_is_explained_in_the_log(self):
        self._create_entry(email="elders@velthuis.example")
        self._sign_in("elders")
        row = self.env["partner.access.log"].search([("kind", "=", "failure")], limit=1)
        self.assertIn(f"elders@velthuis.example of tenant {TENANT}", row.text)

    def test_an_entry_without_user_gets_none_for_a_strange_tenant(self):
        entry = self._create_entry(email="nieuw@velthuis.example", partner_id=self.company.id)
        self._assert_out(self._sign_in("nieuw", tid=OTHER_TENANT))
        self.assertFalse(entry.user_id)

    def test_who_lost_access_or_tenant_is_out_although_linked(self):
        self._assert_in(self._sign_in())
        self.company.portal_microsoft_tenants = OTHER_TENANT
        self._assert_out(self._sign_in())
        self.company.portal_microsoft_tenants = TENANT
        self.user.access_entry_ids.valid_until = "2020-01-01"
        self._assert_out(self._sign_in())

    def test_employees_come_in_where_our_tenants_are_named(self):
        staff = self._create_staff(login="staf@noorder.example")
        params = self.env["ir.config_parameter"]
        params.set_param("partner_access.microsoft_staff_tenants", TENANT)
        self._sign_in("staf", preferred_username="staf@noorder.example")
        self.assertTrue(staff.login_date)

    # --- Attacks ---------------------------------------------------------------------------------

    def test_a_bent_token_is_refused(self):
        now = int(time.time())
        stranger = self.provider.make_key()
        for name, bent in {
            "nonce": {"claims": {"nonce": "another"}},
            "no nonce": {"claims": {"nonce": None}},
            "audience": {"claims": {"aud": "another application"}},
            "one of many audiences": {"claims": {"aud": [CLIENT_ID, "x"], "azp": "x"}},
            "issuer": {"claims": {"iss": "https://login.evil.example"}},
            "expired": {"claims": {"exp": now - 3600, "iat": now - 7200}},
            "of tomorrow": {"claims": {"nbf": now + 86400}},
            "no expiry": {"claims": {"exp": None}},
            "key of somebody else": {"key": stranger},
            "unknown key": {"key": stranger, "header": {"kid": stranger.thumbprint()}},
            "signed with the secret": {
                "key": self.provider.make_key(CLIENT_SECRET),
                "header": {"alg": "HS256"},
            },
        }.items():
            self.provider.reset()
            vars(self.provider).update(bent)
            with self.subTest(name):
                self._assert_out(self._sign_in(), "lost")
        self.assertFalse(self.env["partner.access.identity"].search([]))

    def test_a_token_without_signature_is_refused(self):
        unsigned = "eyJhbGciOiJub25lIn0"
        sign = self.provider._sign
        for end in ("", "x"):
            with (
                self.subTest(end),
                patch.object(
                    self.provider,
                    "_sign",
                    lambda t, e=end: f"{unsigned}.{sign(t).split('.')[1]}.{e}",
                ),
            ):
                self._assert_out(self._sign_in(), "lost")

    def test_an_issuer_with_a_place_for_the_tenant_holds_for_that_tenant(self):
        metadata = openid.fetch_metadata(self.provider.url)
        bent = {**metadata, "issuer": "https://sts.example/{tenantid}/v2.0"}
        with patch.object(openid, "fetch_metadata", return_value=bent):
            self.provider.claims = {"iss": f"https://sts.example/{OTHER_TENANT}/v2.0"}
            self._assert_out(self._sign_in(), "lost")
            self.provider.claims = {"iss": f"https://sts.example/{TENANT}/v2.0"}
            self._assert_in(self._sign_in())

    def test_an_answer_counts_once(self):
        address = self.provider.answer(self._start())
        self._assert_in(self._come_back(address))
        self.authenticate(None, None)
        with self.subTest("the same address again"):
            self._assert_out(self._come_back(address), "lost")
        with self.subTest("the same code with a state of now"):
            state = parse_qs(urlsplit(self._start()).query)["state"][0]
            response = self._come_back(re.sub(r"state=[^&]+", f"state={state}", address))
            self._assert_out(response, "lost")

    def test_an_answer_to_another_browser_signs_nobody_in(self):
        address = self.provider.answer(self._start())
        self.authenticate(None, None)  # another session: the victim opens the attacker's address
        self._assert_out(self._come_back(address), "lost")

    def test_a_code_of_another_attempt_does_not_fit(self):
        stolen = parse_qs(urlsplit(self.provider.answer(self._start())).query)["code"][0]
        self.authenticate(None, None)
        address = re.sub(r"code=[^&]+", f"code={stolen}", self.provider.answer(self._start()))
        self._assert_out(self._come_back(address), "lost")

    def test_nobody_takes_the_place_of_who_is_signed_in_without_confirming(self):
        other = self._create_portal_user(self.company, login="baas@velthuis.example")
        self.authenticate(other.login, PASSWORD)
        for query in ({}, {"switch_from": other.id}):
            with self.subTest(query):
                response = self._come_back(self.provider.answer(self._start(**query)))
                self.assertIn("microsoft=other", response.headers["Location"])
                self.assertEqual(self._read_session().uid, other.id)
        values = {"switch_from": other.id, "csrf_token": http.Request.csrf_token(self)}
        page = self.url_open("/web/login/microsoft", data=values, allow_redirects=False)
        self._assert_in(self._come_back(self.provider.answer(page.headers["Location"])))
        self.assertEqual(self._read_session().uid, self.user.id)

    def test_an_answer_that_comes_late_is_refused(self):
        with patch.object(partner_access_microsoft, "ATTEMPT_SECONDS", -1):
            self._assert_out(self._sign_in(), "lost")

    def test_what_is_no_answer_leads_back(self):
        path = "/web/login/microsoft/callback"
        for query in ("", "?state=x&code=y", "?code=y", "?state[]=x", "?error=access_denied"):
            with self.subTest(query):
                self._assert_out(self._come_back(path + query), "lost")
        state = parse_qs(urlsplit(self._start()).query)["state"][0]
        response = self._come_back(f"{path}?state={state}&error=access_denied")
        self._assert_out(response, "cancelled")

    def test_the_sign_in_page_says_why_one_is_back(self):
        for code, text in (
            ("refused", "This Microsoft account has no access here"),
            ("lost", "This sign-in took too long, or was used already"),
            ("cancelled", "was not finished"),
            ("unreachable", "does not work at the moment"),
            ("<b>x</b>", ""),
        ):
            with self.subTest(code):
                page = self.url_open(f"/web/login?{urlencode({'microsoft': code})}")
                self.assertIn(text, self._get_error(page))
                self.assertEqual(bool(self._get_error(page)), bool(text))

    @mute_logger("odoo.addons.base.models.res_users")
    def test_no_credential_from_outside_is_an_account(self):
        self._sign_in()
        self.authenticate(None, None)
        identity = self.env["partner.access.identity"].search([("user_id", "=", self.user.id)])
        self.url_open(
            "/web/login",
            data={
                "login": self.user.login,
                "type": "microsoft",
                "account": [identity.tenant, identity.object_id],
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertFalse(self._read_session().uid)

    @mute_logger("odoo.addons.partner_access.controllers.microsoft")
    def test_a_provider_that_is_not_there_is_named_so(self):
        params = self.env["ir.config_parameter"]
        for address in ("http://127.0.0.1:9", "http://login.example", self.provider.url + "/x"):
            params.set_param("partner_access.microsoft_authority", address)
            with self.subTest(address):
                self._assert_out(self._come_back("/web/login/microsoft"), "unreachable")

    def test_a_secret_that_has_ended_is_no_fault_of_who_signs_in(self):
        self.env["partner.access.secret"]._set_secret("microsoft", "of last year")
        self._assert_out(self._sign_in(), "unreachable")

    def test_without_the_setting_there_is_neither_button_nor_way(self):
        self.env["ir.config_parameter"].set_param("partner_access.microsoft_enabled", False)
        self.assertNotIn("Microsoft", self.url_open("/web/login").text)
        self.assertEqual(urlsplit(self.url_open("/web/login/microsoft").url).path, "/web/login")

    # --- Only Microsoft 365 ----------------------------------------------------------------------

    def _get_link(self, entry):
        entry.action_send_link()
        body = self._run_link_job().body_html
        return re.search(r"/web/reset_password[^\"]*", body.replace("&amp;", "&")).group()

    def _send(self, path, **values):
        self.authenticate(None, None)
        values["csrf_token"] = http.Request.csrf_token(self)
        with mute_logger("odoo.addons.base.models.res_users"):
            return self.url_open(path, data=values)

    def test_only_microsoft_is_told_after_the_right_password_only(self):
        self.company.is_portal_microsoft_only = True
        wrong = self._get_error(self._send("/web/login", login=self.user.login, password="fout"))
        unknown = self._get_error(self._send("/web/login", login="x@y.example", password="fout"))
        right = self._get_error(self._send("/web/login", login=self.user.login, password=PASSWORD))
        self.assertEqual(wrong, unknown)
        self.assertNotIn("Microsoft", wrong)
        self.assertIn("Your company signs in with Microsoft 365", right)
        self._assert_in(self._sign_in())

    def test_only_microsoft_takes_no_link_that_was_mailed_before(self):
        entry = self._create_entry(email="nieuw@velthuis.example", partner_id=self.company.id)
        link = self._get_link(entry)
        self.company.is_portal_microsoft_only = True
        page = html.fromstring(self.url_open(link).text)
        self.assertFalse(page.xpath("//input[@name='password']"))
        self.assertTrue(page.xpath("//button[@formaction='/web/login/microsoft']"))
        response = self._send(link, password=PASSWORD, confirm_password=PASSWORD)
        self.assertIn("Your company signs in with Microsoft 365", self._get_error(response))
        self.assertFalse(entry.user_id.login_date)

    def test_who_has_no_password_confirms_with_microsoft_before_creating_a_key(self):
        self.company.is_portal_microsoft_only = True
        self._sign_in()
        page = html.fromstring(self.url_open("/my/security").text)
        self.assertFalse(page.xpath("//input[@type='password']"))
        (path,) = page.xpath("//section[@name='portal_microsoft']//a/@href")
        self._assert_in(self._come_back(self.provider.answer(self._start(path))), "/my/security")
        self.assertGreater(self._read_session()["identity-check-last"], time.time() - 60)

    def test_the_button_stands_on_all_three_pages(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env.ref("base.public_user").company_id.portal_support_phone = "+31 10 000"
        link = self._get_link(self._create_entry(partner_id=self.company.id))
        for path in ("/web/login", "/web/reset_password", link):
            page = html.fromstring(self.url_open(path).text)
            with self.subTest(path):
                self.assertEqual(
                    len(page.xpath("//form//button[@formaction='/web/login/microsoft']")), 1
                )
                self.assertTrue(page.xpath("//*[@id='portal_support']"))
                self.assertTrue(page.xpath("//div[contains(@class, 'js_language_selector')]"))

    # --- The lock over a page --------------------------------------------------------------------

    def _lock(self, user):
        """Sign in, and let the session be one that nobody used for long."""
        self.authenticate(user.login, PASSWORD)
        group = self.env.ref("base.group_portal")
        group.write({"lock_timeout_inactivity": 15})
        self.session["identity-check-next"] = time.time() - 3600
        http.root.session_store.save(self.session)

    def _is_locked(self):
        return "check-identity" in self.url_open("/my", allow_redirects=False).headers.get(
            "Location", ""
        )

    def _answer_lock(self, name="mira", **query):
        address = self._start("/web/login/microsoft/unlock", **query)
        self.assertEqual(parse_qs(urlsplit(address).query)["max_age"], ["0"])
        return self._come_back(self.provider.answer(address, name))

    def test_who_signs_in_with_microsoft_unlocks_with_it(self):
        self._sign_in()
        self._lock(self.user)
        self.assertTrue(self._is_locked())
        page = html.fromstring(self._answer_lock().text)
        self.assertEqual(page.xpath("//*[@data-state]/@data-state"), ["done"])
        self.assertFalse(self._is_locked())

    def test_another_account_or_an_old_sign_in_unlocks_nothing(self):
        self._create_portal_user(self.company, login="baas@velthuis.example")
        self._sign_in("baas")
        self._sign_in()
        for name, who, claims in (
            ("another account", "baas", {}),
            ("signed in before", "mira", {"auth_time": int(time.time()) - 900}),
            ("not said when", "mira", {"auth_time": None}),
        ):
            self._lock(self.user)
            self.provider.claims = claims
            with self.subTest(name):
                page = html.fromstring(self._answer_lock(who).text)
                self.assertEqual(page.xpath("//*[@data-state]/@data-state"), ["error"])
                self.assertTrue(self._is_locked())
