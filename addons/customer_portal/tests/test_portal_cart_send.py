from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalCartSend(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("cart_sender", cls.branch)
        cls.manager = cls._create_staff("cart_manager", "sales_team.group_sale_salesman")
        cls.branch.user_id = cls.manager
        cls.cart = cls.env["portal.cart"].with_user(cls.user)._open_own()
        cls.cable = cls._create_product(name="Cable", list_price=3)
        cls.cart._add_products([(cls.product, 5), (cls.cable, 12)])

    def _take_prices_away(self):
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        self.user.sudo().access_entry_ids.role_ids = roles

    def _get_seen(self):
        lines = self.cart._get_open_lines()
        return self.cart._get_seen(self.cart._get_quotation(lines), lines)

    # --- a request --------------------------------------------------------------------------------

    def test_a_cart_becomes_a_quotation_for_the_account_manager(self):
        self.cart._save({"client_order_ref": "PO 9", "note": "Please <b>call</b>"}, {})
        order = self.cart._send()
        request = self.cart.request_id
        self.assertEqual((order.state, order.client_order_ref), ("draft", "PO 9"))
        self.assertEqual((order.partner_id, order.user_id), (self.user.partner_id, self.manager))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5, 12])
        self.assertEqual((request.kind, request.state, request.order_id), ("order", "open", order))
        self.assertEqual((request.manager_id, request.note), (self.manager, "Please <b>call</b>"))

    def test_a_sent_cart_is_empty_and_cannot_be_sent_again(self):
        self.cart._save({"client_order_ref": "PO 9"}, {})
        self.cart._send()
        self.assertFalse(self.cart.line_ids)
        self.assertFalse(self.cart.client_order_ref)
        with self.assertRaises(UserError):
            self.cart._send()

    def test_what_happens_to_the_quotation_answers_the_request(self):
        for method, state in (
            ("action_quotation_sent", "accepted"),
            ("action_confirm", "accepted"),
            ("action_cancel", "refused"),
        ):
            with self.subTest(method):
                self.cart._add_products([(self.product, 1)])
                order = self.cart._send()
                getattr(order.with_user(self.manager), method)()
                self.assertEqual(self.cart.request_id.state, state)

    def test_the_answer_to_the_request_happens_to_the_quotation(self):
        for answer, order_state in (
            (lambda request: request._accept("Here it is."), "sent"),
            (lambda request: request._refuse("Not this week."), "cancel"),
            (lambda request: request._withdraw(), "cancel"),
        ):
            with self.subTest(order_state):
                self.cart._add_products([(self.product, 1)])
                order = self.cart._send()
                answer(self.cart.request_id)
                self.assertEqual(order.state, order_state)

    def test_the_request_names_articles_and_prices_for_who_sees_them(self):
        self.cart._send()
        request = self.cart.request_id
        told = [row["new"] for row in request.with_user(self.user)._get_differences()]
        self.assertIn("316.05", told[0])
        self._take_prices_away()
        told = [row["new"] for row in request.with_user(self.user)._get_differences()]
        self.assertNotIn("316.05", "".join(told))

    # --- an order at once -------------------------------------------------------------------------

    def test_terms_are_those_of_the_company_or_above_it(self):
        self.assertEqual(self.user.partner_id._get_portal_order_policy(), "quotation")
        self.office.portal_order_policy = "confirm"
        self.assertEqual(self.user.partner_id._get_portal_order_policy(), "confirm")
        self.branch.portal_order_policy = "quotation"
        self.assertEqual(self.user.partner_id._get_portal_order_policy(), "quotation")

    def test_a_cart_becomes_an_order_where_that_is_agreed(self):
        self.branch.portal_order_policy = "confirm"
        order = self.cart._send()
        self.assertEqual((order.state, order.portal_user_id), ("sale", self.user))
        self.assertFalse(self.cart.request_id)
        self.assertTrue(order.confirmed_on)

    def test_who_sees_no_prices_or_buys_without_one_asks_first(self):
        self.branch.portal_order_policy = "confirm"
        self.cable.list_price = 0
        self.assertEqual(self.cart._send().state, "draft")
        self.cart._add_products([(self.product, 1)])
        self._take_prices_away()
        self.assertEqual(self.cart._send().state, "draft")

    # --- as it was seen ---------------------------------------------------------------------------

    def test_a_cart_as_it_was_seen_has_no_changes(self):
        self.assertFalse(self.cart._get_changes(self._get_seen()))

    def test_another_price_or_quantity_is_told(self):
        seen = self._get_seen()
        self.product.list_price = 70
        self.assertEqual(self.cart._get_changes(seen)["changed"], self.cart.line_ids[0])
        self.cart.line_ids[1].quantity = 13
        self.assertEqual(self.cart._get_changes(seen)["changed"], self.cart.line_ids)

    def test_an_article_that_came_or_went_meanwhile_is_told(self):
        seen = self._get_seen()
        self.cable.active = False
        self.assertTrue(self.cart._get_changes(seen)["is_gone"])
        self.cart._add_products([(self._create_product(name="New"), 1)])
        self.assertEqual(self.cart._get_changes(seen)["changed"], self.cart.line_ids[2])

    def test_an_article_that_ended_stays_and_the_rest_goes_on(self):
        self.cable.sale_ok = False
        order = self.cart._send()
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(self.cart.line_ids.product_id, self.cable)

    def test_a_reference_that_was_used_before_is_found_in_the_own_company_only(self):
        self._create_order(partner=self.other_branch, client_order_ref="PO 9")
        self.cart.client_order_ref = "po-9"
        self.assertFalse(self.cart._get_same_reference())
        order = self._create_order(client_order_ref="PO 9")
        self.assertEqual(self.cart._get_same_reference(), order)
