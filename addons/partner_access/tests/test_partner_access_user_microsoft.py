from odoo.exceptions import AccessDenied
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.microsoft_account import AccountRefused, MicrosoftAccount
from .common import PASSWORD, AccessCommon

TENANT = "11111111-2222-3333-4444-555555555555"
OBJECT_ID = "00000000-0000-0000-0000-00000000000b"


@tagged("post_install", "-at_install")
class TestPartnerAccessUserMicrosoft(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        params = cls.env["ir.config_parameter"]
        params.set_param("partner_access.microsoft_enabled", "True")
        params.set_param("partner_access.microsoft_client_id", "x")
        cls.company = cls._create_company(cls, portal_microsoft_tenants=TENANT)
        cls.user = cls._create_portal_user(cls, cls.company)

    def _get_account(self, address="inkoop@velthuis.example", **values):
        return MicrosoftAccount(TENANT, OBJECT_ID, (address,), 100, False)._replace(**values)

    def _check(self, user, **credential):
        credential = {"login": user.login, **credential}
        own = user.with_user(user)
        return own._check_credentials(credential, {"interactive": credential.pop("interactive", 1)})

    def test_credentials_that_only_look_like_an_account_are_none(self):
        account = self._get_account()
        self.env["res.users"]._get_user_for_microsoft(account)
        self.assertEqual(
            self._check(self.user, type="microsoft", account=account)["mfa"], "default"
        )
        for name, value in (
            ("a list", list(account)),
            ("a dictionary", account._asdict()),
            ("a plain tuple", tuple(account)),
            ("nothing", None),
            ("another account", account._replace(object_id=TENANT)),
        ):
            with self.subTest(name), self.assertRaises(AccessDenied):
                self._check(self.user, type="microsoft", account=value)

    def test_a_second_factor_at_microsoft_is_enough(self):
        account = self._get_account(has_second_factor=True)
        self.env["res.users"]._get_user_for_microsoft(account)
        self.assertEqual(self._check(self.user, type="microsoft", account=account)["mfa"], "skip")

    def test_an_address_of_two_people_links_none(self):
        for login in ("een@velthuis.example", "twee@velthuis.example"):
            self._create_staff(login=login).email = "gedeeld@velthuis.example"
        with self.assertRaises(AccountRefused):
            self.env["res.users"]._get_user_for_microsoft(
                self._get_account("gedeeld@velthuis.example")
            )

    def test_a_company_that_wants_only_microsoft_takes_no_password_by_page_or_call(self):
        self.company.is_portal_microsoft_only = True
        for interactive in (True, False):
            with self.subTest(interactive), self.assertRaisesRegex(AccessDenied, "Microsoft 365"):
                self._check(self.user, type="password", password=PASSWORD, interactive=interactive)

    def test_keys_of_programs_go_on_where_only_microsoft_signs_in(self):
        self.company.is_portal_microsoft_only = True
        keys = self.env["res.users.apikeys"].with_user(self.user).sudo()
        key = keys._generate("rpc", "shop", False)
        self.assertEqual(
            self._check(self.user, type="password", password=key, interactive=False)["uid"],
            self.user.id,
        )

    def test_the_password_of_employees_always_opens(self):
        staff = self._create_staff()
        self.env["ir.config_parameter"].set_param("partner_access.microsoft_staff_tenants", TENANT)
        staff.partner_id.parent_id = self.company
        self.company.is_portal_microsoft_only = True
        self.assertTrue(self._check(staff, type="password", password=PASSWORD))

    def test_while_the_sign_in_with_microsoft_is_off_passwords_count(self):
        self.company.is_portal_microsoft_only = True
        self.env["ir.config_parameter"].set_param("partner_access.microsoft_enabled", False)
        self.assertTrue(self._check(self.user, type="password", password=PASSWORD))

    def test_a_mail_leads_to_microsoft_instead_of_a_password(self):
        self.company.is_portal_microsoft_only = True
        self.user.access_entry_ids.action_send_link()
        mail = self._run_link_job()
        self.assertEqual(mail.email_to, "inkoop@velthuis.example")
        self.assertIn("signs in with Microsoft 365", mail.body_html)
        self.assertNotIn("/web/reset_password", mail.body_html)
        self.assertFalse(self.user.partner_id.signup_type)

    def test_the_lock_offers_what_opens_it(self):
        self.assertEqual(self.user._get_auth_methods(), ["microsoft", "password"])
        with self.subTest("only Microsoft"):
            self.company.is_portal_microsoft_only = True
            self.assertEqual(self.user._get_auth_methods(), ["microsoft"])
        self.company.is_portal_microsoft_only = False
        with self.subTest("no password was ever set"):
            entry = self._create_entry(email="nieuw@velthuis.example", partner_id=self.company.id)
            self.assertEqual(entry._ensure_user()._get_auth_methods(), ["microsoft"])
        with self.subTest("a company without tenant"):
            self.company.portal_microsoft_tenants = False
            self.assertEqual(self.user._get_auth_methods(), ["password"])

    @mute_logger("odoo.addons.base.models.res_users")
    def test_nothing_is_asked_of_the_database_for_who_signs_in_with_a_password(self):
        self.user._is_microsoft_only()
        with self.assertQueryCount(0):
            self.user._is_microsoft_only()
