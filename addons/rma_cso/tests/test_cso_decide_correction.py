from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecideCorrection(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls._create_product(taxes_id=[Command.set(cls.tax.ids)])
        cls.freight = cls._create_product(
            name="Freight", type="service", is_storable=False, taxes_id=[Command.clear()]
        )
        cls.lease = cls._create_customer(name="Polder Lease", ref="L-77")
        cls.term = cls.env["account.payment.term"].create({"name": "77 days net"})
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.env["res.currency.rate"].create(
            {"currency_id": cls.euro.id, "name": cls.today, "rate": 0.5}
        )

    def _create_wrong(self, detail, **answers):
        """A position about an invoice of two pieces at 100 and freight of 10."""
        order = self._create_order(
            self.branch,
            [
                {"product_id": self.goods.id, "product_uom_qty": 2, "price_unit": 100.0},
                {"product_id": self.freight.id, "product_uom_qty": 1, "price_unit": 10.0},
            ],
        )
        self._deliver(order.order_line[0])
        self._invoice(order)
        position = self._create_position(
            order.order_line[0],
            "wrong_invoice",
            quantity=0,
            invoice_detail=detail,
            comment="Wrong",
            **answers,
        )
        position.rma_id._submit()
        self._authorise(position)
        return position

    def _open(self, positions, user=None):
        return Form(
            self.env["cso.decide.correction"]
            .with_user(user or self.env.user)
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
        )

    def _decide(self, position, user=None, prices=(), **values):
        """Return the credit note and the new invoice."""
        form = self._open(position, user)
        for name, value in values.items():
            setattr(form, name, value)
        for index, price in prices:
            with form.line_ids.edit(index) as line:
                line.is_corrected, line.price = True, price
        form.save().action_decide()
        return position.refund_ids, position.refund_line_ids.move_id - position.refund_ids

    def test_the_answer_of_the_customer_is_the_default_of_each_detail(self):
        for detail, answers, name, expected in (
            ("customer_number", {"invoice_answer": "L-77"}, "partner_id", self.lease),
            ("leasing", {"invoice_answer": "Polder Lease"}, "partner_id", self.lease),
            ("leasing", {"invoice_answer": "Polder, file 9"}, "reference", "Polder, file 9"),
            ("currency", {"invoice_answer": "EUR please"}, "currency_id", self.euro),
            ("payment_term", {"invoice_answer": "77 days"}, "payment_term_id", self.term),
            ("serials", {"typed_serials": "A-1\nA-2"}, "serials", "A-1, A-2"),
            ("information", {"invoice_answer": "Order 4711"}, "note", "Order 4711"),
        ):
            with self.subTest(detail, name=name):
                form = self._open(self._create_wrong(detail, **answers), self._create_desk())
                self.assertEqual(form[name], expected)
                self.assertIn("Wrong", form.answer)

    def _create_desk(self):
        self.number = getattr(self, "number", 0) + 1
        return self._create_clerk(f"desk{self.number}")

    def test_what_is_wrong_is_read_in_the_language_of_the_clerk(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        words = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "cso.rma.line"), ("field_id.name", "=", "invoice_detail")]
        )
        words.filtered(lambda word: word.value == "price").with_context(
            lang="nl_NL"
        ).name = "Verkeerde prijs"
        dialog = self.env["cso.decide.correction"].with_context(lang="nl_NL")
        choices = dict(dialog.fields_get(["detail"])["detail"]["selection"])
        self.assertEqual(choices["price"], "Verkeerde prijs")

    def test_each_detail_credits_the_old_invoice_and_makes_the_right_one(self):
        for detail, answers, old, new, changes in (
            ("price", {"invoice_amount": 90.0}, 200, 180, {}),
            ("costs", {"invoice_amount": 4.0}, 10, 4, {}),
            ("customer_number", {"invoice_answer": "L-77"}, 210, 210, {"partner_id": self.lease}),
            ("leasing", {"invoice_answer": "L-77"}, 210, 210, {"partner_id": self.lease}),
            ("currency", {"invoice_answer": "EUR"}, 210, 105, {"currency_id": self.euro}),
            (
                "payment_term",
                {"invoice_answer": "77 days"},
                210,
                210,
                {"invoice_payment_term_id": self.term},
            ),
            ("serials", {"typed_serials": "A-1"}, 200, 200, {}),
            ("information", {"invoice_answer": "Order 4711"}, 210, 210, {}),
            ("other", {}, 200, 200, {}),
        ):
            with self.subTest(detail):
                position = self._create_wrong(detail, **answers)
                line = position.sale_line_id
                note, invoice = self._decide(position, self._create_desk())
                self.assertEqual((note.amount_untaxed, invoice.amount_untaxed), (old, new))
                self.assertEqual((note.state, invoice.state), ("draft", "draft"))
                for name, value in changes.items():
                    self.assertEqual(invoice[name], value)
                self._check_unchanged(line, (note, invoice))
                self.assertEqual(position.state, "credited")

    def _check_unchanged(self, line, moves):
        """Neither the drafts nor their posting change what the order line says."""
        for move in moves:
            for facts in ((line.qty_delivered, line.qty_invoiced), (2, line.customer_invoiced_qty)):
                self.assertEqual(facts, (2, 2))
            self.assertEqual(line.order_id.invoice_status, "invoiced")
            move.action_post()
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (2, 2))
        self.assertEqual(line.order_id.invoice_status, "invoiced")

    def test_what_was_asked_stands_on_the_new_invoice(self):
        for detail, answers, words in (
            ("serials", {"typed_serials": "A-1\nA-2"}, "A-1, A-2"),
            ("information", {"invoice_answer": "Order 4711"}, "Order 4711"),
        ):
            with self.subTest(detail):
                position = self._create_wrong(detail, **answers)
                _note, invoice = self._decide(position)
                names = invoice.invoice_line_ids.mapped("name")
                self.assertIn(words, "\n".join(names))
                old = position.sale_line_id.invoice_lines.move_id.sorted("id")[0]
                self.assertIn(f"Replaces invoice {old.name}", "\n".join(names))

    def test_the_accountant_prices_the_lines_that_he_chooses(self):
        position = self._create_wrong("other")
        note, invoice = self._decide(position, prices=((0, 95.0), (1, 0.0)))
        self.assertEqual((note.amount_untaxed, invoice.amount_untaxed), (210, 190))

    def test_what_is_missing_is_named(self):
        for detail, text in (
            ("customer_number", "Right Customer"),
            ("payment_term", "Right Payment Term"),
            ("currency", "Right Currency"),
        ):
            form = self._open(self._create_wrong(detail, invoice_answer="?"))
            with self.subTest(detail):
                self.assertIn(text, form.preview)

    def test_the_preview_names_both_documents(self):
        position = self._create_wrong("price", invoice_amount=90.0)
        preview = self._open(position, self._create_desk()).preview
        for text in (position.sale_line_id.invoice_lines.move_id.name, "200.00", "180.00"):
            with self.subTest(text):
                self.assertIn(text, preview)

    def test_an_accountant_corrects_and_posts(self):
        position = self._create_wrong("price", invoice_amount=90.0)
        accountant = self._create_clerk("books", "account.group_account_invoice")
        action = position.with_user(accountant).action_correct_invoice()
        self.assertEqual(action["res_model"], "cso.decide.correction")
        for move in self._decide(position, accountant):
            move.with_user(accountant).action_post()
        self.assertEqual(position.state, "credited")
        self.assertEqual(position.decided_by_id, accountant)

    def test_a_lost_document_changes_nothing_of_the_order(self):
        position = self._create_wrong("price", invoice_amount=90.0)
        note, invoice = self._decide(position)
        note.action_post()
        invoice.unlink()
        line = position.sale_line_id
        self.assertEqual((line.qty_invoiced, line.invoice_status), (2, "invoiced"))
        self.assertEqual(position.state, "decided")
        with self.assertRaisesRegex(UserError, "decided already"):
            self._decide(position)

    def test_a_corrected_invoice_is_credited_at_its_right_price(self):
        position = self._create_wrong("price", invoice_amount=90.0)
        for move in self._decide(position):
            move.action_post()
        line = position.sale_line_id
        back = self._create_tested_position(line, "commercial", quantity=2, sealed_confirmed=True)
        goods = self._decide_credit(back).invoice_line_ids.filtered(lambda one: not one.is_cso_fee)
        self.assertEqual(sum(goods.mapped("price_subtotal")), 180)
        self.assertEqual(line.invoice_status, "invoiced")
