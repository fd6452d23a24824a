from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessDenied, UserError
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccessCommon


@tagged("post_install", "-at_install")
class TestResUsers(AccessCommon, TransactionCase):
    def _sign_in(self, login, password=PASSWORD):
        credential = {"login": login, "password": password, "type": "password"}
        return self.env["res.users"].authenticate(credential, {"interactive": True})["uid"]

    def _change_by_wizard(self, user, password):
        wizard = self.env["change.password.wizard"].create({"user_ids": []})
        values = {"wizard_id": wizard.id, "user_id": user.id, "new_passwd": password}
        self.env["change.password.user"].create(values).change_password_button()

    # --- Sign-in names ---------------------------------------------------------------------------

    def test_case_and_blanks_of_an_address_do_not_matter_at_sign_in(self):
        user = self._create_portal_user(login=" Inkoop@Velthuis.example ")
        self.assertEqual(user.login, "inkoop@velthuis.example")
        for login in (
            "inkoop@velthuis.example",
            "INKOOP@VELTHUIS.EXAMPLE",
            " Inkoop@velthuis.example\t",
        ):
            with self.subTest(login):
                self.assertEqual(self._sign_in(login), user.id)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_percent_and_underscore_are_no_wildcards(self):
        self._create_portal_user()
        for login in ("%", "_nkoop@velthuis.example", "%@velthuis.example"):
            with self.subTest(login), self.assertRaises(AccessDenied):
                self._sign_in(login)

    def test_two_names_that_differ_in_case_only_are_refused(self):
        new_test_user(self.env, login="Klerk", password=PASSWORD)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            new_test_user(self.env, login="KLERK", password=PASSWORD)

    # --- The register ----------------------------------------------------------------------------

    def test_a_portal_user_made_by_staff_has_an_entry_and_signs_in(self):
        user = self._create_portal_user()
        entry = user.access_entry_ids
        self.assertEqual(entry.source, "staff")
        self.assertEqual(entry.partner_id, user.commercial_partner_id)
        self.assertEqual(set(entry.role_ids.mapped("code")), {"orders", "prices", "returns"})
        self.assertEqual(self._sign_in(user.login), user.id)

    def test_a_user_who_becomes_portal_user_gets_an_entry(self):
        user = new_test_user(
            self.env, "los@velthuis.example", "base.group_public", password=PASSWORD
        )
        self.assertFalse(user.access_entry_ids)
        user.group_ids = self.env.ref("base.group_portal")
        self.assertEqual(user.access_entry_ids.email, "los@velthuis.example")

    def test_a_portal_user_that_nobody_registered_gets_an_entry_at_sign_in(self):
        user = self._create_portal_user()
        self.cr.execute("DELETE FROM partner_access_entry WHERE user_id = %s", [user.id])
        self.env.invalidate_all()
        self.assertEqual(self._sign_in(user.login), user.id)
        self.assertTrue(user.access_entry_ids)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_an_expired_entry_does_not_sign_in_until_it_is_prolonged(self):
        user = self._create_portal_user()
        user.access_entry_ids.valid_until = fields.Date.today() - timedelta(days=1)
        with self.assertRaises(AccessDenied):
            self._sign_in(user.login)
        user.access_entry_ids.valid_until = fields.Date.today()
        self.assertEqual(self._sign_in(user.login), user.id)

    def test_archiving_the_user_archives_the_entry(self):
        user = self._create_portal_user()
        entry = user.access_entry_ids
        user.active = False
        self.assertFalse(entry.active)

    def test_deleting_the_user_archives_the_entry(self):
        user = self._create_portal_user()
        entry = user.access_entry_ids
        user.unlink()
        self.assertFalse(entry.active)

    def test_a_new_sign_in_name_is_the_new_address_of_the_entry(self):
        user = self._create_portal_user()
        user.login = "Nieuw@velthuis.example"
        self.assertEqual(user.access_entry_ids.email, "nieuw@velthuis.example")

    def test_employees_have_no_entry(self):
        self.assertFalse(self._create_staff().access_entry_ids)

    # --- Passwords -------------------------------------------------------------------------------

    def test_every_way_to_set_a_password_has_the_rules(self):
        user = self._create_portal_user()
        portal = self.env["res.users"].with_user(user)
        ways = {
            "write": lambda: user.write({"password": "kort"}),
            "wizard": lambda: self._change_by_wizard(user, "kort"),
            "own": lambda: portal.change_password(PASSWORD, "kort"),
            "create": lambda: new_test_user(self.env, "kort@velthuis.example", password="kort"),
            "employee": lambda: self._create_staff().write({"password": "kort"}),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaises(UserError), self.cr.savepoint():
                way()

    def test_a_refusal_names_all_failing_rules(self):
        user = self._create_portal_user()
        with self.assertRaises(UserError) as refused:
            user.password = "velthuis"
        for label in (
            "upper-case letter",
            "digit",
            "special character",
            "12 characters",
            "no part",
        ):
            self.assertIn(label, str(refused.exception))

    def test_parts_of_name_address_company_and_head_office_are_refused(self):
        head = self._create_company(name="Waterman Groep")
        branch = self._create_company(name="Kersten Installaties", parent_id=head.id)
        user = self._create_portal_user(branch, login="inkoop@stadswerf.example")
        for part in ("Ilse", "Inko", "Werf", "Kers", "Wate"):
            with self.subTest(part):
                self.assertEqual(user._get_password_failures(f"{part}#4711xYzzq"), ["personal"])

    def test_a_password_signs_in_however_its_accents_were_typed(self):
        user = self._create_portal_user()
        user.password = "Blauwe-vis-e\u0301-42"
        self.assertEqual(self._sign_in(user.login, "Blauwe-vis-\u00e9-42"), user.id)
        self.assertEqual(self._sign_in(user.login, "Blauwe-vis-e\u0301-42"), user.id)

    # --- What is theirs --------------------------------------------------------------------------

    def test_employees_see_all_public_and_archived_users_nothing(self):
        user = self._create_portal_user()
        user.active = False
        self.assertEqual(self._create_staff()._get_access_domain("res.partner"), Domain.TRUE)
        for nobody in (self.env.ref("base.public_user"), user):
            self.assertEqual(nobody._get_access_domain("res.partner"), Domain.FALSE)

    def test_a_model_that_no_floor_opened_is_closed(self):
        self.assertEqual(self._create_portal_user()._get_access_domain("ir.cron"), Domain.FALSE)

    def test_roles_open_what_they_say_and_the_administrator_all(self):
        user = self._create_portal_user()
        entry = user.access_entry_ids
        cases = {
            ("orders",): {"orders"},
            ("orders", "returns"): {"orders", "returns"},
            (): set(),
            ("administrator",): {"administrator", "orders", "prices", "returns"},
        }
        for codes, expected in cases.items():
            entry.role_ids = self.env["partner.access.role"].search([("code", "in", codes)])
            opened = {
                code
                for code in ("administrator", "orders", "prices", "returns")
                if user._has_access_role(code)
            }
            with self.subTest(codes):
                self.assertEqual(opened, expected)

    def test_an_expired_entry_has_no_role(self):
        user = self._create_portal_user()
        self.assertTrue(user._has_access_role("orders"))
        user.access_entry_ids.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertFalse(user._has_access_role("orders"))

    def test_employees_have_every_role_and_public_users_none(self):
        self.assertTrue(self._create_staff()._has_access_role("prices"))
        self.assertFalse(self.env.ref("base.public_user")._has_access_role("orders"))

    def test_the_contact_is_the_salesperson_of_the_company(self):
        staff = self._create_staff()
        user = self._create_portal_user(self._create_company(user_id=staff.id))
        self.assertEqual(user._get_portal_contact(), staff.partner_id)
        self.assertFalse(staff._get_portal_contact())

    def test_what_every_page_asks_for_is_read_at_once(self):
        user = self._create_portal_user()
        user._has_access_role("orders")
        self.env.flush_all()
        self.env.invalidate_all()
        user._fetch_frame()
        with self.assertQueryCount(0):
            self.assertEqual(user._get_access_scope(), "branch")
            self.assertTrue(user.active and user._get_access_root().name)
            self.assertTrue(self.env.company._get_portal_style() and self.env.company.name)

    # --- One address, one identity ---------------------------------------------------------------

    def test_customers_do_not_change_their_own_e_mail(self):
        user = self._create_portal_user()
        with self.assertRaises(UserError):
            user.with_user(user).write({"email": "ander@velthuis.example"})
        user.with_user(user).write({"email": "Inkoop@Velthuis.example", "name": "Ilse de Boer"})
        self.assertEqual(user.name, "Ilse de Boer")
        user.write({"email": "ander@velthuis.example"})
        self.assertEqual(user.email, "ander@velthuis.example")
