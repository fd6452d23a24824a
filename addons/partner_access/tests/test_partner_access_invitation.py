from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.partner_access.models import partner_access_invitation

from .common import TeamCommon

ROLES = ["orders", "returns"]


@tagged("post_install", "-at_install")
class TestPartnerAccessInvitation(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()
        cls.invitation = cls.env["partner.access.invitation"].with_user(cls.gouda_admin)

    def _invite(self, text, roles=("orders", "returns"), **values):
        return self.invitation._invite(text, roles, **values)

    def _find_entry(self, email):
        register = self.env["partner.access.entry"].with_context(active_test=False)
        return register.search([("email", "=", email), ("partner_id", "child_of", self.head.id)])

    def test_people_are_pasted_as_lists_and_mails_have_them(self):
        anna, bob = "anna@velthuis.example", "bob@velthuis.example"
        cases = [
            (f"{anna}\r\n{bob}", {anna: "", bob: ""}),
            (f"{anna}, {bob}", {anna: "", bob: ""}),
            (f"  ANNA@Velthuis.example {bob} {anna}", {anna: "", bob: ""}),
            (f"Anna Vos <{anna}>; Kok, Bob <{bob}>", {anna: "Anna Vos", bob: "Kok, Bob"}),
            (f'"Anna" <{anna}>, "Kok, Bob" <{bob}>', {anna: "Anna", bob: "Kok, Bob"}),
            (f"Anna Vos\t{anna}\nBob\tKok\t{bob}", {anna: "Anna Vos", bob: "Bob Kok"}),
            (f"no address, {anna}", {"no address": "", anna: ""}),
            (f"Anna <{anna}>, {bob}, none", {anna: "Anna", bob: "", "none": ""}),
            (f"{bob}, Anna <{anna}>", {bob: "", anna: "Anna"}),
            (" \n ;, ", {}),
            ("x" * 20_000, {"x" * 20_000: ""}),
            (f"Anna\x85Bcc: x\u2028 <{anna}\u2028>", {anna: "Anna Bcc: x"}),
        ]
        for text, people in cases:
            with self.subTest(text):
                self.assertEqual(self.invitation._parse_people(text), people)

    def test_several_are_invited_at_once_and_get_a_mail_with_a_link(self):
        answers = self._invite("Anna Vos <anna@velthuis.example>\nbob@velthuis.example")
        self.assertTrue(all(answer["is_invited"] for answer in answers))
        entry = self._find_entry("anna@velthuis.example")
        self.assertEqual(
            (entry.name, entry.source, entry.state), ("Anna Vos", "customer", "invited")
        )
        self.assertEqual(set(entry.role_ids.mapped("code")), set(ROLES))
        self.assertEqual((entry.partner_id, entry.company_id), (self.gouda, self.env.company))
        mails = self._run_link_job()
        self.assertEqual(
            set(mails.mapped("email_to")), {"anna@velthuis.example", "bob@velthuis.example"}
        )
        for mail in mails:
            self.assertIn(self.gouda_admin.name, mail.body_html)
            self.assertIn("token=", mail.body_html)
        self.assertEqual(entry.user_id.name, "Anna Vos")

    def test_what_cannot_be_invited_says_why_and_the_others_are(self):
        self.head.portal_email_domains = "velthuis.example, @velthuis.test"
        cases = {
            "anna": "not an e-mail address",
            "anna@velthuis@velthuis.test": "not an e-mail address",
            "anna@elders.example": "Only addresses of velthuis.example, velthuis.test.",
            self.person.login: "Has access already",
            "ok@velthuis.test": "",
            f"{'x' * 250}@velthuis.test": "not an e-mail address",
        }
        answers = self._invite("\n".join(cases))
        for answer in answers:
            with self.subTest(answer["address"]):
                refusal = cases[answer["address"]]
                self.assertEqual(answer["is_invited"], not refusal)
                self.assertIn(refusal, answer["text"])

    def test_an_address_with_access_elsewhere_is_answered_like_any_other(self):
        staff = self._create_staff(login="staf@noorder.example")
        known = ["nieuw@velthuis.example", self.stranger.login, staff.login, self.sibling.login]
        answers = self._invite("\n".join(known))
        self.assertEqual(len({(a["is_invited"], a["text"]) for a in answers}), 1)
        self.assertEqual(self._run_link_job().mapped("email_to"), known[:1])
        team = self.env["partner.access.team"].with_user(self.gouda_admin)
        waiting = team._get_register().search(team._get_people_domain(state="invited"))
        self.assertLessEqual(set(known), set(waiting.mapped("email")))
        for address in known[1:]:
            with self.subTest(address):
                entry = self._find_entry(address).filtered("is_elsewhere")
                self.assertEqual((entry.active, entry.state), (False, "elsewhere"))
                self.assertFalse(entry.user_id)
        self.assertEqual(self.stranger.commercial_partner_id.name, "Ander Bedrijf")
        again = self._invite("\n".join(known))
        self.assertEqual(len({(a["is_invited"], a["text"]) for a in again}), 1)

    def test_an_invitation_that_waits_can_be_changed_sent_again_and_withdrawn(self):
        self._invite(self.stranger.login)
        team = self.env["partner.access.team"].with_user(self.gouda_admin)
        entry = team._find_entry(self._find_entry(self.stranger.login).id)
        team._change(entry, ["prices"], self.gouda.id)
        team._send_link(entry)
        self.assertFalse(self._run_link_job())
        team._take_access(entry)
        self.assertEqual((entry.is_elsewhere, entry.state), (False, "revoked"))
        team._give_access(entry)
        self.assertEqual(entry.state, "elsewhere")

    def test_who_is_invited_from_another_branch_stands_in_the_head_office_s_team_once(self):
        self._invite(self.sibling.login)
        for user, count in ((self.gouda_admin, 1), (self.head_admin, 1)):
            team = self.env["partner.access.team"].with_user(user)
            people = team._get_register().search(team._get_people_domain(self.sibling.login))
            with self.subTest(user.login):
                self.assertEqual(len(people), count)
                self.assertEqual(people.is_elsewhere, user == self.gouda_admin)

    def test_who_was_deactivated_is_invited_again_with_the_old_user(self):
        team = self.env["partner.access.team"].with_user(self.gouda_admin)
        team._take_access(team._find_entry(self.person.access_entry_ids.id))
        self.assertTrue(self._invite(self.person.login)[0]["is_invited"])
        self.assertTrue(self.person.active)
        self.assertFalse(self.person._has_access_role("prices"), "with the roles chosen now")
        self.person.active = False  # by our staff
        self.assertFalse(self._invite(self.person.login)[0]["is_invited"])

    def test_what_was_chosen_wrongly_invites_nobody(self):
        cases = [
            (UserError, "", ROLES, {}),
            (UserError, "a@velthuis.example", [], {}),
            (UserError, "a@velthuis.example", ROLES, {"scope": "company"}),
            (MissingError, "a@velthuis.example", ROLES, {"company_id": self.delft.id}),
            (UserError, "\n".join(f"a{i}@velthuis.example" for i in range(101)), ROLES, {}),
        ]
        for error, text, roles, values in cases:
            with self.subTest(text=text[:20], roles=roles, **values), self.assertRaises(error):
                self._invite(text, roles, **values)
        self.assertFalse(self._find_entry("a@velthuis.example"))

    def test_nobody_fills_mailboxes_by_inviting_for_days(self):
        self.patch(partner_access_invitation, "MAX_A_DAY", 2)
        self._invite("a@velthuis.example b@velthuis.example")
        with self.assertRaises(UserError):
            self._invite("c@velthuis.example")

    def test_two_who_invite_the_same_person_at_once_are_told(self):
        self.patch(self.env.registry["partner.access.invitation"], "_get_known", lambda *_a: {})
        with mute_logger("odoo.sql_db"), self.assertRaises(UserError):
            self._invite(self.person.login)

    def test_who_is_not_an_administrator_invites_nobody(self):
        invitation = self.env["partner.access.invitation"].with_user(self.person)
        with self.assertRaises(AccessError):
            invitation._invite("a@velthuis.example", ROLES)
