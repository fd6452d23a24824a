from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecideRepair(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()
        cls.service = cls._create_customer(name="Service Centre")

    def test_a_repair_is_noted_and_what_was_repaired_goes_back_to_the_customer(self):
        line = self._create_delivered_line()
        self._create_policy(service_partner_id=self.service.id)
        position = self._create_tested_position(line, "defect", fault_code="noise")
        wizard = self._start(position)
        self.assertEqual(wizard.repair_partner_id, self.service)
        wizard.repair_number = "V-77"
        wizard.action_decide()
        self.assertEqual((position.state, position.repair_number), ("decided", "V-77"))
        position.with_user(self.clerk).action_repaired()
        self.assertEqual(position.state, "decided")
        back = position.move_ids.filtered(lambda move: move.cso_step == "back")
        self.assertEqual(back.lot_ids, position.lot_ids)
        self._ship_back(back.picking_id)
        self.assertEqual((position.state, position.back_qty), ("settled", 1))
        self.assertFalse(position.holds_units)
        self.assertEqual(line.qty_delivered, 1)

    def test_a_repair_that_is_not_possible_is_decided_anew(self):
        position = self._create_tested_position(self._create_delivered_line(), "defect")
        self._start(position, repair_partner_id=self.service.id).action_decide()
        with self.assertRaisesRegex(UserError, "is decided already"):
            self._start(position, repair_partner_id=self.service.id).action_decide()
        position.with_user(self.clerk).action_end_repair()
        self.assertFalse(position._has_documents())
        self._decide_credit(position).action_post()
        self.assertEqual(position.state, "credited")

    def test_what_the_vendor_handles_at_the_customer_has_nothing_to_send_back(self):
        self._get_reason("complaint").outcome_ids += self.env.ref("rma_cso.outcome_repair")
        position = self._create_case(self._create_delivered_line(), "complaint")
        self._authorise(position, goods="no")
        wizard = self._start(position, repair_partner_id=self.service.id)
        self.assertIn("nothing is here", wizard.preview)
        wizard.action_decide()
        position.with_user(self.clerk).action_repaired()
        self.assertEqual(position.state, "settled")
        self.assertFalse(position.move_ids)

    def test_goods_that_are_still_elsewhere_are_not_sent_back(self):
        position = self._create_tested_position(self._create_delivered_line(), "defect")
        self._start(position, repair_partner_id=self.service.id).action_decide()
        self._move_away(position)
        with self.assertRaisesRegex(UserError, "are not here"):
            position.with_user(self.clerk).action_repaired()

    # ------------------------------------------------------------------ helpers
    def _start(self, positions, **values):
        wizards = self.env["cso.decide.repair"].with_user(self.clerk)
        context = {"active_model": "cso.rma.line", "active_ids": positions.ids}
        return wizards.with_context(**context).create(values)

    def _ship_back(self, picking):
        picking.move_ids.picked = True
        picking.button_validate()

    def _move_away(self, position):
        receipt = position.move_ids
        move = receipt.copy(
            {
                "location_id": receipt.location_dest_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_suppliers").id,
                "picking_id": False,
                "cso_step": "vendor",
                "cso_rma_line_id": position.id,
                "origin_returned_move_id": False,
            }
        )
        move._action_confirm(merge=False)
        move._action_assign()
        move.picked = True
        move._action_done()
