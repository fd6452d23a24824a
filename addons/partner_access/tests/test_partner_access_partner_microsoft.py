from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "aaaaaaaa-2222-3333-4444-555555555555"


@tagged("post_install", "-at_install")
class TestPartnerAccessPartnerMicrosoft(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_company(cls, name="Velthuis Holding")
        cls.branch = cls._create_company(cls, parent_id=cls.head.id)

    def test_a_branch_lets_in_what_the_company_above_does_unless_it_says_otherwise(self):
        self.assertEqual(self.branch._get_microsoft_tenants(), [])
        self.head.portal_microsoft_tenants = TENANT
        self.assertEqual(self.branch._get_microsoft_tenants(), [TENANT])
        self.branch.portal_microsoft_tenants = OTHER_TENANT
        self.assertEqual(self.branch._get_microsoft_tenants(), [OTHER_TENANT])
        self.assertEqual(self.head._get_microsoft_tenants(), [TENANT])

    def test_only_microsoft_holds_for_the_branches_too(self):
        self.head.portal_microsoft_tenants = TENANT
        self.branch.is_portal_microsoft_only = True
        self.assertFalse(self.head._is_microsoft_required())
        self.branch.is_portal_microsoft_only = False
        self.head.is_portal_microsoft_only = True
        self.assertTrue(self.branch._is_microsoft_required())

    def test_what_is_no_tenant_is_refused(self):
        for text in ("kade.example", f"{TENANT}, x", "9188040d-6c67-4c5b-b112-36a304b66dad"):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "not the ID"):
                self.head.portal_microsoft_tenants = text

    def test_only_microsoft_without_a_tenant_would_let_nobody_in(self):
        with self.assertRaisesRegex(ValidationError, "Name the Microsoft 365 tenant"):
            self.branch.is_portal_microsoft_only = True

    def test_what_a_company_says_counts_at_once(self):
        user = self._create_portal_user(self.branch)
        self.assertEqual(user._get_microsoft_tenants(), [])
        self.head.portal_microsoft_tenants = TENANT
        self.assertEqual(user._get_microsoft_tenants(), [TENANT])

    def test_only_who_looks_after_access_sees_and_changes_it(self):
        clerk = self._create_staff(groups="base.group_partner_manager")
        head = self.head.with_user(clerk)
        head.name = "Velthuis Groep"
        with self.assertRaises(AccessError):
            head.portal_microsoft_tenants = TENANT
        with self.assertRaises(AccessError):
            head.read(["is_portal_microsoft_only"])
