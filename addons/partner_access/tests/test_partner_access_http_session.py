import time
from contextlib import contextmanager

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import TIMESTEP, hotp

from .common import PASSWORD, PageCommon

STATE = "/partner_access/session/state"


@tagged("post_install", "-at_install")
class TestPartnerAccessHttpSession(PageCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._create_company(cls)
        cls.user = cls._create_portal_user(cls, cls.company)
        cls.login = cls.user.login

    def _sign_in(self, **values):
        """Sign in as the user; ``values`` go into the file of the session."""
        self.authenticate(self.login, PASSWORD)
        self._write_session(**values)

    def _ask(self, path, headers=None, **params):
        """Call as the scripts of a page do; return the whole answer."""
        return self.url_open(path, json={"params": params}, headers=headers)

    # --- Shared computers ------------------------------------------------------------------------

    def test_the_cookie_of_a_shared_computer_ends_with_the_browser(self):
        for shared, has_age in (("1", False), (None, True)):
            self.authenticate(None, None)
            values = {"login": self.login, "password": PASSWORD}
            if shared:
                values["shared_computer"] = shared
            answer = self._post("/web/login", **values)
            with self.subTest(shared=shared):
                self.assertEqual(self._read_session().uid, self.user.id)
                cookie = self._get_session_cookie(answer)
                self.assertEqual("Max-Age" in cookie, has_age)
                self.assertEqual("Expires" in cookie, has_age)

    def _get_session_cookie(self, answer):
        cookies = answer.raw.headers.getlist("Set-Cookie")
        return next(cookie for cookie in cookies if cookie.startswith("session_id="))

    def test_a_cookie_that_is_renewed_has_no_age_either(self):
        for path in ("/my/security", "/web/login?switch=1"):
            # Old enough that core gives the session another id.
            self._sign_in(shared_computer=1800, create_time=time.time() - 4 * 3600)
            cookie = self._get_session_cookie(self.url_open(path, allow_redirects=False))
            with self.subTest(path=path):
                self.assertNotIn("Max-Age", cookie)
                self.assertNotIn("Expires", cookie)

    def test_the_minutes_are_a_setting(self):
        minutes = self.env["res.users"]._get_shared_minutes
        self.assertEqual(minutes(), 30)
        for value, expected in (("5", 5), ("0", 30), ("", 30), ("soon", 30)):
            self.env["ir.config_parameter"].set_param("partner_access.shared_minutes", value)
            with self.subTest(value=value):
                self.assertEqual(minutes(), expected)

    def test_a_shared_computer_is_locked_when_its_time_is_over(self):
        for seconds, is_locked in ((1790, False), (1810, True)):
            self._sign_in(shared_computer=1800, last_used=time.time() - seconds)
            location = self.url_open("/my/security", allow_redirects=False).headers.get("Location")
            state = self._ask(STATE).json()["result"]
            with self.subTest(seconds=seconds):
                self.assertEqual("check-identity" in (location or ""), is_locked)
                self.assertEqual(state["is_locked"], is_locked)

    def test_who_is_locked_is_nobody_on_public_pages(self):
        self._sign_in(shared_computer=1800, last_used=time.time() - 1810)
        page = self.url_open("/web/login?switch=1")
        self.assertNotIn(self.company.name, page.text)
        answer = self._ask("/my/address/country_info/1", address_type="billing", use_delivery=0)
        self.assertEqual(answer.json()["error"]["code"], 100)

    def test_what_nobody_touched_is_no_use(self):
        for headers, is_used in (({}, True), ({"X-Portal-Idle": "1000"}, False)):
            used = time.time() - 900
            self._sign_in(shared_computer=1800, last_used=used)
            self._ask(STATE, headers)
            with self.subTest(headers=headers):
                self.assertEqual(self._read_session()["last_used"] > used, is_used)

    @mute_logger("odoo.http")
    def test_who_is_locked_reads_nothing_by_the_addresses_of_programs(self):
        names = {"Dest": "document", "Mode": "navigate", "Site": "none", "User": "?1"}
        headers = {f"Sec-Fetch-{name}": value for name, value in names.items()}
        for seconds, is_answered in ((1700, True), (1810, False)):
            self._sign_in(shared_computer=1800, last_used=time.time() - seconds)
            path, body = "/json/2/res.users/context_get", {"context": {}}
            answer = self.url_open(path, json=body, headers=headers)
            with self.subTest(seconds=seconds):
                self.assertEqual(answer.status_code == 200, is_answered)
                self.assertEqual("lang" in answer.text, is_answered)

    def test_who_types_without_asking_the_server_is_not_locked(self):
        self._sign_in(shared_computer=1800, last_used=time.time() - 1700)
        self._ask(STATE, {"X-Portal-Idle": "30"})
        self._write_session(last_used=self._read_session()["last_used"] - 1700)
        self.assertFalse(self._ask(STATE).json()["result"]["is_locked"])

    def test_a_group_with_a_time_is_locked_without_a_websocket(self):
        self.env.ref("base.group_portal").lock_timeout_inactivity = 15
        self._sign_in(last_used=time.time() - 16 * 60)
        self.assertTrue(self._ask(STATE).json()["result"]["is_locked"])

    def test_the_session_of_an_own_computer_is_not_written_at_each_request(self):
        self._sign_in()
        self.url_open("/my/security")
        self.assertNotIn("last_used", self._read_session())

    @mute_logger("odoo.http")
    def test_wrong_answers_to_the_lock_count_as_failed_sign_ins(self):
        asked = []

        @contextmanager
        def assert_can_auth(users, user=None):
            asked.append(user)
            yield

        self._sign_in(shared_computer=1800, last_used=time.time() - 1810)
        self.patch(type(self.env["res.users"]), "_assert_can_auth", assert_can_auth)
        self._ask("/auth-timeout/session/check-identity", type="totp", token="123456")
        self.assertEqual(asked, [self.login])

    def test_a_locked_shared_computer_opens_with_both_factors(self):
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = %s WHERE id = %s", ("A" * 32, self.user.id)
        )
        self._sign_in(shared_computer=1800, last_used=time.time() - 1810)
        code = hotp(b"\0" * 20, int(time.time() / TIMESTEP))
        for credential, is_locked in (
            ({"type": "password", "password": PASSWORD}, True),
            ({"type": "totp", "token": f"{code:06}"}, False),
        ):
            self._ask("/auth-timeout/session/check-identity", **credential)
            with self.subTest(credential["type"]):
                self.assertEqual(self._ask(STATE).json()["result"]["is_locked"], is_locked)

    # --- Two users -------------------------------------------------------------------------------

    def test_a_page_of_somebody_else_does_not_write(self):
        other, own = str(self.user.id + 1), str(self.user.id)
        self._sign_in()
        for headers, values, status in (
            ({"X-Portal-User": other}, {}, 409),
            ({}, {"portal_user": other}, 409),
            ({"X-Portal-User": "x"}, {}, 409),
            ({"X-Portal-User": own}, {}, 303),
            ({}, {"portal_user": own}, 303),
            ({}, {}, 303),
        ):
            answer = self._post("/my/language", headers, lang="en_US", **values)
            with self.subTest(headers=headers, values=values):
                self.assertEqual(answer.status_code, status)

    def test_calls_of_a_page_of_somebody_else_are_refused(self):
        self._sign_in()
        for uid, status in ((self.user.id + 1, 409), (self.user.id, 200)):
            headers = {"X-Portal-User": str(uid)}
            answer = self._ask("/my/counters", headers, counters=[])
            with self.subTest(uid=uid):
                self.assertEqual(answer.status_code, status)
                self.assertEqual("error" in answer.json(), status == 409)

    def test_the_refusal_says_who_is_signed_in(self):
        self._sign_in()
        answer = self._post("/my/language", {"X-Portal-User": "1"}, lang="en_US")
        self.assertIn(self.login, answer.text)
        self.assertIn("op-signin", answer.text)

    def test_reading_is_not_refused(self):
        self._sign_in()
        answer = self.url_open("/my/security", headers={"X-Portal-User": "1"})
        self.assertEqual(answer.status_code, 200)

    def test_a_new_user_finds_nothing_of_the_one_before(self):
        other = self._create_portal_user(self.company, login="tweede@velthuis.example")
        self._sign_in(portal_counters={"order_count": 7}, my_cases_history=[1])
        answer = self._post(
            "/web/login", login=other.login, password=PASSWORD, switch_from=str(self.user.id)
        )
        self.assertEqual(answer.status_code, 303)
        session = self._read_session()
        self.assertEqual(session.uid, other.id)
        self.assertNotIn("portal_counters", session)
        self.assertNotIn("my_cases_history", session)

    # --- Forms -----------------------------------------------------------------------------------

    def test_a_form_is_taken_once(self):
        self._sign_in()
        key = "a" * 32
        for tz in ("first", "second"):
            answer = self._post("/my/language", portal_key=key, lang="", redirect=f"/my?x={tz}")
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].endswith("/my?x=first"))
        self.assertEqual(self.env["partner.access.submission"].search_count([]), 1)

    def test_a_form_that_was_refused_may_be_sent_again(self):
        self._sign_in()
        for _time in range(2):
            answer = self._post(
                "/my/security", portal_key="b" * 32, old="wrong", new1="x", new2="y", op="password"
            )
            self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.env["partner.access.submission"].search([]))

    def test_the_page_knows_what_the_lock_over_it_needs(self):
        self._sign_in(shared_computer=1800)
        page = self.url_open("/my/security").text
        self.assertIn(f'"login": "{self.login}"', page)
        self.assertIn('"limit": 1800', page)
        self.assertNotIn("lock_timeout_inactivity", page)
