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

    def test_who_went_to_another_customer_left_the_cart_behind(self):
        cart = self.add_to_cart()
        self.user.partner_id.parent_id = self.stranger_company
        for page in ("", "/cart"):
            text = self.url_open(f"/my/returns{page}").text
            self.assertNotIn(self.line.product_id.name, text)
        address = self.url_open(f"/my/returns/cart/address?cart={cart.id}")
        self.assertEqual((address.status_code, self.submit(cart).status_code), (404, 404))
        self.post("/my/returns/cart/remove", position=cart.line_ids.id)
        self.assertTrue(cart.line_ids.exists())

    def test_a_reason_that_was_archived_meanwhile_is_not_submitted(self):
        cart = self.add_to_cart()
        self._get_reason("doa").active = False
        self.assertIn("not offered any more", self.url_open("/my/returns/cart").text)
        self.assertIn("not offered any more", self.submit(cart).text)
        self.assertFalse(cart.submitted_on)

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

    def make_impossible(self, position):
        position.sale_line_id.move_ids.picking_id.date_done -= timedelta(days=60)

    def add_two_lines(self):
        """A cart with a position that is possible, and one of which the window has closed."""
        other = self._create_delivered_line(1)
        self.add_to_cart(line=other.id, lots=self._get_lots(other))
        cart = self.add_to_cart()
        self.make_impossible(cart.line_ids.filtered(lambda one: one.sale_line_id == other))
        return cart

    def submit_others(self, cart):
        return self.post("/my/returns/cart/submit", cart=cart.ids, others="1")

    def test_the_others_are_submitted_and_what_is_impossible_stays_in_the_cart(self):
        cart = self.add_two_lines()
        self.assertIn("Submit the other one", self.url_open("/my/returns/cart").text)
        urls = [self.submit_others(cart).url for _time in range(2)]
        self.assertIn(f"/my/returns/{cart.id}?", urls[0])
        self.assertEqual(urls[0], urls[1])
        self.assertEqual(cart.line_ids.sale_line_id, self.line)
        left = self.get_cart()
        self.assertEqual(len(left.line_ids), 1)
        self.assertEqual(left.return_address_id, cart.return_address_id)

    def test_the_others_are_submitted_once_also_after_a_new_sign_in(self):
        cart = self.add_two_lines()
        self.submit_others(cart)
        self.authenticate(None, None)
        self.sign_in(self.user)
        self.submit_others(cart)
        cases = self.env["cso.rma"].search([("user_id", "=", self.user.id)])
        self.assertEqual(len(cases.filtered("submitted_on")), 1)

    def test_nothing_is_submitted_where_no_position_is_possible(self):
        cart = self.add_to_cart()
        self.make_impossible(cart.line_ids)
        self.submit_others(cart)
        self.assertFalse(cart.submitted_on)
        self.assertEqual(self.get_cart(), cart)

    def test_nobody_else_submits_the_others(self):
        cart = self.add_two_lines()
        self.sign_in(self.colleague)
        self.assertEqual(self.submit_others(cart).status_code, 404)

    def test_a_position_is_changed_in_its_form_and_keeps_its_place(self):
        position = self.add_to_cart(reference="R1").line_ids
        form = self.post("/my/returns/cart/edit", position=position.id)
        self.assertIn(f"position={position.id}", form.url)
        self.assertIn("No light at all.", form.text)
        values = {**self.get_answers(comment="It smokes."), "position": position.id}
        self.post("/my/returns/form", **values)
        address = self.line.order_id.partner_shipping_id.id
        self.post("/my/returns/form/address", address=address, **values)
        self.assertEqual(self.get_cart().line_ids, position)
        self.assertEqual(position.comment, "It smokes.")
        self.assertEqual(position.lot_ids, self.lots[:1])

    def test_a_change_that_is_not_finished_leaves_the_position_and_is_shown(self):
        cart = self.add_to_cart()
        position = cart.line_ids
        self.post("/my/returns/cart/edit", position=position.id)
        values = {**self.get_answers(comment="It smokes."), "position": position.id}
        self.post("/my/returns/form", **values)
        self.assertEqual(position.comment, "No light at all.")
        self.assertIn("You began to change", self.url_open("/my/returns/cart").text)
        self.submit(cart)
        drafts = self.env["cso.form.draft"].search([("user_id", "=", self.user.id)])
        self.assertFalse(drafts)

    def test_a_position_is_changed_to_another_reason(self):
        position = self.add_to_cart().line_ids
        form = self.post("/my/returns/cart/edit", position=position.id, reason="defect")
        self.assertIn("reason=defect", form.url)
        values = {"line": self.line.id, "reason": "defect", "position": position.id}
        self.post("/my/returns/form", **{**self.get_answers(), **values})
        address = self.line.order_id.partner_shipping_id.id
        self.post("/my/returns/form/address", address=address, **values)
        self.assertEqual(position.reason_id.code, "defect")
        self.assertEqual(len(self.get_cart().line_ids), 1)

    def test_nobody_else_changes_a_position(self):
        position = self.add_to_cart().line_ids
        for user in (self.colleague, self.stranger):
            with self.subTest(user=user.login):
                self.sign_in(user)
                self.post("/my/returns/cart/edit", position=position.id)
                self.assertFalse(self.env["cso.form.draft"].search([("position_id", "!=", False)]))
                url = f"{self.get_form_url()}&position={position.id}"
                self.assertEqual(self.url_open(url).status_code, 404)

    def test_a_position_of_another_line_or_of_a_case_is_not_found(self):
        position = self.add_to_cart().line_ids
        other = self._create_delivered_line(1)
        for line in (other, self.line):
            with self.subTest(line=line.id):
                url = f"{self.get_form_url(line)}&position={position.id}"
                self.assertEqual(self.url_open(url).status_code, 404 if line == other else 200)
        self.submit(position.rma_id)
        url = f"{self.get_form_url()}&position={position.id}"
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_units_that_a_colleague_claimed_are_shown_with_the_way_to_change_it(self):
        cart = self.add_to_cart()
        self._create_case(self.line)
        text = self.url_open("/my/returns/cart").text
        self.assertIn("not possible any more", text)
        self.assertIn("Not delivered on this line, or in another open position", text)
        self.assertEqual(cart.line_ids.lot_ids, self.lots[:1])

    def test_the_nearest_time_limit_is_told(self):
        self.add_to_cart()
        text = " ".join(self.url_open("/my/returns/cart").text.split())
        self.assertIn("The next one ends on", text)
        self.assertIn("in 45 days", text)

    def count_queries(self):
        self.url_open("/my/returns/cart")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.url_open("/my/returns/cart")
        return self.env.cr.sql_log_count - before

    def test_the_cart_needs_the_same_queries_for_two_positions_and_for_many(self):
        cart = self._create_cart(user=self.user)
        counts = []
        for number in (2, 5):
            for _index in range(number):
                self._create_position(self._create_delivered_line(1), cart=cart)
            counts.append(self.count_queries())
        self.assertLessEqual(counts[1] - counts[0], 4)
