from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalSearch(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.line).rma_id

    def search(self, number, user):
        self.sign_in(user)
        return self.url_open(f"/my/search?q={number}", allow_redirects=False)

    def test_the_number_of_a_case_leads_straight_to_it(self):
        response = self.search(self.case.name.lower(), self.user)
        self.assertTrue(response.headers["Location"].endswith(f"/my/returns/{self.case.id}"))

    def test_a_stranger_does_not_find_the_case(self):
        response = self.search(self.case.name, self.stranger)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(f"/my/returns/{self.case.id}", response.text)

    def test_who_may_not_register_returns_finds_no_case(self):
        user = self._create_portal_user("piet", self.branch)
        role = self.env["partner.access.role"].search([("code", "=", "orders")])
        user._get_access_entry().role_ids = role
        found = self.env["portal.search"].with_user(user)._get_groups(self.case.name)
        self.assertFalse([group for group in found if group["key"] == "case"])
