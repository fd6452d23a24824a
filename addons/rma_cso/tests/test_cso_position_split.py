from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionSplit(RmaCommon):
    def _split(self, position, count, **values):
        """Split by the first serials where there are some, else by quantity."""
        lots = position.lot_ids.sorted("id")[:count]
        received = {
            lot: quantity
            for lot, quantity in position._get_received_units().items()
            if lot in lots or not lots
        }
        if received and not lots:
            received = {self.env["stock.lot"]: min(count, position.received_qty)}
        return position._split(values.get("quantity", count), received, lots)

    def _count_stock(self, location):
        quants = self.env["stock.quant"].search([("location_id", "=", location.id)])
        return {(quant.product_id, quant.lot_id): quant.quantity for quant in quants}

    def _receive_some(self, position, count):
        """Receive some of what is announced; the others stay announced."""
        picking = position.move_ids.picking_id
        items = picking.move_line_ids.sorted("id")
        if position.lot_ids:
            items[count:].quantity = 0.0
        else:
            items.quantity = count
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def test_units_receipts_and_serials_stay_right(self):
        for is_tracked, received in ((True, 0), (True, 2), (True, 5), (False, 0), (False, 5)):
            with self.subTest(is_tracked=is_tracked, received=received):
                create = self._create_serial_product if is_tracked else self._create_product
                line = self._create_delivered_line(5, product=create())
                position = self._create_case(line, "defect", quantity=5)
                if received:
                    self._receive_some(position, received)
                self._check_split(position, self.warehouse.cso_returns_location_id)

    def _check_split(self, position, returns):
        moves, stock = position.move_ids, self._count_stock(returns)
        value, lots = sum(moves.mapped("value")), position.lot_ids
        received, demand = position.received_qty, sum(moves.mapped("product_uom_qty"))
        part = self._split(position, 2)
        parts = position | part
        self.env.flush_all()
        self.assertEqual(parts.mapped("quantity"), [3, 2])
        self.assertEqual(
            parts.mapped("received_qty"), [received - min(2, received), min(2, received)]
        )
        self.assertEqual(sum(parts.move_ids.mapped("product_uom_qty")), demand)
        self.assertEqual(sum(parts.move_ids.mapped("value")), value)
        self.assertEqual(self._count_stock(returns), stock)
        self.assertEqual(position.sale_line_id.cso_claimed_qty, 5)
        self.assertEqual(parts.lot_ids, lots)
        rows = self.env["cso.rma.line.lot"].search([("line_id", "in", parts.ids)])
        self.assertEqual(
            [row.line_id for row in rows],
            [part if row.lot_id in part.lot_ids else position for row in rows],
        )
        for one in parts:
            open_moves = one.move_ids.filtered(lambda move: move.state != "done")
            self.assertEqual(
                sum(open_moves.mapped("product_uom_qty")), one.quantity - one.received_qty
            )

    def test_a_part_has_the_authorisation_and_answers_of_the_whole(self):
        line = self._create_delivered_line(3)
        position = self._create_case(line, "defect", quantity=3, comment="Dead")
        position._mark_sent("Carrier", "T1")
        part = self._split(position, 1)
        for name in ("rma_id", "state", "valid_until", "comment", "sent_on", "tracking_ref"):
            with self.subTest(name):
                self.assertTrue(part[name])
                self.assertEqual(part[name], position[name])
        self.assertEqual(part.split_from_id, position)

    def test_what_is_announced_of_a_part_is_received_for_it(self):
        line = self._create_delivered_line(3)
        position = self._create_case(line, "defect", quantity=3)
        part = self._split(position, 1)
        self._receive(part)
        self.assertEqual((part.received_qty, part.state), (1, "received"))
        self.assertEqual(position.received_qty, 2)

    def test_an_expired_part_gives_its_units_back(self):
        line = self._create_delivered_line(3, product=self._create_product())
        position = self._create_case(line, "defect", quantity=3)
        part = self._split(position, 2)
        part._close("expired")
        self.assertEqual(line.cso_claimed_qty, 1)
        self.assertEqual(line._get_claimable_quantities()[line.id], 2)
        self._receive(position)
        self.assertEqual((position.received_qty, part.received_qty), (1, 0))

    def test_units_of_a_dozen_are_split_by_pieces(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._create_product()
        line = self._create_delivered_line(1, product=product, line={"product_uom_id": dozen.id})
        position = self._create_case(line, "defect", quantity=0.5)
        self._receive(position)
        part = position._split(2 / 12, {self.env["stock.lot"]: 2 / 12})
        self.assertEqual(part.move_ids.move_line_ids.quantity_product_uom, 2)
        self.assertAlmostEqual(part.received_qty, 2 / 12, 2)
        self.assertAlmostEqual(position.received_qty, 4 / 12, 2)
        self.assertAlmostEqual(line.cso_claimed_qty, 0.5)

    def test_a_part_that_was_put_away_is_found_where_it_lies(self):
        line = self._create_delivered_line(3, product=self._create_product())
        position = self._create_tested_position(line, "defect", quantity=3)
        position._dispose("quarantine")
        part = self._split(position, 1)
        quarantine = self.warehouse.cso_quarantine_location_id
        for one, quantity in ((part, 1), (position, 2)):
            (goods,) = one._get_goods_here()
            self.assertEqual((goods["location"], goods["quantity"]), (quarantine, quantity))
        self.assertEqual((part.disposition, part.test_result), ("quarantine", "confirmed"))

    def test_each_part_is_credited_by_itself(self):
        line = self._create_delivered_line(3, price=100.0)
        position = self._create_tested_position(line, "defect", quantity=3)
        part = self._split(position, 1)
        note = self._decide_credit(position)
        self.assertEqual(note.amount_untaxed, 200)
        self.assertEqual((position.state, part.state), ("decided", "to_decide"))
        self.assertEqual(self._decide_credit(part).amount_untaxed, 100)

    def test_all_or_no_units_or_decided_ones_are_not_split(self):
        line = self._create_delivered_line(2, product=self._create_product())
        position = self._create_tested_position(line, "defect", quantity=2)
        for quantity in (-1, 0, 2, 3):
            with self.subTest(quantity), self.assertRaisesRegex(UserError, "fewer than all"):
                position._split(quantity)
        self._decide_credit(position)
        with self.assertRaisesRegex(UserError, "does not fit"):
            position._split(1)
