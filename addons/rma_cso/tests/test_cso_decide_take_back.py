from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecideTakeBack(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(product=cls._create_product(), quantity=5)

    def _create_surplus(self, quantity=2):
        position = self._create_position(
            self.line, "over_delivery", quantity=quantity, received_total=5 + quantity
        )
        position.rma_id._submit()
        self._authorise(position)
        return position

    def _open(self, positions, user=None):
        context = {"active_model": "cso.rma.line", "active_ids": positions.ids}
        wizard = self.env["cso.decide.take.back"].with_user(user or self.env.user)
        return Form(wizard.with_context(**context))

    def test_a_surplus_is_taken_back_without_money(self):
        position = self._create_surplus()
        self._receive(position)
        position.test_result = "no_fault"
        form = self._open(position, self._create_clerk())
        self.assertIn("2 of", form.preview)
        self.assertIn("100.00", form.preview)
        form.save().action_decide()
        self.assertEqual(position.state, "settled")
        self.assertEqual(position.outcome_id, self.env.ref("rma_cso.outcome_taken_back"))
        self.assertFalse(position.refund_ids)
        self.assertEqual((self.line.qty_delivered, self.line.qty_invoiced), (5, 5))

    def test_what_is_given_back_again_is_decided_again(self):
        position = self._create_surplus()
        picking = self._receive(position)
        position.test_result = "no_fault"
        self._open(position).save().action_decide()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(position.received_qty, 0)
        self.assertNotEqual(position.state, "settled")

    def test_what_has_not_arrived_is_not_taken_back(self):
        position = self._create_surplus()
        position.move_ids.move_line_ids.quantity = 1
        position.move_ids.picked = True
        position.move_ids.picking_id.with_context(skip_backorder=True).button_validate()
        position.test_result = "no_fault"
        with self.assertRaisesRegex(UserError, "1 of 2 units"):
            self._open(position).save().action_decide()
