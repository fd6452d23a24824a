from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestCart(PortalCase):
    def test_a_cart_is_seen_by_its_user_only(self):
        self.add_to_cart()
        self.assertIn(self.line.product_id.name, self.url_open("/my/returns/cart").text)
        for user in (self.colleague, self.stranger):
            with self.subTest(user=user.login):
                self.sign_in(user)
                text = self.url_open("/my/returns/cart").text
                self.assertIn("Your cart is empty", text)

    def test_a_position_is_removed_by_its_user_only(self):
        position = self.add_to_cart().line_ids
        self.sign_in(self.colleague)
        self.post("/my/returns/cart/remove", position=position.id)
        self.assertTrue(position.exists())
        self.sign_in(self.user)
        self.post("/my/returns/cart/remove", position=position.id)
        self.assertFalse(position.exists())

    def test_a_second_submit_leads_to_the_same_case(self):
        cart = self.add_to_cart()
        pages = [self.submit(cart).url for _time in range(2)]
        self.assertEqual(pages[0], pages[1])
        self.assertIn(f"/my/returns/{cart.id}?", pages[0])
        self.assertNotEqual(cart.name, "/")
        self.assertEqual(self.env["cso.rma"].search_count([("user_id", "=", self.user.id)]), 1)

    def test_what_is_added_after_submitting_is_a_new_cart(self):
        first = self.add_to_cart()
        self.submit(first)
        second = self.add_to_cart(lots=self.lots[1:2])
        self.assertNotEqual(first, second)
        self.submit(first)
        self.assertFalse(second.submitted_on)

    def test_nobody_else_submits_a_cart(self):
        cart = self.add_to_cart()
        for user in (self.colleague, self.stranger):
            with self.subTest(user=user.login):
                self.sign_in(user)
                self.assertEqual(self.submit(cart).status_code, 404)
        self.assertFalse(cart.submitted_on)

    def test_a_submit_of_nothing_or_of_garbage_makes_no_case(self):
        cart = self.add_to_cart()
        for value in ("", "x", "0", "99999999999"):
            with self.subTest(value=value):
                response = self.post("/my/returns/cart/submit", cart=value)
                self.assertEqual(response.status_code, 404)
        cart.line_ids.unlink()
        self.submit(cart)
        self.assertFalse(cart.submitted_on)

    def test_a_submit_without_the_token_of_the_session_is_refused(self):
        cart = self.add_to_cart()
        with mute_logger("odoo.http"):
            response = self.url_open("/my/returns/cart/submit", data={"cart": cart.id})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(cart.submitted_on)

    def test_a_window_that_closed_meanwhile_is_shown_and_stops_the_whole_cart(self):
        cart = self.add_to_cart()
        self.line.move_ids.picking_id.date_done -= timedelta(days=60)
        self.assertIn("Possible until", self.url_open("/my/returns/cart").text)
        response = self.submit(cart)
        self.assertIn("Nothing was submitted", response.text)
        self.assertFalse(cart.submitted_on)

    def test_the_page_after_submitting_says_what_to_do_and_promises_no_credit(self):
        text = self.submit(self.add_to_cart()).text
        self.assertIn("Send it:", text)
        self.assertIn("never promises a credit", text)
