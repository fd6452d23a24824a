from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import MissingError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import TeamCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessTeam(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()

    def _find(self, user):
        team = self.env["partner.access.team"].with_user(user)
        return team._get_register().search(team._get_people_domain()).user_id

    def _get_team(self, user):
        return self.env["partner.access.team"].with_user(user)

    def test_an_administrator_finds_the_own_company_and_what_is_below_it(self):
        gouda = self.gouda_admin | self.person
        self.assertEqual(self._find(self.head_admin), self.head_admin | gouda | self.sibling)
        self.assertEqual(self._find(self.gouda_admin), gouda)

    def test_a_wider_scope_of_documents_is_no_wider_team(self):
        self.gouda_admin.access_entry_ids.scope = "company"
        self.assertEqual(self._find(self.gouda_admin), self.gouda_admin | self.person)

    def test_nobody_else_has_a_team(self):
        expired = self._create_administrator(self.delft, login="oud@velthuis.example")
        expired.access_entry_ids.valid_until = "2020-01-01"
        for user in (self.person, expired, self._create_staff(), self.env.ref("base.public_user")):
            with self.subTest(user.login):
                self.assertFalse(user._may_administer_team())
                self.assertFalse(user._is_portal() and self._find(user))

    def test_who_is_not_of_the_team_is_not_found(self):
        team = self._get_team(self.gouda_admin)
        for user in (self.head_admin, self.sibling, self.stranger):
            with self.subTest(user.login), self.assertRaises(MissingError):
                team._find_entry(user.access_entry_ids.id)
        self.assertTrue(team._find_entry(self.person.access_entry_ids.id))

    def test_people_are_filtered_by_name_branch_and_state(self):
        team = self._get_team(self.head_admin)
        self.person.partner_id.name = "Bas Mulder"
        self.sibling.access_entry_ids.active = False
        cases = [
            ({"text": "mulder"}, self.person),
            ({"company_id": self.delft.id}, self.sibling),
            ({"state": "invited"}, self.person),
            ({"state": "revoked"}, self.sibling),
        ]
        for values, users in cases:
            with self.subTest(**values):
                found = team._get_register().search(team._get_people_domain(**values))
                self.assertEqual(found.user_id, users)

    def test_roles_and_branch_count_at_once(self):
        entry = self.person.access_entry_ids
        self.assertTrue(self.person._has_access_role("prices"))
        self._get_team(self.head_admin)._change(entry.sudo(), ["returns"], self.delft.id)
        self.assertFalse(self.person._has_access_role("prices"))
        self.assertEqual(self.person.commercial_partner_id, self.delft)
        self.assertEqual(self.person._get_access_root(), self.delft)

    def test_what_cannot_be_chosen_is_refused(self):
        team = self._get_team(self.gouda_admin)
        entry = self.person.access_entry_ids
        cases = [
            (UserError, [], None, False),
            (UserError, ["nonsense"], None, False),
            (UserError, ["orders"], None, "company"),
            (UserError, ["orders"], None, "nonsense"),
            (MissingError, ["orders"], self.delft.id, False),
            (MissingError, ["orders"], self.stranger.commercial_partner_id.id, False),
        ]
        for error, roles, company_id, scope in cases:
            with self.subTest(roles=roles, company=company_id, scope=scope):
                self.assertRaises(error, team._change, entry, roles, company_id, scope)

    def test_nobody_gives_a_wider_scope_than_the_own(self):
        entry = self.person.access_entry_ids
        cases = [(self.head_admin, "company", 3), (self.gouda_admin, False, 2)]
        for user, scope, count in cases:
            team = self._get_team(user)
            with self.subTest(user.login):
                self.assertEqual(len(team._get_scopes()), count)
                team._change(entry, ["orders"], self.gouda.id, scope)
        entry.scope = "company"
        self.assertIn("company", dict(team._get_scopes(entry)))
        team._change(entry, ["orders"], self.gouda.id, "company")
        self.assertEqual(entry.scope, "company", "what it had, it keeps")

    def test_what_is_set_for_all_is_offered_where_it_is_no_wider_than_the_own_scope(self):
        team = self._get_team(self.gouda_admin)
        self.assertTrue(team._is_scope_possible("", self.gouda))
        self.gouda.portal_scope = "company"
        self.gouda_admin.access_entry_ids.scope = "branch"
        self.assertFalse(team._is_scope_possible("", self.gouda))

    def test_what_the_company_says_may_be_more_than_the_own_scope(self):
        self.gouda.portal_scope = "company"
        self.gouda_admin.access_entry_ids.scope = "branch"
        entries = self.gouda_admin.access_entry_ids | self.person.access_entry_ids
        team = self._get_team(self.gouda_admin)
        self.person.access_entry_ids.scope = "own"
        for entry in entries:
            with self.subTest(entry.email), self.assertRaises(UserError):
                team._change(entry, ["administrator"], self.gouda.id, False)
        with self.assertRaises(UserError):
            team._prepare_access(["orders"])
        team._change(self.person.access_entry_ids, ["orders"], self.gouda.id, "branch")
        self.person.access_entry_ids.scope = False
        team._change(self.person.access_entry_ids, ["orders"], self.gouda.id, False)

    def _get_losses(self, team, entry):
        return {
            "demoted": lambda: team._change(entry, ["orders"], entry.partner_id.id),
            "moved": lambda: team._change(entry, ["administrator"], self.delft.id),
        }

    def test_the_last_administrator_stays_one(self):
        entry = self.head_admin.access_entry_ids
        for name, lose in self._get_losses(self._get_team(self.head_admin), entry).items():
            with self.subTest(name), self.assertRaises(UserError), self.cr.savepoint():
                lose()
        self._get_team(self.head_admin)._take_access(self.gouda_admin.access_entry_ids)
        self.assertFalse(self.gouda_admin.active, "the head office looks after the branch")

    def test_who_has_never_signed_in_is_no_administrator_yet(self):
        second = self._create_administrator(self.head, login="twee@velthuis.example")
        second.log_ids.sudo().unlink()
        team, entry = self._get_team(self.head_admin), self.head_admin.access_entry_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            team._change(entry, ["orders"], self.head.id)
        second.with_user(second)._update_last_login()
        team._change(entry, ["orders"], self.head.id)
        self.assertFalse(self.head_admin._may_administer_team())

    def test_the_administration_is_handed_over_to_who_has_signed_in(self):
        team, entry = self._get_team(self.gouda_admin), self.person.access_entry_ids
        with self.assertRaises(UserError):
            team._hand_over(entry)
        self.person.with_user(self.person)._update_last_login()
        entry.invalidate_recordset()
        team._hand_over(entry)
        self.assertTrue(self.person._may_administer_team())
        self.assertFalse(self.gouda_admin._may_administer_team())
        self.assertTrue(self.gouda_admin._has_access_role("prices"))

    def test_a_head_office_cannot_be_handed_to_a_branch(self):
        entry = self.gouda_admin.access_entry_ids
        with self.assertRaises(UserError), self.cr.savepoint():
            self._get_team(self.head_admin)._hand_over(entry)

    def test_nobody_takes_the_own_access_away(self):
        with self.assertRaises(UserError):
            self._get_team(self.head_admin)._take_access(self.head_admin.access_entry_ids)

    def test_only_what_was_not_taken_by_us_is_given_back(self):
        team, entry = self._get_team(self.gouda_admin), self.person.access_entry_ids
        team._take_access(team._find_entry(entry.id))
        self.assertFalse(self.person.active)
        team._give_access(team._find_entry(entry.id))
        self.assertTrue(self.person.active)
        self.assertEqual(entry.source, "customer", "no feed takes it away again")
        entry.with_context(partner_access_source="staff").active = False
        with self.assertRaises(UserError):
            team._give_access(team._find_entry(entry.id))

    def test_a_link_is_sent_again_to_who_has_access(self):
        team, entry = self._get_team(self.gouda_admin), self.person.access_entry_ids
        team._send_link(entry)
        self.assertEqual(self._run_link_job().email_to, entry.email)
        entry.active = False
        with self.assertRaises(UserError):
            team._send_link(entry)

    def test_a_customer_reads_nothing_of_the_register_by_himself(self):
        register = self.env["partner.access.entry"].with_user(self.head_admin)
        self.assertFalse(register.has_access("read"))
        self.assertFalse(register.has_access("write"))


@tagged("post_install", "-at_install")
class TestTwoAdministratorsAtOnce(BaseCase):
    """In transactions of their own; what they commit is deleted again."""

    def setUp(self):
        super().setUp()
        with self._open(SUPERUSER_ID) as env:
            factories = type("Factories", (TeamCommon,), {"env": env})()
            company = factories._create_company()
            self.ids = [
                factories._create_administrator(company, login=f"tegelijk{i}@velthuis.example").id
                for i in range(2)
            ]
        self.addCleanup(self._delete)

    @contextmanager
    def _open(self, uid):
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, uid, {})

    def _delete(self):
        with self._open(SUPERUSER_ID) as env:
            users = env["res.users"].with_context(active_test=False).browse(self.ids)
            entries, partners = users.access_entry_ids, users.partner_id
            companies = partners.parent_id
            entries.user_id = False
            users.unlink()
            entries.unlink()
            env["partner.access.log"].search([("partner_id", "in", companies.ids)]).unlink()
            (partners | companies).unlink()

    def _demote(self, env, user_id):
        team = env["partner.access.team"]
        domain = [("user_id", "=", user_id)]
        entry = team._get_register().search(domain)
        team._change(entry, ["orders"], entry.partner_id.id)

    def test_two_who_demote_each_other_leave_one(self):
        first, second = self.ids
        with self._open(first) as one, self._open(second) as two:
            two.cr.execute("SELECT count(*) FROM partner_access_entry")  # its snapshot begins
            self._demote(one, second)
            one.cr.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._demote(two, first)
            two.cr.rollback()
        with self._open(second) as again:
            self.assertFalse(again.user._may_administer_team())
        with self._open(first) as again:
            self.assertTrue(again.user._may_administer_team())
