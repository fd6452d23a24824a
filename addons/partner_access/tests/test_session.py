import time

from odoo.http import root
from odoo.tests import HttpCase, tagged

from odoo.addons.auth_totp.models.totp import TIMESTEP, hotp

from .common import PASSWORD, PageCommon

RESUME = "/partner_access/session/resume"
STATE = "/partner_access/session/state"


@tagged("post_install", "-at_install")
class TestSession(PageCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls._create_company(cls)
        cls.ilse = cls._create_portal_user(cls, company)
        cls.bram = cls._create_portal_user(cls, company, login="bram@velthuis.example")

    def _resume(self, user, password=PASSWORD, **params):
        """Go on as a user, as the lock over a page of theirs does; return how it stands then."""
        params = {"uid": user.id, "login": user.login, "password": password, **params}
        answer = self.url_open(RESUME, json={"params": params}).json()["result"]
        return {**self.url_open(STATE, json={}).json()["result"], **answer}

    def test_who_signs_in_with_a_second_factor_stands_in_the_log(self):
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = %s WHERE id = %s", ("A" * 32, self.ilse.id)
        )
        self.authenticate(None, None)
        self._post("/web/login", login=self.ilse.login, password=PASSWORD)
        code = hotp(b"\0" * 20, int(time.time() / TIMESTEP))
        self._post("/web/login/totp", totp_token=f"{code:06}")
        self.assertEqual(self._read_session().uid, self.ilse.id)
        row = self.env["partner.access.log"].search([("kind", "=", "sign_in")], limit=1)
        self.assertEqual((row.user_id, row.login), (self.ilse, self.ilse.login))

    # --- Sign-in page ----------------------------------------------------------------------------

    def test_the_sign_in_page_says_who_is_signed_in(self):
        for login, is_told in ((self.ilse.login, True), (None, False)):
            self.authenticate(login, login and PASSWORD)
            for path in ("/web/login", "/web/login?switch=1&redirect=/my/orders"):
                page = self.url_open(path).text
                with self.subTest(login=login, path=path):
                    self.assertEqual(self.ilse.login in page, is_told)
                    self.assertEqual('name="switch_from"' in page, is_told)

    def test_a_second_user_confirms_to_take_the_place_of_the_first(self):
        self.authenticate(self.ilse.login, PASSWORD)
        answer = self._post("/web/login", login=self.bram.login, password=PASSWORD)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.ilse.login, answer.text)
        self.assertIn(f'value="{self.bram.login}"', answer.text)
        self.assertNotIn(PASSWORD, answer.text)
        self.assertEqual(self._read_session().uid, self.ilse.id)

    def test_who_confirms_is_signed_in(self):
        self.authenticate(self.ilse.login, PASSWORD)
        values = {"login": self.bram.login, "password": PASSWORD, "switch_from": self.ilse.id}
        self.assertEqual(self._post("/web/login", **values).status_code, 303)
        self.assertEqual(self._read_session().uid, self.bram.id)

    def test_to_confirm_means_who_is_signed_in_now(self):
        self.authenticate(self.ilse.login, PASSWORD)
        values = {"login": self.bram.login, "password": PASSWORD, "switch_from": self.bram.id}
        self.assertEqual(self._post("/web/login", **values).status_code, 200)
        self.assertEqual(self._read_session().uid, self.ilse.id)

    def test_the_same_user_just_signs_in(self):
        self.authenticate(self.ilse.login, PASSWORD)
        login = f" {self.ilse.login.upper()} "
        self.assertEqual(self._post("/web/login", login=login, password=PASSWORD).status_code, 303)

    def test_a_wrong_password_changes_nothing_for_who_is_signed_in(self):
        self.authenticate(self.ilse.login, PASSWORD)
        self._write_session(shared_computer=1800)
        self._post("/web/login", login=self.bram.login, password="x", switch_from=self.ilse.id)
        self.assertEqual(self._read_session().uid, self.ilse.id)
        self.assertEqual(self._read_session()["shared_computer"], 1800)

    def test_the_way_on_stays_within_the_portal(self):
        self.authenticate(self.ilse.login, PASSWORD)
        for target in ("//evil.example", "https://evil.example", "javascript:alert(1)"):
            page = self.url_open(f"/web/login?switch=1&redirect={target}").text
            with self.subTest(target=target):
                self.assertNotIn(f'href="{target}', page)
        self.assertIn(
            'href="/my/orders"', self.url_open("/web/login?switch=1&redirect=/my/orders").text
        )

    def test_a_new_password_can_be_chosen_on_a_shared_computer(self):
        self.bram.partner_id.signup_prepare(signup_type="reset")
        token = self.bram.partner_id._generate_signup_token()
        self.authenticate(None, None)
        new = "Zeepaard#4711y"
        self._post(
            f"/web/reset_password?token={token}",
            login=self.bram.login,
            name="Bram",
            token=token,
            shared_computer="1",
            password=new,
            confirm_password=new,
        )
        self.assertEqual(self._read_session().uid, self.bram.id)
        self.assertEqual(self._read_session()["shared_computer"], 1800)

    def test_the_page_of_a_link_says_whose_place_is_taken(self):
        self.bram.partner_id.signup_prepare(signup_type="reset")
        path = f"/web/reset_password?token={self.bram.partner_id._generate_signup_token()}"
        for user, is_told in ((self.ilse, True), (self.bram, False)):
            self.authenticate(user.login, PASSWORD)
            with self.subTest(user=user.login):
                self.assertEqual("op-signed-in" in self.url_open(path).text, is_told)

    # --- Pages that are open ---------------------------------------------------------------------

    def test_a_page_goes_on_after_its_session_has_ended(self):
        self.authenticate(None, None)
        self.assertIn("error", self._resume(self.ilse, "wrong"))
        state = self._resume(self.ilse, is_shared=True)
        self.assertEqual((state["uid"], state["is_locked"]), (self.ilse.id, False))
        self.assertEqual(self._read_session()["shared_computer"], 1800)

    def test_the_token_of_the_answer_is_good_for_the_next_form(self):
        self.authenticate(None, None)
        token = self._resume(self.ilse)["csrf_token"]
        answer = self.url_open("/my/language", {"csrf_token": token}, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)

    def test_a_locked_page_goes_on_with_the_right_password(self):
        self.authenticate(self.ilse.login, PASSWORD)
        self._write_session(shared_computer=1800, last_used=0)
        for password, is_locked in (("wrong", True), (PASSWORD, False)):
            with self.subTest(password=password):
                state = self._resume(self.ilse, password)
                self.assertEqual(state["is_locked"], is_locked)
                self.assertEqual("error" in state, is_locked)
        self.assertEqual(self.url_open("/my/security", allow_redirects=False).status_code, 200)

    def test_a_page_takes_the_place_of_another_user_only_when_that_is_meant(self):
        for switch_from, uid in ((None, self.bram.id), (self.bram.id, self.ilse.id)):
            self.authenticate(self.bram.login, PASSWORD)
            with self.subTest(switch_from=switch_from):
                self.assertEqual(self._resume(self.ilse, switch_from=switch_from)["uid"], uid)
                self.assertEqual(self._read_session().uid, uid)

    def test_somebody_elses_password_opens_no_page(self):
        self.bram.password = "Zeepaard#4711y"
        self.authenticate(None, None)
        self.assertIn("error", self._resume(self.ilse, "Zeepaard#4711y"))
        self.assertFalse(self._read_session().uid)

    # --- Where one is signed in ------------------------------------------------------------------

    def _sign_in_elsewhere(self, user):
        """A device of a user in another browser."""
        session = root.session_store.new()
        root.session_store.save(session)
        self.addCleanup(root.session_store.delete, session)
        values = {"session_identifier": session.sid[:42], "user_id": user.id, "browser": "firefox"}
        return self.env["res.device.log"].create(values)

    def test_own_sessions_are_listed_and_ended_one_by_one(self):
        elsewhere = self._sign_in_elsewhere(self.ilse)
        self.authenticate(self.ilse.login, PASSWORD)
        self.assertIn(f'value="{elsewhere.id}"', self.url_open("/my/security").text)
        answer = self._post("/my/security/sessions", device=str(elsewhere.id))
        self.assertIn("/auth-timeout/check-identity", answer.headers["Location"])
        self.assertFalse(elsewhere.revoked)
        params = {"type": "password", "password": PASSWORD}
        self.url_open("/auth-timeout/session/check-identity", json={"params": params})
        self._post("/my/security/sessions", device=str(elsewhere.id))
        self.assertTrue(elsewhere.revoked)
        self.assertEqual(self._read_session().uid, self.ilse.id)

    def test_sessions_of_others_are_not_found(self):
        elsewhere = self._sign_in_elsewhere(self.bram)
        self.authenticate(self.ilse.login, PASSWORD)
        for device in (str(elsewhere.id), "", "x", "0"):
            with self.subTest(device=device):
                answer = self._post("/my/security/sessions", device=device)
                self.assertEqual(answer.status_code, 404)
        self.assertFalse(elsewhere.revoked)

    def test_where_one_signed_out_is_not_listed(self):
        elsewhere = self._sign_in_elsewhere(self.ilse)
        self.assertIn(elsewhere.id, self.ilse._get_devices().ids)
        root.session_store.delete_from_identifiers([elsewhere.session_identifier])
        self.assertNotIn(elsewhere.id, self.ilse._get_devices().ids)
