from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionDelivery(RmaCommon):
    def test_what_is_sent_back_twice_is_sent_back_once(self):
        for tracking in ("serial", "none", "lot"):
            with self.subTest(tracking):
                position = self._create_received(tracking)
                picking = position._send_back("Cannot be repaired")
                self.assertEqual(picking.cso_rma_id, position.rma_id)
                self.assertEqual(picking.move_ids.mapped("state"), ["assigned"])
                self.assertFalse(position._send_back())
                self.assertTrue(position._has_back())
                picking.move_ids.picked = True
                picking.button_validate()
                self.assertTrue(position._is_back_done())
                self.assertFalse(position._send_back())

    def test_a_delivery_back_that_is_cancelled_or_returned_leaves_the_goods_here(self):
        position = self._create_received("serial")
        position._send_back().action_cancel()
        self.assertFalse(position._has_back())
        picking = position._send_back()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(position.back_qty, 1)
        self._return(picking, 1)
        self.assertEqual(position.back_qty, 0)
        self.assertFalse(position._is_back_done())

    def test_the_very_unit_goes_back_and_not_an_older_one_of_another_case(self):
        line = self._create_delivered_line(quantity=2)
        lots = self._get_lots(line).sorted("id")
        older, younger = (self._create_case(line, "defect", lot_ids=lot) for lot in lots)
        for position in (older, younger):
            self._receive(position)
        back = younger._send_back().move_ids
        self.assertEqual((back.lot_ids, back.quantity, back.state), (lots[1], 1, "assigned"))
        self.assertEqual(older._send_back().move_ids.lot_ids, lots[0])

    def test_goods_back_are_shipped_and_billed_no_second_time(self):
        position = self._create_received("serial")
        line = position.sale_line_id
        before = line.read(["qty_delivered", "qty_to_invoice", "customer_shipped_qty"])
        picking = position._send_back()
        picking.move_ids.picked = True
        picking.button_validate()
        after = line.read(["qty_delivered", "qty_to_invoice", "customer_shipped_qty"])
        self.assertEqual(after, before)
        self.assertEqual(len(line.order_id.order_line), 1)

    def test_the_customer_is_told_what_left_for_a_return(self):
        position = self._create_received("serial")
        picking = position._send_back()
        picking.move_ids.picked = True
        picking.button_validate()
        told = position.rma_id.notification_ids.filtered(lambda mail: mail.event == "shipped")
        self.assertEqual(told.line_ids, position)

    def test_the_wish_of_the_customer_is_what_is_proposed(self):
        line = self._create_delivered_line()
        for code, answers, proposed in (
            ("doa", {"wish": "replacement"}, "replacement"),
            ("doa", {"wish": "credit"}, "credit"),
            ("shortage", {"wish": "credit"}, "credit"),
            ("shortage", {"wish": "credit_redelivery"}, "redelivery"),
            ("wrong_delivery", {"keep_choice": "keep", "still_wanted": "no"}, "keep_offer"),
            ("wrong_delivery", {"keep_choice": "send_back", "still_wanted": "yes"}, "redelivery"),
            ("wrong_delivery", {"keep_choice": "send_back", "still_wanted": "no"}, "credit"),
            ("over_delivery", {"keep_choice": "keep"}, "keep_offer"),
            ("over_delivery", {"keep_choice": "send_back"}, "taken_back"),
            ("transport_damage", {"keep_choice": "keep"}, "keep_offer"),
            ("missing_accessory", {}, "accessory"),
        ):
            with self.subTest(code=code, **answers):
                position = self._create_position(line, code, **answers)
                self.assertEqual(position._get_default_outcome().code, proposed)

    # ------------------------------------------------------------------ helpers
    def _create_received(self, tracking):
        product = self._create_product(tracking=tracking)
        if tracking == "lot":
            self._put_in_stock(product, 1, [f"LOT-{product.id}"])
        position = self._create_case(self._create_delivered_line(product=product))
        self._receive(position)
        return position
