from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoRmaLineLot(RmaCommon):
    def test_a_submitted_position_holds_its_serials(self):
        position = self._create_case(self._create_delivered_line())
        rows = self.env["cso.rma.line.lot"].search([("line_id", "=", position.id)])
        self.assertEqual(rows.lot_id, position.lot_ids)
        self.assertTrue(rows.is_held)

    def test_a_serial_that_came_back_and_was_sold_again_is_claimed_again(self):
        line = self._create_delivered_line()
        first = self._create_tested_position(line)
        self._decide_credit(first).action_post()
        lot = first.lot_ids
        again = self._sell_again(lot, partner=self.stranger_company)
        self.assertEqual(self._get_lots(again), lot)
        self.assertEqual(self._create_case(again).lot_ids, lot)
        codes = [one["code"] for one in line._get_return_eligibility()[line.id][1]["objections"]]
        self.assertIn("units", codes)

    def _sell_again(self, lot, partner):
        """A line of another order with a serial that lies in stock again."""
        product = lot.product_id
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id), ("quantity", ">", 0)])
        quants.sudo().location_id = self.warehouse.lot_stock_id
        line = self._create_confirmed_line(product, 1, {"partner": partner})
        self._ship(line.order_id)
        self._invoice(line.order_id)
        return line

    def test_a_closed_position_holds_no_serials(self):
        position = self._create_case(self._create_delivered_line())
        position._withdraw()
        rows = self.env["cso.rma.line.lot"].search([("line_id", "=", position.id)])
        self.assertEqual(rows.mapped("is_held"), [False])

    def test_the_database_refuses_a_serial_in_two_open_positions(self):
        line = self._create_delivered_line(quantity=2)
        first = self._create_case(line)
        second = self._create_case(line, lot_ids=self._get_lots(line) - first.lot_ids)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["cso.rma.line.lot"].create({"line_id": second.id, "lot_id": first.lot_ids.id})
            self.env.flush_all()
