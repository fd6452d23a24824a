from odoo.exceptions import AccessDenied
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.res_users import CryptContext

from .common import PASSWORD, AccessCommon


class CountingContext(CryptContext):
    """As core's, quick, with a list of the hashes that passwords were compared with."""

    def __init__(self):
        super().__init__(["pbkdf2_sha512", "plaintext"], pbkdf2_sha512__rounds=1)
        self.hashes = []

    def _count(self, verify):
        def verify_and_count(password, hashed):
            self.hashes.append(hashed)
            return verify(password, hashed)

        return verify_and_count

    @property
    def verify(self):
        return self._count(super().verify)

    @property
    def verify_and_update(self):
        return self._count(super().verify_and_update)


@tagged("post_install", "-at_install")
class TestPartnerAccessUserThrottle(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.user = self._create_portal_user()
        self.users = self.env["res.users"]
        self.context = CountingContext()
        self.patch(type(self.users), "_crypt_context", lambda users: self.context)
        self.enterContext(mute_logger("odoo.addons.base.models.res_users"))

    def _count_hashes(self, login, password="wrong", **env):
        """How many passwords are verified until a sign-in is refused."""
        credential = {"login": login, "password": password, "type": "password"}
        self.context.hashes.clear()
        with self.assertRaises(AccessDenied):
            self.users.authenticate(credential, {"interactive": True, **env})
        return len(list(filter(None, self.context.hashes)))  # none where none was ever set

    def test_a_refusal_takes_as_long_for_every_account(self):
        self._create_portal_user(login="weg@velthuis.example").active = False
        self._create_entry(email="nieuw@velthuis.example")
        self._create_entry(email="leeg@velthuis.example")._ensure_user()
        expired = self._create_portal_user(login="verlopen@velthuis.example")
        expired.access_entry_ids.valid_until = "2020-01-01"
        names = ["inkoop", "weg", "nieuw", "leeg", "verlopen", "niemand", "%"]
        for password, count in (("wrong", 1), ("e\u0301", 2)):
            for name in names:
                with self.subTest(name, password=password):
                    hashes = self._count_hashes(f"{name}@velthuis.example", password)
                    self.assertEqual(hashes, count)

    def test_what_is_no_text_is_wrong_for_every_account(self):
        for login in (self.user.login, "niemand@velthuis.example"):
            for password in (7, ["x"], "x" * 5000, "\ufdfa" * 1000, "\ud800"):
                with self.subTest(login, password=str(password)[:5]):
                    self.assertFalse(self._count_hashes(login, password))
        for login in (7, ["x"], {"x": 1}, "x" * 5000, "\ud800@velthuis.example"):
            with self.subTest(str(login)[:5]):
                self.assertFalse(self._count_hashes(login))

    def test_programs_learn_no_more_than_browsers(self):
        second = self._create_portal_user(login="twee@velthuis.example")
        self.patch(type(second), "_rpc_api_keys_only", lambda user: user.login == second.login)
        for login in (self.user.login, second.login, "niemand@velthuis.example"):
            with self.subTest(login):
                self.assertEqual(self._count_hashes(login, interactive=False), 1)

    def test_a_sign_in_asks_the_database_twice_more_than_without_counting(self):
        credential = {"login": self.user.login, "password": PASSWORD, "type": "password"}
        attempts = type(self.env["partner.access.attempt"])
        calls = []

        def execute(_model, statement):
            calls.append(statement)
            return {"failures": 1, "known_on": True}

        def sign_in():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            uid = self.users.authenticate(dict(credential), {"interactive": True})["uid"]
            user = self.users.with_user(uid).env.user  # as core goes on
            self.assertTrue(user.lang and not user._mfa_url())
            return self.cr.sql_log_count - before

        sign_in()
        stock = sign_in()
        self.patch(attempts, "_get_network", lambda model: "192.0.2.1")
        self.patch(attempts, "_execute_apart", execute)
        sign_in()
        calls.clear()
        self.assertLessEqual(sign_in(), stock)
        self.assertEqual(len(calls), 2)
