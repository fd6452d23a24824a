from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessDenied, AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models import partner_access_attempt
from ..models.partner_access_attempt import PAUSES, TooManyAttempts
from .common import PASSWORD, AccessCommon

OFFICE, ELSEWHERE = "192.0.2.10", "198.51.100.7"
FREE = PAUSES.index(30)  # failures that are not followed by waiting
ACCOUNT_LIMIT, NETWORK_LIMIT = 6, 20  # instead of the real ones: each failure takes its time


@tagged("post_install", "-at_install")
class TestPartnerAccessAttempt(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()  # attempts are counted in transactions of their own
        self.user = self._create_portal_user()
        self.network = OFFICE
        self.patch(partner_access_attempt, "ACCOUNT_LIMIT", ACCOUNT_LIMIT)
        self.patch(partner_access_attempt, "NETWORK_LIMIT", NETWORK_LIMIT)
        attempts = type(self.env["partner.access.attempt"])
        self.patch(attempts, "_get_network", lambda model: self.network)
        clock = freeze_time(fields.Datetime.now())
        self.clock = clock.start()
        self.addCleanup(clock.stop)
        logger = mute_logger("odoo.addons.base.models.res_users")
        self.enterContext(logger)

    def _sign_in(self, login="inkoop@velthuis.example", password=PASSWORD, network=None):
        self.network = network or self.network
        self.env.flush_all()
        credential = {"login": login, "password": password, "type": "password"}
        return self.env["res.users"].authenticate(credential, {"interactive": True})["uid"]

    def _fail(self, count=1, login="inkoop@velthuis.example", network=None):
        """Wrong passwords at once; return the refusals."""

        def fail():
            self._sign_in(login, "wrong", network)

        return [self._get_refusal(fail) for _number in range(count)]

    def _get_refusal(self, call):
        """What a call was refused with. (``assertRaises`` would undo what was counted.)"""
        try:
            call()
        except AccessDenied as refused:
            return refused
        return None

    def _fail_elsewhere(self, count, login="inkoop@velthuis.example"):
        """Wrong passwords for one account, each from another network."""
        for number in range(count):
            self._fail(1, login, f"203.0.113.{number}")

    def _get_log(self):
        """What the log says of attempts, the oldest first."""
        kinds = ("sign_in", "failure", "throttled")
        return self.env["partner.access.log"].search([("kind", "in", kinds)], order="id")

    def test_waiting_grows_with_each_failure_and_does_not_for_trying_meanwhile(self):
        self._fail(FREE)
        for pause in [*PAUSES[FREE:], PAUSES[-1]]:
            self.assertNotIsInstance(self._fail()[0], TooManyAttempts)
            for _again in range(3):
                refused = self._fail()[0]
                self.assertIsInstance(refused, TooManyAttempts)
            wait = pause if pause <= 90 else pause // 60
            self.assertIn(f"Wait {wait} ", str(refused))
            self.clock.tick(pause)

    def test_the_right_password_has_to_wait_too_and_is_forgiven_then(self):
        self._fail(FREE + 1)
        with self.assertRaises(TooManyAttempts):
            self._sign_in()
        self.clock.tick(31)
        self.assertEqual(self._sign_in(), self.user.id)
        self.assertFalse(any(isinstance(e, TooManyAttempts) for e in self._fail(FREE)))

    def test_failures_are_forgotten_after_a_day(self):
        self._fail(FREE + 1)
        self.clock.tick(timedelta(days=1, seconds=1))
        refusals = self._fail(FREE)
        self.assertFalse(any(isinstance(refused, TooManyAttempts) for refused in refusals))

    def test_case_blanks_and_the_number_of_the_user_are_one_account(self):
        users = self.env["res.users"]
        for login in (
            "INKOOP@velthuis.example",
            " inkoop@Velthuis.example ",
            "inkoop\x00@velthuis.example",
        ):
            self._fail(2, login)
        with self.assertRaises(TooManyAttempts):
            users._check_uid_passwd(self.user.id, PASSWORD)

    def test_a_colleague_behind_the_same_address_signs_in(self):
        colleague = self._create_portal_user(login="collega@velthuis.example")
        self._fail(FREE + 5)
        self.assertEqual(self._sign_in(colleague.login), colleague.id)

    def test_nobody_elsewhere_locks_out_a_user_in_the_own_network(self):
        self._sign_in(network=OFFICE)
        self._fail_elsewhere(ACCOUNT_LIMIT * 3)
        self.assertEqual(self._sign_in(network=OFFICE), self.user.id)

    def test_in_a_new_network_a_user_under_attack_waits_for_a_minute(self):
        self._fail_elsewhere(ACCOUNT_LIMIT)
        refused = self._get_refusal(lambda: self._sign_in(network=OFFICE))
        self.assertIsInstance(refused, TooManyAttempts)
        self.assertIn("60 seconds", str(refused))
        self.clock.tick(61)
        self._fail_elsewhere(ACCOUNT_LIMIT)
        self.assertEqual(self._sign_in(network=OFFICE), self.user.id)

    def test_one_network_does_not_try_one_password_on_many_accounts(self):
        known = self._create_portal_user(login="bekend@velthuis.example")
        self._sign_in(known.login)
        for number in range(NETWORK_LIMIT):
            self._fail(1, f"gok{number}@velthuis.example")
        with self.assertRaises(TooManyAttempts):
            self._sign_in()
        self.assertEqual(self._sign_in(known.login), known.id)
        self.assertEqual(self._sign_in(network=ELSEWHERE), self.user.id)

    def test_an_account_that_does_not_exist_is_answered_alike(self):
        answers = []
        for login in ("inkoop@velthuis.example", "niemand@velthuis.example"):
            refusals = self._fail(FREE + 2, login)
            answers.append([(type(refused), str(refused)) for refused in refusals])
        self.assertEqual(*answers)

    def test_each_end_of_an_attempt_is_logged_and_waiting_once(self):
        self._sign_in()
        self._fail(FREE + 1)
        self._fail(3)
        failures = ["failure"] * (FREE + 1)
        rows = self._get_log()
        self.assertEqual(rows.mapped("kind"), ["sign_in", *failures, "throttled"])
        self.assertEqual(rows.user_id, self.user)
        self.assertEqual(rows.partner_id, self.user.commercial_partner_id)
        self.assertTrue(all(row.company_id == self.user.company_id for row in rows))
        self.assertEqual(set(rows.mapped("login")), {self.user.login})

    def test_what_may_be_a_password_in_the_wrong_field_is_not_logged(self):
        self._fail(1, "Zeemeeuw#4711x")
        self.assertFalse(self._get_log().login)

    def test_a_password_that_is_asked_again_is_counted_and_is_no_sign_in(self):
        users = self.env["res.users"].with_user(self.user)
        users.change_password(PASSWORD, "Tulpenveld#72")
        for _number in range(FREE + 1):
            self._get_refusal(lambda: users.change_password("wrong", "Tulpenveld#73"))
        with self.assertRaises(TooManyAttempts):
            users.change_password("Tulpenveld#72", "Tulpenveld#73")
        self.assertNotIn("sign_in", self._get_log().mapped("kind"))

    def test_the_first_half_of_two_factors_forgives_nothing(self):
        self._fail(FREE)
        with patch.object(type(self.user), "_mfa_url", lambda user: "/web/login/totp"):
            self._sign_in()
        self.assertNotIn("sign_in", self._get_log().mapped("kind"))
        self._fail()
        with self.assertRaises(TooManyAttempts):
            self._sign_in()

    def test_what_is_no_first_factor_is_refused_for_all_alike(self):
        users = self.env["res.users"]
        credentials = [{"type": "totp"}, {"type": "totp_mail"}, {"type": "webauthn"}]
        credentials += [
            {"type": "webauthn", "webauthn_response": text} for text in ("{", "[]", "{}")
        ]
        credentials += [{"type": "password"}, {"type": "?"}, {"type": "password", "login": ""}]
        for credential in credentials:
            for login in ({}, {"login": self.user.login}, {"login": "niemand"}):
                with self.subTest(credential=credential, login=login):
                    values = {**login, **credential}
                    self.assertRaises(AccessDenied, users.authenticate, values, {})

    def test_right_passwords_that_are_under_way_together_wait_for_each_other(self):
        attempts = self.env["partner.access.attempt"]
        for _number in range(FREE + 1):
            pair = attempts._begin(self.user.login)
        self.patch(partner_access_attempt.time, "sleep", lambda seconds: attempts._succeed(pair))
        self.assertEqual(attempts._begin(self.user.login), pair)

    def test_many_attempts_at_the_same_instant_are_not_let_through(self):
        attempts = self.env["partner.access.attempt"]
        self.patch(type(attempts), "_execute_apart", lambda *args: None)  # others were faster
        self.patch(partner_access_attempt, "MOMENT", 0)
        with self.assertRaises(TooManyAttempts):
            attempts._begin("inkoop@velthuis.example")

    def test_only_settings_may_look_at_attempts_and_nobody_writes_them(self):
        self._fail()
        attempt = self.env["partner.access.attempt"].search([])
        self.assertNotIn("inkoop", attempt.account)
        clerk = self._create_staff(
            "bram@noorder.example", "partner_access.group_access_administrator"
        )
        with self.assertRaises(AccessError):
            attempt.with_user(clerk).read(["network"])
        with self.assertRaises(AccessError):
            attempt.with_user(self.env.ref("base.user_admin")).write({"failures": 0})

    def test_one_customer_has_one_network(self):
        addresses = {
            "192.0.2.10": "192.0.2.10",
            "::ffff:192.0.2.10": "192.0.2.10",
            "2001:db8:1:2:aaaa::1": "2001:db8:1:2::/64",
            "2001:db8:1:2:bbbb::2": "2001:db8:1:2::/64",
        }
        for address, network in addresses.items():
            with self.subTest(address):
                self.assertEqual(partner_access_attempt.get_network(address), network)

    def test_old_attempts_are_forgotten_and_known_networks_longer(self):
        attempts = self.env["partner.access.attempt"]
        self._fail(1, "niemand@velthuis.example")
        self._sign_in()
        self.clock.tick(timedelta(days=2))
        attempts._search_old()._forget()
        self.assertTrue(attempts.search([]).known_on)
        self.clock.tick(timedelta(days=90))
        attempts._search_old()._forget()
        self.assertFalse(attempts.search([]))
