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
