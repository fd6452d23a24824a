from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import RmaCommon


class KeepFactories(RmaCommon):
    """Positions whose goods the customer keeps, and the dialog that decides them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxed = {"taxes_id": [Command.set(cls.tax.ids)], "list_price": 153.84}
        cls.goods = cls._create_product(**taxed)
        cls.other = cls._create_product(name="Logitech Brio", standard_price=80.0, **taxed)
        cls._put_in_stock(cls.other, 5)

    def _open(self, positions, user=None):
        return Form(
            self.env["cso.decide.keep"]
            .with_user(user or self.env.user)
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
        )

    def _decide(self, positions, user=None, **values):
        form = self._open(positions, user)
        for index in range(len(positions)):
            with form.line_ids.edit(index) as line:
                for name, value in values.items():
                    setattr(line, name, value)
        form.save().action_decide()
        return positions.refund_line_ids.move_id

    def _create_damaged(self, price=333.97, percent=10, line=None):
        line = line or self._create_delivered_line(price=price, product=self.goods)
        offer = self.env["cso.form.offer"]._get_reduced_price(price, percent, line.currency_id)
        return self._create_kept(line, "transport_damage", offer, quantity=line.product_uom_qty)

    def _create_surplus(self, product=None, **values):
        line = self._create_delivered_line(price=63.21, product=product or self.goods)
        self._put_in_stock(line.product_id, 2, values.pop("serials", ()))
        return self._create_kept(line, "over_delivery", 62.89, quantity=2, **values)

    def _create_other(self, still_wanted="no", product=None):
        line = self._create_delivered_line(price=63.21, product=product or self.goods)
        return self._create_kept(
            line,
            "wrong_delivery",
            153.07,
            slip_matches="no",
            received_product_id=self.other.id,
            still_wanted=still_wanted,
        )


@tagged("post_install", "-at_install")
class TestCsoDecideKeep(KeepFactories):
    def test_the_difference_to_the_offer_is_credited(self):
        for price, percent, quantity, net in (
            (63.21, 0.5, 1, 0.32),
            (63.21, 0.5, 3, 0.96),
            (153.84, 0.5, 1, 0.77),
            (333.97, 10, 1, 33.40),
        ):
            with self.subTest(price, quantity=quantity):
                line = self._create_delivered_line(quantity, price=price, product=self.goods)
                position = self._create_damaged(price, percent, line)
                note = self._decide(position)
                self.assertEqual((note.amount_untaxed, note.state), (net, "draft"))
                self.assertEqual(note.invoice_line_ids.tax_ids, self.tax)
                self.assertEqual(note.reversed_entry_id, (line.invoice_lines.move_id - note))
                self.assertEqual(position.state, "decided")
                note.action_post()
                self.assertEqual(position.state, "credited")
                self.assertFalse(position.holds_units)

    def test_the_difference_keeps_discount_taxes_and_currency(self):
        included = self.env["account.tax"].create(
            {"name": "Included", "amount": 25.0, "price_include_override": "tax_included"}
        )
        euro = self.env.ref("base.EUR")
        euro.active = True
        prices = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        for values, price, net, total in (
            ({"price": 125.0, "taxes": included}, 100.0, 10.0, 12.5),
            ({"price": 200.0, "discount": 50.0}, 100.0, 10.0, 12.1),
            ({"price": 100.0, "order": {"pricelist_id": prices.id}}, 100.0, 10.0, 12.1),
            ({"price": 100.0, "taxes": self.tax + self.tax.copy({"amount": 4})}, 100.0, 10, 12.5),
        ):
            with self.subTest(values=values):
                line = self._create_delivered_line(product=self.goods, **values)
                note = self._decide(self._create_damaged(price, 10, line))
                self.assertEqual((note.amount_untaxed, note.amount_total), (net, total))
                self.assertEqual(note.currency_id, line.currency_id)

    def test_the_words_on_the_credit_note_are_the_customers(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        line = self._create_delivered_line(price=333.97, product=self.goods)
        name = self._decide(self._create_damaged(line=line)).invoice_line_ids.name
        for words in ("300.57", "333.97", "1 x", line.cso_rma_line_ids.rma_id.name):
            with self.subTest(words):
                self.assertIn(words, name)

    def test_units_kept_in_two_invoices_give_two_credit_notes(self):
        product = self._create_product(invoice_policy="delivery")
        line = self._create_delivered_line(3, price=100.0, product=product, invoiced_ago=None)
        first = self._invoice(line.order_id, 3, post=False)
        first.invoice_line_ids.quantity = 2
        first.action_post()
        second = self._invoice(line.order_id, 1)
        notes = self._decide(self._create_damaged(100.0, 10, line))
        nets = {note.reversed_entry_id: note.amount_untaxed for note in notes}
        self.assertEqual(nets, {first: 20, second: 10})

    def test_what_is_not_invoiced_or_no_offer_is_refused(self):
        open_line = self._create_delivered_line(product=self.goods, invoiced_ago=None)
        for line, values, text in (
            (open_line, {}, "not invoiced"),
            (None, {"price": 0.0}, "enter the price"),
            (None, {"price": 333.97}, "above zero"),
            (None, {"quantity": 2}, "at most"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UserError, text):
                self._decide(self._create_damaged(line=line), **values)

    def test_a_second_credit_takes_only_what_is_left(self):
        position = self._create_damaged()
        self._decide(position).action_post()
        again = self._create_case(position.sale_line_id, "complaint", comment="No", quantity=1)
        again.condition = "opened"
        self._authorise(again, goods="no")
        self.assertEqual(self._decide_credit(again).amount_untaxed, 300.57)

    def test_surplus_is_sold_delivered_and_invoiced_on_an_order_of_its_own(self):
        position = self._create_surplus()
        line, stock = position.sale_line_id, self.goods.qty_available
        facts = line.read(["qty_delivered", "qty_invoiced", "invoice_status", "price_subtotal"])
        invoice = self._decide(position, self._create_clerk())
        kept = position.kept_line_id
        self.assertEqual((invoice.move_type, invoice.amount_untaxed), ("out_invoice", 125.78))
        self.assertEqual((kept.qty_delivered, kept.qty_invoiced), (2, 2))
        self.assertEqual(kept.order_id.invoice_status, "invoiced")
        self.assertEqual(self.goods.qty_available, stock - 2)
        self.assertEqual(kept.move_ids.mapped("cso_step"), ["kept"])
        self.assertEqual(position.state, "decided")
        invoice.action_post()
        self.assertEqual(position.state, "settled")
        self.assertEqual(kept.order_id.customer_status, "fulfilled")
        self.assertEqual(line.read(list(facts[0])[1:]), facts)

    def test_nobody_is_told_that_kept_goods_were_shipped(self):
        queued = self.env["portal.notification"].search_count([])
        self._decide(self._create_surplus())
        self.assertEqual(self.env["portal.notification"].search_count([]), queued)

    def test_kept_goods_can_be_claimed_later(self):
        position = self._create_surplus()
        self._decide(position).action_post()
        answers = position.kept_line_id._get_return_eligibility(self._get_reason("defect"))
        self.assertTrue(answers[position.kept_line_id.id][0]["allowed"])

    def test_serials_that_are_kept_leave_our_stock(self):
        product = self._create_serial_product()
        position = self._create_surplus(product, serials=("S-1", "S-2"), typed_serials="S-1\nS-2")
        self._decide(position)
        lots = position.kept_line_id.move_ids.move_line_ids.lot_id
        self.assertEqual(set(lots.mapped("name")), {"S-1", "S-2"})
        self.assertFalse(any(lot._get_cso_place(self.env.company) for lot in lots))

    def test_serials_that_cannot_be_kept_are_named(self):
        product = self._create_serial_product()
        for typed, text in (("", "name the 2"), ("T-1", "name the 2"), ("T-1 T-9", "T-9")):
            with self.subTest(typed), self.cr.savepoint() as savepoint:
                position = self._create_surplus(
                    product, serials=("T-1", "T-2"), typed_serials=typed
                )
                with self.assertRaisesRegex(UserError, text):
                    self._decide(position)
                savepoint.rollback()

    def test_the_ordered_article_is_credited_where_another_one_is_kept(self):
        position = self._create_other("no")
        moves = self._decide(position)
        invoice = moves.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual(invoice.amount_untaxed, 153.07)
        self.assertEqual(invoice.invoice_line_ids.product_id, self.other)
        self.assertEqual((moves - invoice).amount_untaxed, 63.21)
        self.assertEqual(position.promised, "invoice,credit")
        invoice.action_post()
        self.assertEqual(position.state, "decided")
        (moves - invoice).action_post()
        self.assertEqual(position.state, "credited")
        self.assertTrue(position.holds_units)
        self.assertEqual(position.order_id.invoice_status, "invoiced")

    def test_the_serials_that_were_never_delivered_are_chosen(self):
        line = self._create_delivered_line(2, price=63.21)
        lots = self._get_lots(line)
        answers = {"received_product_id": self.other.id, "still_wanted": "no"}
        position = self._create_kept(line, "wrong_delivery", 9.0, slip_matches="no", **answers)
        with self.assertRaisesRegex(UserError, "Choose the serial numbers"):
            self._decide(position)
        form = self._open(position, self._create_clerk())
        with form.line_ids.edit(0) as item:
            item.lot_ids.add(lots[1])
        form.save().action_decide()
        losses = position.move_ids.filtered(lambda move: move.cso_step == "loss")
        self.assertEqual(losses.move_line_ids.lot_id, lots[1])

    def test_the_ordered_article_is_delivered_where_it_is_still_wanted(self):
        position = self._create_other("yes")
        self._decide(position)
        self.assertEqual(position.promised, "invoice,delivery")
        free = position.free_line_ids
        self.assertEqual((free.product_id, free.price_subtotal), (self.goods, 0))

    def test_an_unknown_article_is_chosen_and_priced_by_the_clerk(self):
        position = self._create_other()
        position.sudo().write({"received_product_id": False, "offer_unit_price": 0.0})
        with self.assertRaisesRegex(UserError, "price"):
            self._decide(position)
        with self.assertRaisesRegex(UserError, "article"):
            self._decide(position, price=100.0)
        self._decide(position, product_id=self.other, price=100.0)
        self.assertEqual(position.kept_line_id.price_unit, 100)

    def test_the_preview_names_documents_and_amounts(self):
        clerk = self._create_clerk()
        for position, texts in (
            (self._create_damaged(), ("33.40", "INV")),
            (self._create_surplus(), ("62.89", "125.78", self.goods.display_name)),
            (self._create_other("no"), ("153.07", "63.21", self.other.display_name)),
            (self._create_other("yes"), ("153.07", "free of charge")),
        ):
            preview = self._open(position, clerk).preview
            for text in texts:
                with self.subTest(text, preview=preview):
                    self.assertIn(text, preview)
        self.assertFalse(position.refund_line_ids)

    def test_a_lost_invoice_is_made_again_and_nothing_is_delivered_twice(self):
        for lose in ("unlink", "button_cancel"):
            with self.subTest(lose):
                position = self._create_surplus()
                getattr(self._decide(position), lose)()
                kept, stock = position.kept_line_id, self.goods.qty_available
                self.assertEqual(position.state, "decided")
                invoice = self._decide(position, price=60.0).filtered(
                    lambda move: move.state == "draft"
                )
                self.assertEqual((position.kept_line_id, invoice.amount_untaxed), (kept, 120))
                self.assertEqual(self.goods.qty_available, stock)

    def test_a_decision_with_documents_is_not_made_twice(self):
        for position in (self._create_damaged(), self._create_surplus()):
            note = self._decide(position)
            with self.assertRaisesRegex(UserError, "decided already"):
                self._decide(position)
            note.action_post()
            note.button_draft()
            self.assertEqual(position.state, "decided")
            note.unlink()
            self.assertEqual(position.state, "decided")
            self.assertTrue(self._decide(position))

    def test_an_accountant_posts_what_a_clerk_has_decided(self):
        accountant = self._create_clerk("books", "account.group_account_invoice")
        for position in (self._create_damaged(), self._create_surplus()):
            move = self._decide(position, self._create_clerk(f"desk{position.id}"))
            move.with_user(accountant).action_post()
            self.assertIn(position.state, ("credited", "settled"))
