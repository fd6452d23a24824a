from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import TeamCommon

VIEWER = "partner_access.group_view_as_customer"


@tagged("post_install", "-at_install")
class TestPartnerAccessUserViewAs(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()
        cls.staff = cls._create_staff(cls, "bram@noorder.example", VIEWER)

    def test_people_of_a_company_and_its_branches_can_be_viewed(self):
        users = self.staff._get_viewable_users(self.head)
        self.assertIn(self.person, users)
        self.assertIn(self.head_admin, users)
        self.assertNotIn(self.stranger, users)
        self.assertEqual(self.staff._get_viewable_users(self.person.partner_id), self.person)

    def test_nobody_can_be_viewed_without_the_right(self):
        for user in (self._create_staff("piet@noorder.example"), self.person):
            with self.subTest(user.login):
                self.assertFalse(user._get_viewable_users(self.head))
        self.staff.active = False
        self.assertFalse(self.staff._get_viewable_users(self.head))

    def test_a_program_with_the_right_gets_no_session_of_a_customer(self):
        wizards = self.env["partner.access.view.as"].with_user(self.staff)
        values = {"partner_id": self.head.id, "user_id": self.person.id, "reason": "Why not"}
        with self.assertRaisesRegex(AccessError, "browser"):
            wizards.create(values).action_view()

    def test_the_dialog_is_for_who_has_the_right(self):
        values = {"partner_id": self.head.id, "user_id": self.person.id, "reason": "Slip"}
        wizards = self.env["partner.access.view.as"]
        self.assertTrue(wizards.with_user(self.staff).create(values))
        for user in (self._create_staff("piet@noorder.example"), self.person):
            with self.subTest(user.login), self.assertRaises(AccessError):
                wizards.with_user(user).create(values)

    def test_it_ends_after_half_an_hour_or_as_set_within_two(self):
        for value, minutes in ((False, 30), ("10", 10), ("-5", 1), ("600", 120)):
            with self.subTest(value):
                self.env["ir.config_parameter"].set_param("partner_access.view_minutes", value)
                self.assertEqual(self.env["res.users"]._get_view_minutes(), minutes)

    def test_the_customers_administrators_are_told_where_the_company_wants_it(self):
        mails = self.env["mail.mail"]
        for wants, addresses in ((False, set()), (True, {"gouda", "baas"})):
            self.person.company_id.portal_view_mail = wants
            before = mails.search([])
            self.staff.with_user(self.staff)._queue_view_mails(self.person.sudo(), "Slip 4711")
            new = mails.search([]) - before
            with self.subTest(wants=wants):
                self.assertEqual({mail.email_to.split("@")[0] for mail in new}, addresses)
        self.assertIn("Slip 4711", new[:1].body_html)
        self.assertEqual(set(new.mapped("state")), {"outgoing"})

    def test_a_password_that_changes_changes_the_key_of_a_view(self):
        before = self.staff._get_view_key()
        self.assertEqual(self.staff._get_view_key(), before)
        self.staff.password = "Zeemeeuw#4711y"
        self.assertNotEqual(self.staff._get_view_key(), before)

    def test_a_company_in_which_nobody_signs_in_is_told_of(self):
        company = self._create_company(name="Leeg").with_user(self.staff)
        with self.assertRaisesRegex(Exception, "nobody here can sign in"):
            company.action_view_as_customer()
        self.staff.group_ids = [
            Command.link(self.env.ref("partner_access.group_access_administrator").id)
        ]
        entry = self._create_entry(email="nieuw@velthuis.example", partner_id=self.head.id)
        with self.assertRaisesRegex(Exception, "never signed in"):
            entry.with_user(self.staff).action_view_as_customer()
        entry = self.person.access_entry_ids.with_user(self.staff)
        action = entry.action_view_as_customer()
        self.assertEqual(action["context"]["default_partner_id"], self.person.partner_id.id)
