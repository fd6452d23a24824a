from odoo.tests import tagged

from ..tools import FormError
from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestResPartner(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dock = cls._create_dock(cls.branch)
        cls.other_dock = cls._create_dock(cls.other_branch)
        cls.stranger_dock = cls._create_dock(cls.stranger_company)
        cls.country = cls.env.ref("base.nl")

    @classmethod
    def _create_dock(cls, partner):
        return cls.env["res.partner"].create(
            {"name": "Dock", "type": "delivery", "street": "Kade 1", "parent_id": partner.id}
        )

    def _get_offered(self, company):
        user = self._create_portal_user(f"user{company.id}", company)
        branch = self.branch.with_user(user).sudo()
        return branch._get_return_addresses(branch).sudo(False)

    def test_the_address_of_the_delivery_stands_first(self):
        self.assertEqual(self._get_offered(self.branch)[0], self.branch)

    def test_addresses_of_the_own_company_are_offered_and_no_others(self):
        offered = self._get_offered(self.branch)
        self.assertIn(self.dock, offered)
        self.assertFalse(offered & (self.other_dock + self.stranger_dock))

    def test_the_head_office_is_offered_the_addresses_of_all_branches(self):
        offered = self._get_offered(self.office)
        self.assertLessEqual(self.dock + self.other_dock, offered)
        self.assertNotIn(self.stranger_dock, offered)

    def test_a_new_address_is_made_below_the_company_with_the_known_fields_only(self):
        values = {"name": "Dock 3", "street": "Kade 3", "zip": "3011 AA", "city": "Rotterdam"}
        address = self.branch._create_return_address(
            {**values, "country_id": self.country.id, "user_id": self.env.uid}
        )
        self.assertEqual((address.parent_id, address.type), (self.branch, "delivery"))
        self.assertFalse(address.user_id)

    def test_a_new_address_that_is_not_complete_names_each_field(self):
        with self.assertRaises(FormError) as refused:
            self.branch._create_return_address({"name": "Dock 3", "country_id": 2**31 - 1})
        self.assertEqual(set(refused.exception.errors), {"street", "zip", "city", "country_id"})

    def test_a_customer_counts_the_cases_of_its_branches(self):
        self._create_case(self._create_delivered_line())
        contact = self.env["res.partner"].create({"name": "Mira", "parent_id": self.branch.id})
        partners = self.office | self.branch | self.other_branch | contact
        before = partners.mapped("cso_rma_count")
        self._create_case(self._create_delivered_line())
        partners.invalidate_recordset()
        after = partners.mapped("cso_rma_count")
        added = [new - old for new, old in zip(after, before, strict=True)]
        self.assertEqual(added, [1, 1, 0, 0])
        domain = self.office.action_view_cso_rma()["domain"]
        self.assertEqual(self.env["cso.rma"].search_count(domain), after[0])
