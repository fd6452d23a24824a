from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecideGoodwill(RmaCommon):
    def _open(self, positions, user=None):
        return Form(
            self.env["cso.decide.goodwill"]
            .with_user(user or self.env.user)
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
        )

    def _decide(self, positions, amount=25.0, user=None, text="Sorry for the wait"):
        form = self._open(positions, user)
        form.text = text
        for index in range(len(positions)):
            with form.line_ids.edit(index) as line:
                line.amount = amount
        form.save().action_decide()
        return positions.refund_ids

    def test_an_amount_is_credited_on_its_own_product(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line)
        note = self._decide(position, user=self._create_clerk())
        item = note.invoice_line_ids
        self.assertEqual((note.amount_untaxed, note.amount_total), (25, 30.25))
        self.assertEqual(item.product_id, self.env.company.cso_goodwill_product_id)
        self.assertIn("Sorry for the wait", item.name)
        self.assertIn(position.rma_id.name, item.name)
        self.assertEqual(note.reversed_entry_id, line.invoice_lines.move_id - note)
        note.action_post()
        self.assertEqual((position.state, position.credited_qty), ("credited", 0))
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (1, 1))
        self.assertFalse(position.holds_units)

    def test_positions_of_one_invoice_share_a_credit_note(self):
        line = self._create_delivered_line(quantity=2)
        lots = self._get_lots(line)
        positions = self._create_tested_position(line, lot_ids=lots[0])
        positions |= self._create_tested_position(line, lot_ids=lots[1])
        note = self._decide(positions)
        self.assertEqual((len(note), note.amount_untaxed), (1, 50))

    def test_what_is_missing_or_too_much_is_refused(self):
        for amount, text, error in (
            (0.0, "Sorry", "above zero"),
            (333.98, "Sorry", "can still be credited"),
        ):
            position = self._create_tested_position(self._create_delivered_line())
            with self.subTest(amount), self.assertRaisesRegex(UserError, error):
                self._decide(position, amount, text=text)

    def test_nothing_is_credited_that_is_not_invoiced(self):
        position = self._create_tested_position(self._create_delivered_line(invoiced_ago=None))
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            self._decide(position)

    def test_the_preview_names_the_amount(self):
        position = self._create_tested_position(self._create_delivered_line())
        form = self._open(position, self._create_clerk())
        self.assertIn("Enter an amount", form.preview)
        with form.line_ids.edit(0) as line:
            line.amount = 25.0
        self.assertIn("25.00", form.preview)

    def test_a_credit_note_that_is_gone_can_be_made_again(self):
        for free in ("button_cancel", "unlink"):
            with self.subTest(free):
                position = self._create_tested_position(self._create_delivered_line())
                note = self._decide(position)
                with self.assertRaisesRegex(UserError, "decided already"):
                    self._decide(position)
                getattr(note, free)()
                self.assertEqual(position.state, "decided")
                self.assertTrue(self._decide(position))

    def test_who_is_not_of_the_desk_decides_nothing(self):
        position = self._create_tested_position(self._create_delivered_line())
        for groups in ("stock.group_stock_user", "sales_team.group_sale_manager"):
            with self.subTest(groups), self.assertRaises(AccessError):
                self._decide(position, user=self._create_clerk(groups, groups))
