from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoReceive(RmaCommon):
    def _open(self, number):
        clerk = self._create_clerk("dock", "stock.group_stock_user")
        return self.env["cso.receive"].with_user(clerk).create({"number": number}).action_open()

    def test_the_number_of_a_case_opens_its_receipt(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        self.assertEqual(self._open(f" {case.name.lower()} ")["res_id"], case.picking_ids.id)

    def test_the_receipt_is_found_by_number_in_the_list(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        found = self.env["stock.picking"].search([("origin", "ilike", case.name)])
        self.assertEqual(found, case.picking_ids)

    def test_the_dock_validates_a_receipt_without_rights_on_cases(self):
        position = self._create_case(self._create_delivered_line())
        dock = self._create_clerk("dock", "stock.group_stock_user")
        picking = position.rma_id.picking_ids
        picking.with_user(dock).button_validate()
        self.assertEqual((picking.state, position.received_qty), ("done", 1))

    def test_an_unknown_number_is_said(self):
        with self.assertRaisesRegex(UserError, "no receipt for RMA99999"):
            self._open("RMA99999")
