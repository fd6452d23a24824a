from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import PASSWORD, TeamCommon

NEW = "ilse.maas@velthuis.example"


@tagged("post_install", "-at_install")
class TestPartnerAccessEmailChange(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()

    def _ask(self, address=NEW, password=PASSWORD, user=None):
        """Ask for another address; return the change (sudo) and its token."""
        user = user or self.person
        before = self.env["mail.mail"].search([])
        changes = self.env["partner.access.email.change"].with_user(user)
        change_sudo = changes._ask(address, password)
        self.mails = self.env["mail.mail"].search([]) - before
        mail = self.mails.filtered(lambda one: one.email_to == change_sudo.new_email)
        return change_sudo, mail.body_html.partition("/confirm/")[2].partition('"')[0]

    def _find(self, token, user=None):
        changes = self.env["partner.access.email.change"].with_user(user or self.person)
        return changes._find(token)

    def test_the_new_address_gets_the_link_and_the_old_one_is_told_at_once(self):
        change_sudo, token = self._ask(" Ilse.Maas@Velthuis.example ")
        self.assertEqual(self._find(token), change_sudo)
        self.assertEqual(set(self.mails.mapped("email_to")), {NEW, "inkoop@velthuis.example"})
        told = self.mails.filtered(lambda one: one.email_to != NEW)
        self.assertIn(NEW, told.body_html)
        self.assertNotIn(token, told.body_html)
        self.assertEqual(self.person.login, "inkoop@velthuis.example")

    def test_a_confirmed_address_is_that_of_sign_in_register_and_contact(self):
        change_sudo, token = self._ask()
        before = self.env["mail.mail"].search([])
        self._find(token)._confirm()
        self.env.flush_all()
        entry = self.person.access_entry_ids
        self.assertEqual((self.person.login, entry.email), (NEW, NEW))
        self.assertEqual(self.person.partner_id.email, NEW)
        credential = {"login": NEW, "password": PASSWORD, "type": "password"}
        auth = self.env["res.users"].authenticate(credential, {"interactive": True})
        self.assertEqual(auth["uid"], self.person.id)
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.email_to, change_sudo.old_email)

    def test_confirming_ends_the_sessions_and_the_links_that_were_mailed_before(self):
        _change_sudo, token = self._ask()
        self.person.partner_id.signup_prepare(signup_type="reset")
        session = self.person._compute_session_token("x" * 84)
        self._find(token)._confirm()
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.assertNotEqual(self.person._compute_session_token("x" * 84), session)
        self.assertFalse(self.person.partner_id.signup_type)

    def test_a_link_works_once_for_a_day_and_for_who_asked(self):
        change_sudo, token = self._ask()
        self.assertFalse(self._find(token, self.sibling))
        self.assertFalse(self._find("x" * 32))
        change_sudo.expires_on = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self._find(token))
        change_sudo.expires_on = fields.Datetime.now() + timedelta(hours=1)
        change_sudo._confirm()
        self.assertFalse(self._find(token))
        with self.assertRaisesRegex(UserError, "no longer works"):
            change_sudo._confirm()

    def test_a_second_change_and_a_cancelled_one_leave_the_first_link_without_effect(self):
        _change_sudo, token = self._ask()
        _change_sudo, other_token = self._ask("ilse@velthuis.example")
        self.assertFalse(self._find(token))
        self.assertTrue(self._find(other_token))
        self.env["partner.access.email.change"].with_user(self.person)._cancel(self.person)
        self.assertFalse(self._find(other_token))

    def test_the_token_is_not_kept(self):
        change_sudo, token = self._ask()
        self.assertNotIn(token, str(change_sudo.read()[0]))

    def test_a_wrong_password_changes_nothing(self):
        for password in ("", None, "Verkeerd#4711x"):
            with self.subTest(password), self.assertRaisesRegex(UserError, "present password"):
                self._ask(password=password)
        self.assertFalse(self.env["partner.access.email.change"]._get_open(self.person))

    def test_what_is_no_address_or_the_own_or_of_another_domain_is_refused(self):
        self.gouda.portal_email_domains = "velthuis.example"
        cases = {
            "ilse": "not an e-mail address",
            "a@b.example, c@d.example": "not an e-mail address",
            f"{'x' * 300}@velthuis.example": "not an e-mail address",
            "INKOOP@velthuis.example": "your address already",
            "ilse@elders.example": "Only addresses of velthuis.example",
        }
        for address, text in cases.items():
            with self.subTest(address), self.assertRaisesRegex(UserError, text):
                self._ask(address)

    def test_an_address_of_somebody_else_is_told_to_its_owner_only(self):
        employee = self._create_staff(email="staf@noorder.example")
        former = self._create_portal_user(self.gouda, login="weg@velthuis.example")
        former.active = False
        invited = self._create_entry(email="nieuw@velthuis.example", partner_id=self.delft.id)
        for address in (self.stranger.login, employee.login, former.login, invited.email):
            with self.subTest(address):
                change_sudo, _token = self._ask(address)
                with self.assertRaisesRegex(UserError, "access of its own"):
                    change_sudo._confirm()
                self.assertEqual(self.person.login, "inkoop@velthuis.example")

    def test_an_address_that_a_feed_or_microsoft_says_is_not_changed_here(self):
        self.person.access_entry_ids.source = "feed"
        with self.assertRaisesRegex(UserError, "list that your company sends"):
            self._ask()
        self.person.access_entry_ids.source = "staff"
        self.patch(type(self.env["res.users"]), "_is_microsoft_only", lambda user: True)
        with self.assertRaisesRegex(UserError, "Microsoft 365"):
            self._ask()

    def test_who_has_no_password_gets_one_first(self):
        self.env.cr.execute("UPDATE res_users SET password = NULL WHERE id = %s", [self.person.id])
        with self.assertRaisesRegex(UserError, "no password yet"):
            self._ask()

    def test_nobody_asks_more_than_five_times_a_day(self):
        for number in range(5):
            self._ask(f"ilse{number}@velthuis.example")
        with self.assertRaisesRegex(UserError, "often today"):
            self._ask()

    def test_an_address_that_staff_changed_meanwhile_stays(self):
        change_sudo, _token = self._ask()
        self.person.access_entry_ids.email = "kantoor@velthuis.example"
        with self.assertRaisesRegex(UserError, "no longer works"):
            change_sudo._confirm()

    def test_both_steps_stand_in_the_log(self):
        change_sudo, _token = self._ask()
        change_sudo._confirm()
        rows = self.env["partner.access.log"].search([("user_id", "=", self.person.id)])
        kinds = rows.mapped("kind")
        self.assertIn("email_asked", kinds)
        self.assertIn("email_changed", kinds)
        team_log = self.env["partner.access.team.log"].with_user(self.gouda_admin)
        shown = rows.filtered_domain(team_log._get_domain("access")).mapped("kind")
        self.assertIn("email_changed", shown)

    def test_nobody_reads_or_writes_changes(self):
        change_sudo, _token = self._ask()
        for user in (self.person, self.gouda_admin, self._create_staff()):
            with self.subTest(user.login), self.assertRaises(AccessError):
                change_sudo.with_user(user).read(["new_email"])
