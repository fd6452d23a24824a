from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessEntry(AccessCommon, TransactionCase):
    def test_an_address_is_kept_in_small_letters_without_blanks(self):
        entry = self._create_entry(email="  Inkoop@Velthuis.Example ")
        self.assertEqual(entry.email, "inkoop@velthuis.example")
        entry.email = " Ander@Velthuis.Example"
        self.assertEqual(entry.email, "ander@velthuis.example")

    def test_an_address_has_one_active_entry_only(self):
        entry = self._create_entry()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create_entry(email="INKOOP@velthuis.example")
        entry.active = False
        self.assertTrue(self._create_entry(email="INKOOP@velthuis.example").active)

    def test_what_is_no_address_is_refused(self):
        with self.assertRaises(ValidationError):
            self._create_entry(email="inkoop")

    def test_no_entry_is_made_for_an_employee_by_the_number(self):
        staff = self._create_staff()
        for user in (staff, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(ValidationError):
                self._create_entry(user_id=user.id)

    def test_an_employee_needs_no_entry(self):
        self._create_staff(login="staf@noorder.example")
        with self.assertRaises(ValidationError):
            self._create_entry(email="Staf@noorder.example")

    def test_the_first_link_makes_a_user_in_the_company_of_the_entry(self):
        branch = self._create_company(name="Velthuis Gouda")
        company = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        entry = self._create_entry(partner_id=branch.id, company_id=company.id, name="Ilse Maas")
        user = entry._ensure_user()
        self.assertTrue(user._is_portal())
        self.assertEqual(user.company_id, company)
        self.assertEqual(user.partner_id.parent_id, branch)
        self.assertEqual((user.login, user.name), ("inkoop@velthuis.example", "Ilse Maas"))
        self.assertEqual(entry._ensure_user(), user)

    def test_the_user_takes_the_contact_who_has_the_address_already(self):
        partner = self._create_company()
        contact = self.env["res.partner"].create(
            {"name": "Ilse", "email": "Inkoop@Velthuis.example", "parent_id": partner.id}
        )
        entry = self._create_entry(partner_id=partner.id)
        self.assertEqual(entry._ensure_user().partner_id, contact)

    def test_archiving_an_entry_takes_the_access_away_and_giving_it_back_returns_it(self):
        user = self._create_portal_user()
        entry = user.access_entry_ids
        entry.active = False
        self.assertFalse(user.active)
        self.assertEqual(entry.state, "revoked")
        entry.active = True
        self.assertTrue(user.active)

    def test_a_new_entry_for_a_former_user_brings_the_user_back_as_a_new_contact(self):
        user = self._create_portal_user()
        old_contact = user.partner_id
        user.active = False
        other = self._create_company(name="Ander Bedrijf")
        entry = self._create_entry(partner_id=other.id)
        self.assertEqual(entry.user_id, user)
        self.assertTrue(user.active)
        self.assertEqual(user.commercial_partner_id, other)
        self.assertNotEqual(user.partner_id, old_contact)

    def test_another_branch_on_the_entry_moves_the_contact(self):
        head = self._create_company()
        branch = self._create_company(name="Velthuis Gouda", parent_id=head.id)
        user = self._create_portal_user(head)
        user.access_entry_ids.partner_id = branch
        self.assertEqual(user.partner_id.parent_id, branch)

    def test_the_state_tells_invited_expired_and_revoked(self):
        entry = self._create_entry()
        self.assertEqual(entry.state, "invited")
        entry.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertEqual(entry.state, "expired")
        entry.active = False
        self.assertEqual(entry.state, "revoked")

    def test_an_entry_that_somebody_uses_is_archived_not_deleted(self):
        user = self._create_portal_user()
        with self.assertRaises(UserError):
            user.access_entry_ids.unlink()

    def test_a_link_is_not_sent_to_an_expired_entry(self):
        entry = self._create_entry(valid_until=fields.Date.today() - timedelta(days=1))
        with self.assertRaises(UserError):
            entry.action_send_link()

    def test_an_administrator_of_access_needs_no_right_on_users(self):
        clerk = self._create_staff(groups="partner_access.group_access_administrator")
        entry = self._create_entry().with_user(clerk)
        entry.action_send_link()
        self._run_link_job()
        entry.active = False
        self.assertFalse(entry.sudo().user_id.active)

    def test_others_neither_read_nor_write_the_register(self):
        entry = self._create_entry()
        for user in (
            self._create_staff(),
            self._create_portal_user(login="ander@velthuis.example"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                entry.with_user(user).read(["email"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                entry.with_user(user).write({"name": "x"})

    def test_the_register_of_another_company_is_closed(self):
        clerk = self._create_staff(groups="partner_access.group_access_administrator")
        company = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        entry = self._create_entry(company_id=company.id)
        with self.assertRaises(AccessError):
            entry.with_user(clerk).read(["email"])
