from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoReceive(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dock = cls._create_clerk("dock", "stock.group_stock_user")
        cls.position = cls._create_case(cls._create_delivered_line(), reference="P1")
        cls.case = cls.position.rma_id

    def _create_dialog(self, number, **values):
        return self.env["cso.receive"].with_user(self.dock).create({"number": number, **values})

    def test_number_serial_and_tracking_number_open_the_receipt(self):
        self.position._mark_sent("DHL", "3S_77")
        numbers = (f" {self.case.name.lower()} ", self.position.lot_ids.name, "3s_77")
        for number in numbers:
            with self.subTest(number):
                action = self._create_dialog(number).action_open()
                self.assertEqual(action["res_id"], self.case.picking_ids.id)

    def test_the_receipt_is_found_by_number_in_the_list(self):
        found = self.env["stock.picking"].search([("origin", "ilike", self.case.name)])
        self.assertEqual(found, self.case.picking_ids)

    def test_the_dock_validates_a_receipt_without_rights_on_cases(self):
        picking = self.case.picking_ids
        picking.with_user(self.dock).button_validate()
        self.assertEqual((picking.state, self.position.received_qty), ("done", 1))

    def test_numbers_that_nobody_waits_for_are_received_as_unannounced(self):
        self.position._close("expired")
        for number, text, case in (
            ("RMA99999", "Nobody announced", self.case.browse()),
            ("%", "Nobody announced", self.case.browse()),
            (self.case.name, "Expired", self.case),
            (" ", "no number", self.case.browse()),
        ):
            with self.subTest(number):
                dialog = self._create_dialog(number, note="One box")
                self.assertEqual(dialog.action_open()["res_id"], dialog.id)
                self.assertIn(text, dialog.message)
                dialog.action_receive_unannounced()
                row = self.env["cso.difference"].search([], limit=1)
                self.assertEqual((row.kind, row.rma_id, row.note), ("unannounced", case, "One box"))

    def test_a_receipt_that_was_cancelled_or_taken_back_is_announced_again(self):
        self.case.picking_ids.action_cancel()
        self._create_dialog(self.case.name).action_open()
        receipt = self.case._get_open_receipts()
        self.assertEqual(receipt.move_ids.lot_ids, self.position.lot_ids)
        receipt.button_validate()
        self.assertEqual(self.position.state, "received")
        self.position.test_result = "confirmed"
        self._return(receipt, 1)
        self.assertEqual((self.position.received_qty, self.position.state), (0, "authorised"))
        self._create_dialog(self.case.name).action_open()
        self._create_dialog(self.case.name).action_open()
        self.case._get_open_receipts().button_validate()
        self.assertEqual((self.position.received_qty, self.position.state), (1, "received"))

    def test_units_that_are_counted_by_another_serial_are_not_announced_twice(self):
        line = self._create_delivered_line(quantity=4)
        lots = self._get_lots(line).sorted("id")
        position = self._create_case(line, lot_ids=lots[:3], quantity=3)
        counted = position.move_ids
        counted.move_line_ids[0].lot_id = lots[3]
        counted.move_line_ids[2].unlink()
        for received in (0, 2, 2):
            self._create_dialog(position.rma_id.name).action_open()
            self.assertEqual(sum(position.move_ids.mapped("product_uom_qty")), 3)
            if not received:
                counted.picked = True
                counted.picking_id.with_user(self.dock).button_validate()
            self.assertEqual(position.received_qty, 2)
