from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecideDelivery(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()

    def test_a_replacement_is_an_order_free_of_charge_that_is_delivered_and_never_invoiced(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line)
        self._put_in_stock(line.product_id, 1, ["SN-NEW"])
        wizard = self._start(position, "replacement")
        self.assertIn("(in stock)", wizard.preview)
        wizard.action_decide()
        order = position.free_line_ids.order_id
        self.assertEqual(order, position.rma_id.free_order_ids)
        self.assertEqual((position.state, order.state, order.amount_total), ("decided", "sale", 0))
        self._ship(order)
        self.assertEqual(position.state, "settled")
        self._check_free(order)
        self.assertEqual(line.order_id.customer_status, "fulfilled")

    def test_what_is_decided_already_is_decided_again_only_when_its_order_is_cancelled(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._start(position, "replacement").action_decide()
        with self.assertRaisesRegex(UserError, "is decided already"):
            self._start(position, "replacement").action_decide()
        position.free_line_ids.order_id.action_cancel()
        self.assertEqual(position.state, "decided")
        self._start(position, "replacement").action_decide()
        self.assertEqual(len(position.free_line_ids), 2)

    def test_a_free_delivery_that_comes_back_unsettles_its_position(self):
        position = self._create_tested_position(self._create_delivered_line())
        product = position.product_id
        self._put_in_stock(product, 1, ["SN-NEW"])
        self._start(position, "replacement").action_decide()
        picking = self._ship(position.free_line_ids.order_id)
        self.assertEqual(position.state, "settled")
        self._return(picking, 1)
        self.assertEqual(position.state, "decided")

    def test_several_positions_of_a_case_come_with_one_order_per_address(self):
        lines = [self._create_delivered_line(product=self._create_product()) for _ in range(3)]
        cart = self._create_cart()
        positions = self.env["cso.rma.line"]
        for line in lines:
            positions |= self._create_position(
                line, "shortage", cart=cart, wish="credit_redelivery"
            )
        cart._submit()
        self._authorise(positions)
        self.assertEqual(positions._get_default_outcome().code, "redelivery")
        wizard = self._start(positions, "redelivery")
        other = self._create_customer(name="Site 2", parent_id=self.branch.id)
        wizard.line_ids[2].address_id = other
        wizard.action_decide()
        orders = cart.free_order_ids
        self.assertEqual(sorted(len(order.order_line) for order in orders), [1, 2])
        self.assertIn(other, orders.partner_shipping_id)

    def test_an_accessory_is_chosen_and_is_bought_or_shipped_by_the_vendor(self):
        line = self._create_delivered_line()
        for routes in (self.mto | self.buy, self.dropship):
            with self.subTest(routes.mapped("name")):
                position = self._create_tested_position(line, "missing_accessory")
                cable = self._create_product(name="Power cable", route_ids=routes.ids)
                wizard = self._start(position, "accessory")
                self.assertFalse(wizard.line_ids.product_id)
                wizard.line_ids.product_id = cable
                self.assertIn("not in stock", wizard.preview)
                wizard.action_decide()
                bought = self.env["purchase.order.line"].search([("product_id", "=", cable.id)])
                self.assertEqual(bought.product_qty, 1)
                self._check_free(position.free_line_ids.order_id)

    def test_what_is_missing_or_too_much_is_refused_in_words(self):
        position = self._create_tested_position(self._create_delivered_line())
        stranger = self._create_customer(name="Somebody Else")
        for values, words in (
            ({"product_id": False}, "Choose the article"),
            ({"quantity": 0}, "quantity is missing"),
            ({"quantity": 2}, "Only 1 are claimed"),
            ({"address_id": False}, "Choose where"),
            ({"address_id": stranger.id}, "not an address of this customer"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                wizard = self._start(position, "replacement")
                wizard.line_ids.write(values)
                wizard.action_decide()

    def test_a_price_or_quantity_changed_by_hand_makes_nothing_to_invoice(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._start(position, "replacement").action_decide()
        line = position.free_line_ids
        line.product_uom_qty = 2
        self.assertEqual(line.price_unit, 0)
        line.price_unit = 10
        self._check_free(line.order_id)

    # ------------------------------------------------------------------ helpers
    def _start(self, positions, code):
        outcome = self.env.ref(f"rma_cso.outcome_{code}")
        context = {
            "active_model": "cso.rma.line",
            "active_ids": positions.ids,
            "default_outcome_id": outcome.id,
        }
        return (
            self.env["cso.decide.delivery"].with_user(self.clerk).with_context(**context).create({})
        )

    def _check_free(self, order):
        self.assertEqual((order.invoice_status, order.order_line.qty_to_invoice), ("no", 0))
        with self.assertRaises(UserError):
            order._create_invoices()
