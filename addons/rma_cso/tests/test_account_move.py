from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RaceCommon, RmaCommon


def decide_goodwill(positions, amount):
    """Make the draft credit notes of goodwill for positions, and return them."""
    context = {"active_model": "cso.rma.line", "active_ids": positions.ids}
    wizard = positions.env["cso.decide.goodwill"].with_context(**context).create({"text": "Sorry"})
    wizard.line_ids.amount = amount
    wizard.action_decide()
    return positions.refund_ids


@tagged("post_install", "-at_install")
class TestAccountMove(RmaCommon):
    def _decide(self, position, code):
        before = position.refund_ids
        if code == "goodwill":
            return decide_goodwill(position, 25.0) - before
        return self._decide_credit(position) - before

    def test_what_was_decided_otherwise_stays_cancelled(self):
        for first in ("credit", "goodwill"):
            for second in ("credit", "goodwill", "refused"):
                line = self._create_delivered_line(quantity=5)
                position = self._create_tested_position(line)
                note = self._decide(position, first)
                note.button_cancel()
                if second == "refused":
                    position._refuse("Damaged by a fall.")
                else:
                    self._decide(position, second).action_post()
                with (
                    self.subTest(first=first, second=second),
                    self.assertRaisesRegex(UserError, "stays cancelled"),
                ):
                    note.button_draft()

    def test_a_cancelled_credit_note_comes_back_while_nothing_else_is_decided(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        note.button_cancel()
        note.button_draft()
        note.action_post()
        self.assertEqual(position.state, "credited")

    def test_no_more_is_posted_than_was_accepted_or_invoiced(self):
        for code, change, error in (
            ("credit", {"quantity": 3.0}, "than was accepted"),
            ("goodwill", {"price_unit": 2000.0}, "than its amount"),
        ):
            line = self._create_delivered_line(quantity=5)
            note = self._decide(self._create_tested_position(line), code)
            note.invoice_line_ids[0].write(change)
            with self.subTest(code), self.assertRaisesRegex(UserError, error):
                note.action_post()

    def test_no_credit_is_posted_of_goods_that_went_back(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        receipt = position.move_ids.filtered(lambda move: move.cso_step == "receipt")
        context = {"active_model": "stock.picking", "active_id": receipt.picking_id.id}
        wizard = self.env["stock.return.picking"].with_context(**context).create({})
        wizard.product_return_moves.quantity = 1.0
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(position.received_qty, 0)
        with self.assertRaisesRegex(UserError, "than was accepted"):
            note.action_post()

    def test_a_corrected_invoice_is_posted_only_with_the_credit_of_the_old_one(self):
        position = self._create_tested_position(
            self._create_delivered_line(), "wrong_invoice", quantity=0, invoice_detail="price"
        )
        context = {"active_model": "cso.rma.line", "active_ids": position.ids}
        wizard = self.env["cso.decide.correction"].with_context(**context).create({})
        wizard.line_ids.price = 300.0
        wizard.action_decide()
        position.refund_ids.button_cancel()
        new = position.refund_line_ids.move_id - position.refund_ids
        with self.assertRaisesRegex(UserError, "is not credited"):
            new.action_post()


@tagged("post_install", "-at_install")
class TestInvoiceRace(RaceCommon):
    def test_two_clerks_at_once_credit_no_more_than_the_invoice(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line(quantity=2)
            lots = factories._get_lots(line)
            numbers = [
                factories._create_tested_position(line, lot_ids=lot).id for lot in lots.sorted("id")
            ]
            total = line.invoice_lines.price_subtotal
        text = self._race(
            "cso.rma.line", numbers, lambda position: decide_goodwill(position, total)
        )
        self.assertIn("can still be credited", text)
