from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import RaceCommon, RmaCommon, RmaFactories


@tagged("post_install", "-at_install")
class TestCsoDecideCredit(RmaCommon):
    def _get_goods(self, note):
        return note.invoice_line_ids.filtered(lambda line: not line.is_cso_fee)

    def test_the_credit_note_reverses_the_invoice_line_exactly(self):
        account = self.env["account.analytic.account"].create(
            {
                "name": "Project",
                "plan_id": self.env["account.analytic.plan"].create({"name": "Plan"}).id,
            }
        )
        line = self._create_delivered_line(
            discount=10.0, line={"analytic_distribution": {str(account.id): 100}}
        )
        bill = line.invoice_lines
        bill.move_id.button_draft()
        bill.price_unit = 300.0
        bill.move_id.action_post()
        note = self._decide_credit(self._create_tested_position(line))
        goods = self._get_goods(note)
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.state, "draft")
        self.assertEqual(note.reversed_entry_id, bill.move_id)
        for name in (
            "price_unit",
            "discount",
            "quantity",
            "tax_ids",
            "account_id",
            "product_uom_id",
            "analytic_distribution",
            "price_subtotal",
            "sale_line_ids",
            "product_id",
        ):
            with self.subTest(name):
                self.assertEqual(goods[name], bill[name])
        self.assertEqual(goods.cso_credited_line_id, bill)
        self.assertEqual(note.amount_total, bill.move_id.amount_total)

    def test_only_the_returned_units_are_credited(self):
        line = self._create_delivered_line(quantity=5, price=100.0)
        self._add_line(line.order_id)
        note = self._decide_credit(self._create_tested_position(line, quantity=2))
        self.assertEqual(self._get_goods(note).mapped("quantity"), [2])
        self.assertEqual(note.amount_untaxed, 200)

    def _add_line(self, order):
        """A second line on the same invoice, which must not be credited."""
        invoice = order.invoice_ids
        invoice.button_draft()
        invoice.invoice_line_ids = [Command.create({"name": "Freight", "price_unit": 9.5})]
        invoice.action_post()

    def test_the_fee_is_a_line_of_its_own_with_its_own_tax(self):
        note = self._decide_credit(
            self._create_tested_position(self._create_delivered_line(), "commercial")
        )
        fee = note.invoice_line_ids.filtered("is_cso_fee")
        self.assertEqual(fee.product_id, self.fee_product)
        self.assertEqual(fee.price_subtotal, -33.40)
        self.assertEqual(fee.tax_ids, self.tax)
        self.assertEqual(note.amount_untaxed, 300.57)
        self.assertIn("10 %", fee.name)

    def test_the_fee_takes_the_tax_of_its_product(self):
        low = self.env["account.tax"].create({"name": "VAT 9 %", "amount": 9.0})
        self.fee_product.taxes_id = low
        note = self._decide_credit(
            self._create_tested_position(self._create_delivered_line(price=100.0), "commercial")
        )
        self.assertEqual(note.amount_total, 121 - 10.9)

    def test_the_fee_is_net_where_prices_include_the_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "Included", "amount": 25.0, "price_include_override": "tax_included"}
        )
        line = self._create_delivered_line(price=125.0, taxes=tax)
        note = self._decide_credit(self._create_tested_position(line, "commercial"))
        self.assertEqual((note.amount_untaxed, note.amount_total), (90, 112.5))

    def test_the_preview_names_document_amount_and_fee(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line, "commercial")
        wizard = Form(
            self.env["cso.decide.credit"]
            .with_user(self._create_clerk())
            .with_context(active_model="cso.rma.line", active_ids=position.ids)
        )
        for text in (line.invoice_lines.move_id.name, "333.97", "33.40", "300.57"):
            with self.subTest(text):
                self.assertIn(text, wizard.preview)
        self.assertFalse(position.refund_ids)

    def test_a_clerk_without_rights_on_invoices_makes_the_draft(self):
        clerk = self._create_clerk()
        self.assertFalse(self.env["account.move"].with_user(clerk).has_access("create"))
        note = self._decide_credit(
            self._create_tested_position(self._create_delivered_line()), clerk
        )
        self.assertEqual(note.state, "draft")

    def test_an_accountant_posts_with_the_button_of_odoo(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        accountant = self._create_clerk("books", "account.group_account_invoice")
        note.with_user(accountant).action_post()
        self.assertEqual(position.state, "credited")
        self.assertTrue(note.cso_posted_on)

    def test_who_is_not_of_the_desk_decides_nothing(self):
        position = self._create_tested_position(self._create_delivered_line())
        seller = self._create_clerk("seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self._decide_credit(position, seller)

    def test_repeating_makes_nothing_new(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self._decide_credit(position)
        self.assertEqual(position.refund_ids, note)

    def test_an_untested_position_is_not_decided(self):
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        with self.assertRaisesRegex(UserError, "To test"):
            self._decide_credit(position)

    def test_not_more_is_credited_than_was_received(self):
        line = self._create_delivered_line(product=self._create_product(), quantity=3)
        position = self._create_case(line, quantity=3)
        position.move_ids.quantity = 2
        self._receive(position)
        position.test_result = "confirmed"
        self.assertEqual(self._get_goods(self._decide_credit(position)).quantity, 2)

    def test_a_manual_credit_note_counts(self):
        for is_posted in (False, True):
            with self.subTest(posted=is_posted):
                line = self._create_delivered_line()
                position = self._create_tested_position(line)
                self._credit_by_hand(line.invoice_lines.move_id, is_posted)
                with self.assertRaisesRegex(UserError, "cannot be credited"):
                    self._decide_credit(position)

    def _credit_by_hand(self, invoice, is_posted=True):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        if is_posted:
            wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_a_credit_note_typed_by_hand_counts_with_its_amount(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line)
        invoice = line.invoice_lines.move_id
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [Command.create({"name": "Sorry", "price_unit": 50.0})],
            }
        )
        with self.assertRaisesRegex(UserError, "only .*283.97"):
            self._decide_credit(position)

    def test_a_cancelled_or_deleted_credit_note_frees_what_it_held(self):
        for free in ("button_cancel", "unlink"):
            with self.subTest(free):
                position = self._create_tested_position(self._create_delivered_line())
                getattr(self._decide_credit(position), free)()
                self.assertEqual(position.credited_qty, 0)
                self.assertEqual(position.state, "decided")
                self.assertEqual(self._decide_credit(position)[-1:].state, "draft")

    def test_two_invoices_of_a_line_give_two_credit_notes(self):
        product = self._create_product(invoice_policy="delivery")
        line = self._create_delivered_line(product=product, quantity=3, invoiced_ago=None)
        first = self._invoice(line.order_id, 3, post=False)
        first.invoice_line_ids.quantity = 2
        first.action_post()
        second = self._invoice(line.order_id, 1)
        notes = self._decide_credit(self._create_tested_position(line, quantity=3))
        self.assertEqual(notes.reversed_entry_id, first | second)
        self.assertEqual(sorted(self._get_goods(notes).mapped("quantity")), [1, 2])

    def test_positions_of_one_invoice_share_a_credit_note(self):
        line = self._create_delivered_line(quantity=2)
        lots = self._get_lots(line)
        positions = self._create_tested_position(line, lot_ids=lots[0])
        positions |= self._create_tested_position(line, "commercial", lot_ids=lots[1])
        notes = self._decide_credit(positions)
        self.assertEqual(len(notes), 1)
        self.assertEqual(len(self._get_goods(notes)), 2)
        self.assertEqual(positions.mapped("credited_qty"), [1, 1])

    def test_units_invoiced_by_the_dozen_are_credited_by_the_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(
            product=self._create_product(),
            quantity=2,
            price=120.0,
            line={"product_uom_id": dozen.id},
        )
        note = self._decide_credit(self._create_tested_position(line, quantity=1))
        goods = self._get_goods(note)
        self.assertEqual((goods.quantity, goods.product_uom_id), (1, dozen))
        self.assertEqual(note.amount_untaxed, 120)

    def test_the_credit_note_is_in_the_currency_of_its_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today - timedelta(days=9), "rate": 0.5}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        line = self._create_delivered_line(order={"pricelist_id": pricelist.id})
        note = self._decide_credit(self._create_tested_position(line))
        self.assertEqual((note.currency_id, note.amount_untaxed), (euro, 333.97))

    def test_what_is_not_invoiced_leaves_the_order_and_the_invoice_comes_out_right(self):
        for policy in ("order", "delivery"):
            with self.subTest(policy):
                product = self._create_product(invoice_policy=policy)
                line = self._create_delivered_line(
                    product=product, quantity=3, price=100.0, invoiced_ago=None
                )
                position = self._create_tested_position(line)
                self.assertFalse(self._decide_credit(position))
                self.assertEqual(position.state, "settled")
                self.assertEqual((line.qty_delivered, line.qty_to_invoice), (2, 2))
                invoice = self._invoice(line.order_id)
                self.assertEqual(invoice.amount_untaxed, 200)
                self.assertEqual(line.invoice_status, "invoiced")
                self.assertEqual(line.order_id.customer_status, "fulfilled")

    def test_the_fee_of_what_is_not_invoiced_is_invoiced_with_the_rest(self):
        line = self._create_delivered_line(quantity=2, invoiced_ago=None)
        self._decide_credit(self._create_tested_position(line, "commercial"))
        invoice = self._invoice(line.order_id)
        self.assertEqual(invoice.amount_untaxed, 333.97 + 33.40)
        self.assertEqual(line.order_id.customer_status, "fulfilled")

    def test_of_units_in_two_states_the_invoiced_ones_are_credited_first(self):
        product = self._create_product(invoice_policy="delivery")
        line = self._create_delivered_line(product=product, quantity=3, invoiced_ago=None)
        invoice = self._invoice(line.order_id, post=False)
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        position = self._create_tested_position(line, quantity=2)
        note = self._decide_credit(position)
        self.assertEqual((note.amount_untaxed, position.uninvoiced_qty), (333.97, 1))
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (1, 0, 1))

    def test_units_on_a_draft_invoice_wait_for_it(self):
        line = self._create_delivered_line(invoiced_ago=None)
        position = self._create_tested_position(line)
        self._invoice(line.order_id, post=False)
        with self.assertRaisesRegex(UserError, "not posted"):
            self._decide_credit(position)

    def test_a_fully_discounted_line_is_credited_without_an_amount(self):
        line = self._create_delivered_line(discount=100.0)
        note = self._decide_credit(self._create_tested_position(line))
        self.assertEqual((note.amount_total, self._get_goods(note).quantity), (0, 1))

    def test_the_position_and_its_number_stand_on_the_line(self):
        position = self._create_tested_position(self._create_delivered_line())
        goods = self._get_goods(self._decide_credit(position))
        self.assertIn(position.rma_id.name, goods.name)
        self.assertIn(position.lot_ids.name, goods.name)


@tagged("post_install", "-at_install")
class TestDecisionRace(RaceCommon):
    def test_two_clerks_who_decide_at_once_make_one_credit_note(self):
        with self._open_factories() as factories:
            number = factories._create_tested_position(factories._create_delivered_line()).id

        def decide(position):
            factories = type("Factories", (RmaFactories,), {"env": position.env})
            return factories._decide_credit(position)

        text = self._race("cso.rma.line", (number, number), decide)
        self.assertIn("Nothing is left to credit", text)
        with self._open("cso.rma.line", number) as position:
            self.assertEqual(len(position.refund_ids), 1)
