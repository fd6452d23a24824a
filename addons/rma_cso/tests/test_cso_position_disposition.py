from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionDisposition(RmaCommon):
    def _get_places(self, position):
        """Return where the units of a position lie: quantity by location."""
        lots = position.lot_ids or self._get_lots(position.sale_line_id)
        domain = [("product_id", "=", position.product_id.id), ("quantity", ">", 0)]
        domain += [("lot_id", "in", lots.ids)] if lots else []
        quants = self.env["stock.quant"].search(domain)
        return {quant.location_id: quant.quantity for quant in quants}

    def test_goods_go_where_the_disposition_says(self):
        warehouse = self.warehouse
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.env.company.id)], limit=1
        )
        for disposition, place in (
            ("restock", warehouse.lot_stock_id),
            ("quarantine", warehouse._get_cso_quarantine()),
            ("scrap", scrap),
            ("vendor", warehouse.cso_returns_location_id),
            ("customer", warehouse.cso_returns_location_id),
        ):
            with self.subTest(disposition):
                position = self._create_tested_position(self._create_delivered_line())
                self.assertTrue(position.is_to_dispose)
                position._dispose(disposition)
                self.assertEqual(self._get_places(position), {place: 1})
                self.assertEqual((position.disposition, position.received_qty), (disposition, 1))
                self.assertFalse(position.is_to_dispose)
                self.assertEqual(position.sale_line_id.qty_delivered, 1)

    def test_the_move_names_position_step_and_case(self):
        position = self._create_tested_position(self._create_delivered_line())
        position._dispose("restock")
        move = position.move_ids.filtered(lambda move: move.cso_step == "disposition")
        self.assertEqual((move.state, move.reference), ("done", position.rma_id.name))

    def test_what_is_kept_apart_is_put_elsewhere_later(self):
        position = self._create_tested_position(self._create_delivered_line())
        for disposition in ("quarantine", "restock", "vendor", "quarantine", "scrap"):
            position._dispose(disposition)
        self.assertEqual(next(iter(self._get_places(position))).usage, "inventory")
        with self.assertRaisesRegex(UserError, "nothing of it lies with us"):
            position._dispose("restock")

    def test_back_to_the_customer_makes_one_delivery(self):
        position = self._create_tested_position(self._create_delivered_line())
        position._dispose("customer")
        back = position.move_ids.filtered(lambda move: move.cso_step == "back")
        self.assertEqual(back.picking_code, "outgoing")
        self.assertEqual(back.move_line_ids.lot_id, position.lot_ids)
        with self.assertRaisesRegex(UserError, "nothing of it lies with us"):
            position._dispose("restock")

    def test_untested_goods_are_not_put_away(self):
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        with self.assertRaisesRegex(UserError, "test it first"):
            position._dispose("restock")

    def test_refused_goods_are_put_away_as_well(self):
        position = self._create_tested_position(self._create_delivered_line())
        position._refuse("Broken by you.")
        position.move_ids.filtered(lambda move: move.state != "done")._action_cancel()
        position._dispose("scrap")
        self.assertEqual(position.disposition, "scrap")

    def test_what_left_or_is_stock_again_is_not_put_away(self):
        for act, expected in (
            (lambda position: position._dispose("quarantine"), True),
            (lambda position: position._dispose("restock"), False),
            (lambda position: None, False),
        ):
            position = self._create_tested_position(self._create_delivered_line())
            act(position)
            position._refuse("Broken by you.")
            with self.subTest(disposition=position.disposition):
                moves = position._get_back_moves() if position.disposition else []
                for move in moves:
                    move._action_cancel()
                self.assertEqual(position.is_at_bench, expected)

    def test_a_warehouse_without_quarantine_gets_one(self):
        position = self._create_tested_position(self._create_delivered_line())
        self.warehouse.cso_quarantine_location_id = False
        position.with_user(self._create_clerk("dock", "stock.group_stock_user"))._dispose(
            "quarantine"
        )
        place = self.warehouse.cso_quarantine_location_id
        self.assertEqual(self._get_places(position), {place: 1})

    def test_many_positions_are_put_away_with_one_set_of_queries(self):
        def count(number):
            line = self._create_delivered_line(number)
            positions = self.env["cso.rma.line"]
            for lot in self._get_lots(line):
                positions |= self._create_tested_position(line, "defect", lot_ids=lot)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            positions._dispose("quarantine")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count(2)
        self.assertLess(count(6) - few, 8 * 4)
