from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestSaleLineSerial(PortalCase):
    def get_page(self, user=None):
        self.sign_in(user or self.user)
        return self.url_open(f"/my/serials/{self.lots[0].id}").text

    def test_the_page_of_a_serial_names_its_cases_and_leads_to_the_desk(self):
        case = self._create_case(self.line).rma_id
        page = self.get_page()
        self.assertIn(f"/my/returns/{case.id}", page)
        self.assertIn("Return or claim", page)

    def test_a_cart_is_not_named(self):
        self._create_position(self.line, cart=self._create_cart(user=self.colleague))
        self.assertNotIn("Returns and claims", self.get_page())

    def test_with_the_scope_own_the_case_of_a_colleague_is_not_named(self):
        case = self._create_case(self.line, cart=self._create_cart(user=self.colleague)).rma_id
        self.assertIn(case.name, self.get_page())
        self.branch.portal_scope = "own"
        self.assertNotIn(case.name, self.get_page())
