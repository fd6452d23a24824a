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

    # ------------------------------------------------------------------ amounts
    def test_each_way_of_taxing_is_reversed_to_the_cent(self):
        tax = self.env["account.tax"]
        included = {"amount": 21.0, "price_include_override": "tax_included"}
        eco = tax.create({"name": "Eco", "amount": 2.5, "amount_type": "fixed"})
        rows = {
            "discount": ({"discount": 12.5}, (292.22, 61.37, 353.59)),
            "tax included": (
                {"taxes": tax.create({"name": "In", **included}), "price": 333.97},
                (276.01, 57.96, 333.97),
            ),
            "two taxes": ({"taxes": self.tax | eco}, (333.97, 72.63, 406.60)),
            "full discount": ({"discount": 100.0}, (0, 0, 0)),
        }
        for method in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = method
            for name, (values, amounts) in rows.items():
                with self.subTest(name, method=method):
                    line = self._create_delivered_line(**values)
                    invoice = line.invoice_lines.move_id
                    note = self._decide_credit(self._create_tested_position(line))
                    for document in (note, invoice):
                        found = (document.amount_untaxed, document.amount_tax)
                        self.assertEqual((*found, document.amount_total), amounts)
                    self.assertEqual(note.fiscal_position_id, invoice.fiscal_position_id)
                    self.assertEqual(note.payment_reference, invoice.payment_reference)

    def test_the_fee_of_ten_percent_takes_its_tax_along(self):
        position = self._create_tested_position(self._create_delivered_line(), "commercial")
        note = self._decide_credit(position)
        self.assertEqual((note.amount_untaxed, note.amount_tax), (300.57, 63.12))
        self.assertEqual(note.amount_total, 363.69)
        fee = note.invoice_line_ids.filtered("is_cso_fee")
        for text in ("10 %", "back into stock", position.rma_id.name, position.reason_id.name):
            self.assertIn(text, fee.name)

    def test_the_fee_may_be_an_amount(self):
        line = self._create_delivered_line(quantity=2, price=100.0)
        position = self._create_tested_position(line, "buyback", quantity=2)
        wizard = self._open_credit(position)
        for amount, total in ((25.0, 175.0), (201.0, None)):
            wizard.line_ids.fee_amount = amount
            self.assertEqual(wizard.line_ids.fee_percent, 0)
            if total is None:
                with self.assertRaisesRegex(UserError, "more than what is credited"):
                    wizard._get_plan()
            else:
                self.assertIn(f"{total:.2f}", wizard.preview)

    def _open_credit(self, positions):
        context = {"active_model": "cso.rma.line", "active_ids": positions.ids}
        return self.env["cso.decide.credit"].with_context(**context).create({})

    def test_the_fee_named_at_the_authorisation_is_proposed(self):
        line = self._create_delivered_line()
        position = self._create_case(line, "buyback")
        self._authorise(position, fee_percent=15.0)
        self._receive(position)
        position.test_result = "no_fault"
        self.assertEqual(self._decide_credit(position).amount_untaxed, 333.97 - 50.10)

    def test_a_foreign_invoice_is_reversed_at_its_own_rate(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        for days, rate in ((9, 0.5), (0, 0.8)):
            day = self.today - timedelta(days=days)
            values = {"currency_id": euro.id, "name": day, "rate": rate}
            self.env["res.currency.rate"].create(values)
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        line = self._create_delivered_line(
            order={"pricelist_id": pricelist.id}, price=100.0, invoiced_ago=5
        )
        invoice = line.invoice_lines.move_id
        note = self._decide_credit(self._create_tested_position(line))
        note.action_post()
        self.assertEqual((note.invoice_currency_rate, note.amount_total), (0.5, 121))
        self.assertEqual((note.amount_total_signed, invoice.amount_total_signed), (-242, 242))
        self.assertFalse((note | invoice).line_ids.matched_debit_ids.exchange_move_id)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_two_positions_on_two_invoices_share_one_credit_note_each(self):
        product = self._create_product(invoice_policy="delivery")
        line = self._create_delivered_line(
            product=product, quantity=5, price=100.0, invoiced_ago=None
        )
        first = self._invoice(line.order_id, 3, post=False)
        first.invoice_line_ids.quantity = 2
        first.action_post()
        second = self._invoice(line.order_id, 1)
        positions = self._create_tested_position(line, quantity=3)
        positions |= self._create_tested_position(line, "commercial", quantity=2)
        notes = self._decide_credit(positions)
        amounts = {note.reversed_entry_id: note.amount_untaxed for note in notes}
        self.assertEqual(amounts, {first: 200, second: 280})

    def test_one_piece_of_a_dozen_is_credited_at_its_price(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(
            product=self._create_product(),
            quantity=1,
            price=100.0,
            line={"product_uom_id": dozen.id},
        )
        amounts = []
        for _piece in range(12):
            note = self._decide_credit(self._create_tested_position(line, quantity=1 / 12))
            self.assertEqual(self._get_goods(note).product_uom_id[:1], self.product.uom_id)
            amounts.append(note.amount_untaxed)
        self.assertEqual(amounts[0], 8.33)
        self.assertEqual(round(sum(amounts), 2), 100)
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (0, 0, 0))

    def test_units_credited_one_by_one_add_up_to_the_invoice(self):
        line = self._create_delivered_line(quantity=2, price=0.67, discount=50.0)
        invoice = line.invoice_lines.move_id
        notes = [
            self._decide_credit(self._create_tested_position(line, lot_ids=lot))
            for lot in self._get_lots(line)
        ]
        self.assertEqual([note.amount_untaxed for note in notes], [0.34, 0.33])
        self.assertEqual(invoice.amount_untaxed, 0.67)

    def test_a_down_payment_does_not_lower_what_is_credited(self):
        line = self._create_delivered_line(price=1000.0, invoiced_ago=None)
        advance = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30.0,
                "sale_order_ids": line.order_id.ids,
            }
        )
        advance._create_invoices(line.order_id).action_post()
        final = line.order_id._create_invoices(final=True)
        final.action_post()
        self.assertEqual(final.amount_untaxed, 700)
        note = self._decide_credit(self._create_tested_position(line))
        self.assertEqual((note.amount_untaxed, note.reversed_entry_id), (1000, final))

    def test_a_credit_note_is_matched_with_what_is_open_of_its_invoice(self):
        for paid, open_invoice, open_note in ((0, 0, 0), (100, 0, 100), (404.10, 0, 404.10)):
            with self.subTest(paid=paid):
                line = self._create_delivered_line()
                invoice = line.invoice_lines.move_id
                if paid:
                    register = self.env["account.payment.register"].with_context(
                        active_model="account.move", active_ids=invoice.ids
                    )
                    register.create({"amount": paid}).action_create_payments()
                note = self._decide_credit(self._create_tested_position(line))
                note.action_post()
                residuals = (invoice.amount_residual, note.amount_residual)
                self.assertEqual(residuals, (open_invoice, open_note))

    def test_two_notes_of_an_invoice_posted_together_are_both_matched_with_it(self):
        line = self._create_delivered_line(quantity=2, price=100.0)
        other = self._create_delivered_line()
        notes = self._decide_credit(self._create_tested_position(other))
        for lot in self._get_lots(line):
            notes |= self._decide_credit(self._create_tested_position(line, lot_ids=lot))
        notes.action_post()
        self.assertEqual(set(notes.mapped("amount_residual")), {0})
        self.assertEqual(set(notes.reversed_entry_id.mapped("payment_state")), {"reversed"})

    def test_a_credit_in_a_locked_period_is_booked_after_it(self):
        for days, booked in ((-1, 0), (0, 1)):
            with self.subTest(days):
                self.env.company.fiscalyear_lock_date = False
                line = self._create_delivered_line(invoiced_ago=5)
                position = self._create_tested_position(line)
                self.env.company.fiscalyear_lock_date = self.today + timedelta(days=days)
                note = self._decide_credit(position)
                note.action_post()
                self.assertEqual(note.date, self.today + timedelta(days=booked))

    # ------------------------------------------------------------------ ways back
    def test_each_way_back_of_a_credit_note_changes_the_money_alone(self):
        for end in (None, "unlink", "button_cancel"):
            with self.subTest(end):
                line = self._create_delivered_line()
                position = self._create_tested_position(line)
                note = self._decide_credit(position)
                note.action_post()
                moves, received = position.move_ids, position.received_qty
                note.button_draft()
                if end:
                    getattr(note, end)()
                self.assertEqual(position.state, "decided")
                self.assertEqual((position.move_ids, position.received_qty), (moves, received))
                self.assertEqual(position.credited_posted_qty, 0)
                is_gone = bool(end)
                self.assertEqual(position.credited_qty, 0 if is_gone else 1)
                self.assertEqual((line.qty_delivered, line.qty_invoiced), (is_gone, is_gone))
                self.assertEqual(line.invoice_status, "invoiced")

    def test_a_receipt_taken_back_after_the_credit_leads_to_no_second_one(self):
        line = self._create_delivered_line(product=self._create_product())
        position = self._create_tested_position(line)
        note = self._decide_credit(position)
        note.action_post()
        receipt = position.move_ids.picking_id
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual((position.received_qty, position.state), (0, "credited"))
        self.assertEqual(position._get_quantity_to_credit(), 0)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self._decide_credit(position)

    def test_what_is_decided_otherwise_is_not_credited_besides(self):
        product = self._create_product()
        line = self._create_delivered_line(product=product)
        position = self._create_tested_position(line, "shortage")
        position._settle(self.env.ref("rma_cso.outcome_redelivery"), ())
        with self.assertRaises(UserError):
            self._decide_credit(position)

    def test_a_credit_note_by_hand_after_ours_is_not_posted(self):
        line = self._create_delivered_line()
        note = self._decide_credit(self._create_tested_position(line))
        by_hand = self._credit_by_hand(line.invoice_lines.move_id[:1], is_posted=False)
        note.action_post()
        with self.assertRaisesRegex(UserError, "than was invoiced"):
            by_hand.action_post()

    def test_an_amount_credited_before_is_not_credited_again(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line)
        bill = line.invoice_lines
        values = bill._prepare_cso_amount_line(position, self.fee_product, 33.40, "Kept at 300.57")
        credit = bill.move_id._make_cso_credit_note([Command.create(values)], "Offer")
        credit.action_post()
        note = self._decide_credit(position) - credit
        self.assertEqual(note.amount_untaxed, 300.57)

    # ------------------------------------------------------------------ losses
    def test_serials_that_never_came_back_are_chosen(self):
        line = self._create_delivered_line(quantity=3)
        position = self._create_tested_position(line, "shortage", wish="credit")
        lots = self._get_lots(line)
        wizard = self._open_credit(position)
        self.assertEqual(wizard.line_ids.possible_lot_ids, lots)
        with self.assertRaisesRegex(UserError, "Choose the serial numbers"):
            wizard.action_decide()
        wizard.line_ids.lot_ids = lots[1]
        wizard.action_decide()
        self.assertEqual(position.move_ids.move_line_ids.lot_id, lots[1])
        facts = line._get_return_facts()[line.id]
        self.assertNotIn(lots[1], facts.lots)

    def test_a_refusal_brings_what_was_written_off_back(self):
        product = self._create_product()
        line = self._create_delivered_line(product=product)
        position = self._create_tested_position(line, "shortage")
        self._decide_credit(position).unlink()
        lost = self.env.company.cso_loss_location_id
        self.assertEqual(product.with_context(location=lost.id).qty_available, 1)
        position._refuse("It was delivered.")
        self.assertEqual(product.with_context(location=lost.id).qty_available, 0)
        self.assertFalse(position._get_loss_moves())

    def test_the_cost_of_a_loss_stays_a_cost(self):
        accounts = self.env["account.account"]
        loss = accounts.create(
            {"name": "Losses", "code": "X700", "account_type": "expense_direct_cost"}
        )
        for account in (accounts, loss):
            with self.subTest(account.name):
                self.env.company._ensure_loss_location().valuation_account_id = account
                category = self.env["product.category"].create(
                    {"name": "Perpetual", "property_valuation": "real_time"}
                )
                product = self._create_product(categ_id=category.id)
                stock = product.product_tmpl_id.get_product_accounts()["stock_valuation"]
                line = self._create_delivered_line(product=product)
                note = self._decide_credit(self._create_tested_position(line, "shortage"))
                note.action_post()
                costs = note.line_ids.filtered(lambda item: item.display_type == "cogs")
                self.assertNotIn(stock, costs.account_id)
                lost = costs.filtered(lambda item, account=account: item.account_id == account)
                self.assertEqual(sum(lost.mapped("balance")), 50 if account else 0)

    def test_a_posted_credit_is_told_to_the_customer(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        told = position.rma_id.notification_ids
        self.assertNotIn("credited", told.mapped("event"))
        note.action_post()
        self.assertIn("credited", position.rma_id.notification_ids.mapped("event"))
        self.assertEqual(note.cso_rma_ids, position.rma_id)


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
