from unittest.mock import patch

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestStockPicking(RmaCommon):
    """What is announced to the warehouse for each kind of position, and that others pay nothing."""

    def test_a_surplus_is_announced_without_a_delivery_behind_it(self):
        line = self._create_delivered_line(product=self._create_product(), quantity=2)
        position = self._create_case(
            line, "over_delivery", quantity=1, received_total=3, keep_choice="send_back"
        )
        self._authorise(position)
        move = position.move_ids
        self.assertEqual((move.product_id, move.quantity), (line.product_id, 1))
        self.assertFalse(move.origin_returned_move_id or move.sale_line_id)
        self._receive(position)
        self.assertEqual(position.received_qty, 1)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 2})

    def test_another_article_is_announced_as_it_was_received(self):
        other = self._create_product(name="Mouse")
        line = self._create_delivered_line(product=self._create_product(), quantity=2)
        answers = {"slip_matches": "no", "keep_choice": "send_back", "quantity": 2}
        position = self._create_case(
            line, "wrong_delivery", received_product_id=other.id, **answers
        )
        self._authorise(position)
        self.assertEqual((position.move_ids.product_id, position.move_ids.quantity), (other, 2))
        self._receive(position)
        self.assertEqual((position.received_qty, position.difference_ids.ids), (2, []))

    def test_the_serials_that_did_not_come_are_expected_by_name(self):
        line = self._create_delivered_line(quantity=3)
        lots = line.move_ids.move_line_ids.lot_id
        position = self._create_case(line, "doa", quantity=3, lot_ids=lots)
        position.move_ids.quantity = 1
        came = self._receive(position).move_ids.move_line_ids.lot_id
        rest = position.move_ids.filtered(lambda move: move.state == "assigned")
        self.assertEqual(rest.move_line_ids.lot_id, lots - came)
        self._receive(position)
        kinds = position.difference_ids.mapped("kind")
        self.assertEqual((position.received_qty, kinds), (3, ["fewer"]))
        self.assertFalse(position.rma_id._get_open_receipts())

    def test_an_article_without_a_name_is_taken_in_as_it_comes(self):
        line = self._create_delivered_line(product=self._create_product())
        values = {"slip_matches": "no", "received_description": "A blue box"}
        position = self._create_case(line, "wrong_delivery", keep_choice="send_back", **values)
        self._authorise(position)
        picking = position.rma_id._get_open_receipts()
        self.assertFalse(picking.move_ids)
        picking.move_ids = [
            (0, 0, {"product_id": self.product.id, "quantity": 1, "product_uom_qty": 1})
        ]
        picking.button_validate()
        self.assertEqual((position.received_qty, position.state), (1, "received"))
        self.assertFalse(position.difference_ids)

    def test_of_a_kit_its_parts_are_announced_and_whole_sets_count(self):
        line, parts = self._create_kit_line(2)
        position = self._create_case(line, "doa", quantity=1)
        demands = {move.product_id: move.product_uom_qty for move in position.move_ids}
        self.assertEqual(demands, {parts[0]: 2, parts[1]: 1})
        arms = position.move_ids.filtered(lambda move: move.product_id == parts[0])
        picking = arms.picking_id
        arms.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(position.received_qty, 0)
        self.assertEqual(position.difference_ids.mapped("product_id"), parts[0])

    def _create_kit_line(self, quantity):
        """A line of which parts were shipped, two of the first and one of the second per set."""
        line = self._create_confirmed_line(self._create_product(name="Set"), quantity, {})
        parts = [self._create_product(name=name) for name in ("Arm", "Base")]
        whole = line.move_ids
        for part, count in zip(parts, (2, 1), strict=True):
            self._put_in_stock(part, count * quantity)
            values = {"product_id": part.id, "product_uom_qty": count * quantity, "state": "draft"}
            whole.copy({**values, "product_uom": part.uom_id.id, "sale_line_id": line.id})
        whole._action_cancel()
        self._ship(line.order_id)
        self._invoice(line.order_id)
        return line, parts

    def test_the_return_of_a_receipt_changes_nothing_of_the_order(self):
        product = self._create_serial_product(invoice_policy="delivery")
        line = self._create_delivered_line(product=product)
        position = self._create_case(line)
        self.assertEqual(line.invoice_status, "invoiced")
        receipt = self._receive(position)
        back = self._return(receipt, 1)
        self.assertEqual(back.move_ids.cso_step, "receipt")
        facts = (line.qty_delivered, line.invoice_status, line.customer_status)
        self.assertEqual(facts, (1, "invoiced", "fulfilled"))
        self.assertEqual(position.received_qty, 0)

    def test_goods_whose_receipt_is_taken_back_are_tested_anew(self):
        position = self._create_case(self._create_delivered_line())
        receipt = self._receive(position)
        position._note_test("no_fault", "Works.", self._create_photo())
        position._dispose("vendor")
        self._return(receipt, 1)
        facts = (position.test_result, position.test_note, position.disposition)
        self.assertFalse(any(facts) or position.test_photo_ids or position.tested_on)
        position._announce_receipts()
        self._receive(position)
        self.assertEqual(position.state, "received")

    def test_the_customer_is_told_that_the_goods_arrived(self):
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        self.assertIn("received", position.rma_id.notification_ids.mapped("event"))

    def test_transfers_that_are_no_returns_gain_no_query(self):
        moves, pickings = type(self.env["stock.move"]), type(self.env["stock.picking"])
        self._count_transfers()
        with (
            patch.object(moves, "_filter_sold", lambda self: self),
            patch.object(pickings, "_filter_cso_receipts", lambda self: self.browse()),
        ):
            expected = self._count_transfers()
        self.assertEqual(self._count_transfers(), expected)

    def _count_transfers(self):
        """Return how many queries it takes to receive and ship three serials of an order."""
        product = self._create_serial_product()
        line = self._create_confirmed_line(product, 3, {})
        self._put_in_stock(product, 3, [f"N{line.id}-{index}" for index in range(3)])
        picking = line.order_id.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        self.env.flush_all()
        self.env.invalidate_all()
        count = self.cr.sql_log_count
        picking.button_validate()
        self.env.flush_all()
        return self.cr.sql_log_count - count
