from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.microsoft_account import MicrosoftAccount
from .common import AccessCommon

TENANT = "11111111-2222-3333-4444-555555555555"
OBJECT_ID = "00000000-0000-0000-0000-00000000000b"


@tagged("post_install", "-at_install")
class TestPartnerAccessIdentity(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user(cls, cls._create_company(cls))

    def _create_identity(self, **values):
        return self.env["partner.access.identity"].create(
            {
                "user_id": self.user.id,
                "address": self.user.login,
                "tenant": TENANT,
                "object_id": OBJECT_ID,
                **values,
            }
        )

    def test_one_account_belongs_to_one_person_and_the_other_way_round(self):
        self._create_identity()
        other = self._create_portal_user(login="ander@velthuis.example")
        for values in ({"object_id": OBJECT_ID[:-1] + "c"}, {"user_id": other.id}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._create_identity(**values)

    def test_a_person_who_has_an_account_gets_no_second_one(self):
        self._create_identity()
        account = MicrosoftAccount(TENANT, OBJECT_ID[:-1] + "c", (), 0, False)
        linked = self.env["partner.access.identity"]._link(self.user, account, self.user.login)
        self.assertFalse(linked)

    def test_removing_it_is_logged_and_ends_the_sessions(self):
        entry = self.user.access_entry_ids
        self._create_identity()
        device = self.env["res.device.log"].create(
            {"user_id": self.user.id, "session_identifier": "x" * 42, "last_activity": "2026-01-01"}
        )
        entry.action_remove_microsoft_account()
        self.assertFalse(entry.microsoft_identity_id)
        self.assertTrue(device.revoked)
        rows = self.env["partner.access.log"].search([("user_id", "=", self.user.id)])
        self.assertIn("microsoft_unlinked", rows.mapped("kind"))

    def test_nobody_but_who_looks_after_access_reads_or_removes_it(self):
        identity = self._create_identity()
        group = "partner_access.group_access_administrator"
        administrator = self._create_staff("bram@noorder.example", groups=group)
        for user in (self.user, self._create_staff()):
            with self.subTest(user.login), self.assertRaises(AccessError):
                identity.with_user(user).read(["tenant"])
        own = identity.with_user(administrator)
        self.assertEqual(own.tenant, TENANT)
        with self.assertRaises(AccessError):
            own.object_id = OBJECT_ID
        own.unlink()
        self.assertFalse(identity.exists())

    def test_of_another_of_our_companies_it_is_not_seen(self):
        identity = self._create_identity()
        company = self.env["res.company"].create({"name": "Another Distributor"})
        group = "partner_access.group_access_administrator"
        stranger = self._create_staff(
            "vreemd@noorder.example",
            groups=group,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        identities = self.env["partner.access.identity"].with_user(stranger)
        self.assertFalse(identities.search([]))
        with self.assertRaises(AccessError):
            identity.with_user(stranger).unlink()
