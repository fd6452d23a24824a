from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestFigures(PortalCase):
    def test_the_page_shows_figures_and_amounts_to_who_may_see_them(self):
        position = self._create_tested_position(self.line, cart=self._create_cart(self.user))
        self.assertIn("none was posted yet", self.url_open("/my/returns/figures").text)
        self._decide_credit(position).action_post()
        text = self.url_open("/my/returns/figures").text
        self.assertIn(position.product_id.name, text)
        self.assertIn("credited without tax", text)
        self.user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_prices")
        text = self.url_open("/my/returns/figures").text
        self.assertNotIn("credited without tax", text)
        self.assertNotIn("333.97", text)

    def test_who_has_no_role_for_returns_finds_no_page(self):
        self.assertEqual(self.get_status("/my/returns/figures"), 303)
        self.user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_returns")
        self.assertEqual(self.get_status("/my/returns/figures", self.user), 404)

    def test_garbage_in_the_address_shows_the_usual_period(self):
        for query in ("period=x", "period=", "period[]=1", "period=__class__"):
            with self.subTest(query):
                response = self.url_open(f"/my/returns/figures?{query}")
                self.assertEqual(response.status_code, 200)
                self.assertIn("Nothing was submitted in this time.", response.text)
