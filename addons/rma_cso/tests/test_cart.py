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

    def add_two_branches(self):
        """A person of the head office adds a position of each branch; return the two carts."""
        self.user.partner_id.parent_id = self.office
        other = self._create_delivered_line(1, partner=self.other_branch)
        self.add_to_cart()
        return self.add_to_cart(line=other.id, lots=self._get_lots(other)).sorted("id")

    def test_each_branch_has_a_cart_and_becomes_a_case(self):
        carts = self.add_two_branches()
        self.assertEqual(carts.mapped("partner_id"), self.branch | self.other_branch)
        page = self.url_open("/my/returns/cart").text
        for name in ("Kade IT Rotterdam", "Kade IT Utrecht", "Cart (2)"):
            with self.subTest(name=name):
                self.assertIn(name, page if name != "Cart (2)" else self.get_returns())
        response = self.submit(carts)
        self.assertIn("/my/returns/status?submitted=1", response.url)
        self.assertTrue(all(carts.mapped("submitted_on")))
        self.assertEqual(len(set(carts.mapped("name"))), 2)

    def get_returns(self):
        return self.url_open("/my/returns").text

    def test_one_impossible_position_stops_the_carts_of_all_branches(self):
        carts = self.add_two_branches()
        carts[1].line_ids.sale_line_id.move_ids.picking_id.date_done -= timedelta(days=60)
        response = self.submit(carts)
        self.assertIn("Nothing was submitted", response.text)
        self.env.invalidate_all()
        self.assertFalse(any(carts.mapped("submitted_on")))

    def test_a_second_position_of_a_branch_goes_into_its_cart(self):
        cart = self.add_to_cart()
        self.assertEqual(self.add_to_cart(lots=self.lots[1:2]), cart)
        self.assertEqual(len(cart.line_ids), 2)

    def test_looking_at_an_address_that_only_acts_leads_to_the_cart(self):
        for step in ("submit", "remove"):
            with self.subTest(step=step):
                response = self.url_open(f"/my/returns/cart/{step}", allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith("/my/returns/cart"))

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
