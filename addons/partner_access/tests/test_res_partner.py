from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestResPartner(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.head = self._create_company(name="Velthuis hoofdkantoor")
        self.gouda = self._create_company(name="Velthuis Gouda", parent_id=self.head.id)
        self.delft = self._create_company(name="Velthuis Delft", parent_id=self.head.id)
        self.stranger = self._create_company(name="Ander Bedrijf")
        self.companies = self.head | self.gouda | self.delft | self.stranger

    def _get_seen(self, user):
        """Which of the companies the user's scope covers."""
        among = Domain("id", "in", self.companies.ids)
        return self.env["res.partner"].search(user._get_access_partner_domain("id") & among)

    def test_a_branch_sees_itself_the_head_office_all_its_branches(self):
        branch_user = self._create_portal_user(self.gouda)
        head_user = self._create_portal_user(self.head, login="baas@velthuis.example")
        self.assertEqual(self._get_seen(branch_user), self.gouda)
        self.assertEqual(self._get_seen(head_user), self.head | self.gouda | self.delft)

    def test_with_scope_company_everybody_sees_the_whole_company(self):
        self.head.portal_scope = "company"
        user = self._create_portal_user(self.gouda)
        self.assertEqual(self._get_seen(user), self.head | self.gouda | self.delft)

    def test_a_branch_may_choose_its_own_scope(self):
        self.head.portal_scope = "company"
        self.gouda.portal_scope = "branch"
        self.assertEqual(self._get_seen(self._create_portal_user(self.gouda)), self.gouda)

    def test_with_scope_own_only_the_own_records_are_left(self):
        self.head.portal_scope = "own"
        user = self._create_portal_user(self.gouda)
        self.assertEqual(
            list(user._get_access_partner_domain("partner_id")),
            [("partner_id", "=", user.partner_id.id)],
        )

    def test_a_portal_user_reads_partners_of_the_scope_and_no_stranger(self):
        user = self._create_portal_user(self.gouda)
        self.assertEqual(self.gouda.with_user(user).name, "Velthuis Gouda")
        for partner in (self.head, self.delft, self.stranger):
            with self.subTest(partner.name), self.assertRaises(AccessError):
                partner.with_user(user).read(["name"])
        self.head.portal_scope = "company"
        self.assertEqual(self.delft.with_user(user).name, "Velthuis Delft")
        with self.assertRaises(AccessError):
            self.stranger.with_user(user).read(["name"])

    def test_a_contact_moved_to_another_company_loses_the_old_one_at_once(self):
        user = self._create_portal_user(self.gouda)
        self.assertEqual(self.gouda.with_user(user).name, "Velthuis Gouda")
        user.partner_id.parent_id = self.stranger
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.gouda.with_user(user).read(["name"])
        self.assertEqual(self.stranger.with_user(user).name, "Ander Bedrijf")
        self.assertEqual(user.access_entry_ids.partner_id, self.stranger)

    def test_a_branch_that_becomes_independent_leaves_the_head_office_at_once(self):
        user = self._create_portal_user(self.head)
        self.assertEqual(self.gouda.with_user(user).name, "Velthuis Gouda")
        self.gouda.parent_id = False
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.gouda.with_user(user).read(["name"])

    def test_a_new_colleague_is_seen_without_clearing_anything(self):
        user = self._create_portal_user(self.gouda)
        self.assertEqual(self.gouda.with_user(user).name, "Velthuis Gouda")
        colleague = self.env["res.partner"].create({"name": "Bas", "parent_id": self.gouda.id})
        self.assertEqual(colleague.with_user(user).name, "Bas")

    def test_a_portal_user_cannot_read_or_set_the_scope(self):
        user = self._create_portal_user(self.gouda)
        with self.assertRaises(AccessError):
            self.gouda.with_user(user).read(["portal_scope"])
        with self.assertRaises(AccessError):
            self.gouda.with_user(user).write({"portal_scope": "company"})

    def test_giving_access_to_a_contact_takes_its_address_over(self):
        contact = self.env["res.partner"].create(
            {"name": "Bas", "email": "bas@velthuis.example", "parent_id": self.gouda.id}
        )
        context = contact.action_give_access()["context"]
        self.assertEqual(context["default_email"], "bas@velthuis.example")
        self.assertEqual(context["default_partner_id"], self.gouda.id)

    def test_the_first_person_of_a_company_is_its_administrator(self):
        administrator = self.env.ref("partner_access.role_administrator")
        context = self.gouda.action_give_access()["context"]
        self.assertEqual(context["default_role_ids"], administrator.ids)
        self._create_entry(partner_id=self.gouda.id)
        self.assertNotIn("default_role_ids", self.gouda.action_give_access()["context"])

    def test_the_register_of_a_head_office_shows_its_branches_too(self):
        self._create_entry(partner_id=self.gouda.id)
        action = self.head.action_open_access_entries()
        entries = self.env["partner.access.entry"].search(action["domain"])
        self.assertEqual(entries.partner_id, self.gouda)
        self.assertEqual(self.gouda.access_entry_count, 1)

    def test_a_new_contact_or_branch_counts_at_once(self):
        user = self._create_portal_user(self.head)
        self.assertEqual(self._get_seen(user), self.head | self.gouda | self.delft)
        self.companies |= self._create_company(name="Velthuis Breda", parent_id=self.head.id)
        contact = self._create_company(name="Inkoop", parent_id=self.companies[-1].id)
        self.companies |= contact
        self.assertEqual(self._get_seen(user), self.companies - self.stranger)
        self.assertEqual(contact.with_user(user).name, "Inkoop")

    def test_a_branch_that_leaves_or_is_deleted_is_gone_at_once(self):
        user = self._create_portal_user(self.head)
        self.assertIn(self.delft, self._get_seen(user))
        self.delft.parent_id = self.stranger
        self.assertEqual(self._get_seen(user), self.head | self.gouda)
        gouda_id = self.gouda.id
        self.companies -= self.gouda
        self.gouda.unlink()
        self.assertNotIn(gouda_id, self.head._get_ids_below())

    def test_archived_contacts_below_still_count(self):
        self.delft.active = False
        self.assertIn(self.delft.id, self.head._get_ids_below())

    def test_pages_walk_the_tree_once(self):
        user = self._create_portal_user(self.head)
        user._get_access_partner_domain("partner_id")
        with self.assertQueryCount(0):
            user._get_access_partner_domain("partner_id")

    def test_record_rules_do_not_freeze_the_tree(self):
        user = self._create_portal_user(self.head)
        in_rule = self.env["ir.rule"].with_user(user)._eval_context()["user"]
        domain = in_rule._get_access_partner_domain("partner_id")
        self.assertEqual(list(domain), [("partner_id", "child_of", self.head.id)])
