from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestHome(PortalCase):
    def test_home_tells_of_open_cases_and_until_when_to_send(self):
        cart = self._create_cart(user=self.user)
        self._create_position(self.line, cart=cart)
        cart._submit()
        self.assertIn("to be sent back by", self.url_open("/my").text)

    def test_home_has_no_deadline_once_the_goods_are_sent(self):
        cart = self._create_cart(user=self.user)
        self._create_position(self.line, cart=cart)
        cart._submit()
        cart.line_ids._mark_sent()
        text = self.url_open("/my").text
        self.assertIn("open return or claim", text)
        self.assertNotIn("to be sent back", text)
