from odoo.tests import tagged

from .test_cso_form import FormCommon

ASKED = {
    "customer_number": ("invoice_answer", "100200"),
    "leasing": ("invoice_answer", "Grenke, contract 77"),
    "currency": ("invoice_answer", "USD"),
    "price": ("invoice_amount", "310,00"),
    "payment_term": ("invoice_answer", "30 days"),
    "serials": ("typed_serials", "S1\nS2"),
    "information": ("invoice_answer", "Our order number"),
    "costs": ("invoice_amount", "0"),
}


@tagged("post_install", "-at_install")
class TestCsoFormWrongInvoice(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)

    def get_errors(self, detail, **answers):
        answers = {"invoice_detail": detail, "comment": "See the quotation.", **answers}
        return self._get_errors(self.line, "wrong_invoice", **answers)

    def test_each_detail_asks_its_own_question(self):
        labels = set()
        for detail, (question, answer) in ASKED.items():
            with self.subTest(detail=detail):
                self.assertEqual(self.get_errors(detail), {question})
                self.assertEqual(self.get_errors(detail, **{question: answer}), set())
                form = self._create_form(self.line, "wrong_invoice", invoice_detail=detail)
                own = set(form._get_questions()) & {name for name, _answer in ASKED.values()}
                self.assertEqual(own, {question})
                labels.add((question, form._get_label(question)))
        self.assertEqual(len(labels), len(ASKED))
        self.assertEqual(self.get_errors("other"), set())

    def test_detail_and_comment_are_required(self):
        self.assertEqual(
            self._get_errors(self.line, "wrong_invoice"), {"invoice_detail", "comment"}
        )
        self.assertEqual(self.get_errors("gold"), {"invoice_detail"})

    def test_amounts_that_are_none_are_named(self):
        for amount in ("", "-1", "nan", "inf", "1e400", "cheap", "²"):
            with self.subTest(amount=amount):
                self.assertEqual(
                    self.get_errors("price", invoice_amount=amount), {"invoice_amount"}
                )

    def test_the_desk_has_to_enter_an_amount(self):
        register = self.env["cso.register"].create({})
        for detail in ("price", "costs"):
            with self.subTest(detail):
                answers = {"invoice_detail": detail, "comment": "x"}
                form = self._create_form(self.line, "wrong_invoice", **answers)
                form.register_id = register
                self.assertEqual(set(form._get_errors()), {"invoice_amount"})
                form.invoice_amount = 4.0
                self.assertFalse(form._get_errors())

    def test_the_page_knows_by_which_detail_a_question_is_shown(self):
        question = self._create_question(self.line, "wrong_invoice", "invoice_amount")
        self.assertEqual(question["shown_when"], {"invoice_detail": ["price", "costs"]})
        self.assertFalse(question["asked"])

    def test_no_units_are_asked_and_the_rules_are_asked_all_the_same(self):
        form = self._create_form(self.line, "wrong_invoice", invoice_detail="other", comment="x")
        self.assertFalse({"quantity", "lot_ids"} & set(form._get_questions()))
        self.assertEqual(form._prepare_position_values()["quantity"], 0)
        late = self._create_delivered_line(1, invoiced_ago=31)
        answers = {"invoice_detail": "other", "comment": "x"}
        self.assertEqual(self._get_errors(late, "wrong_invoice", **answers), {""})

    def test_the_position_of_an_invoice_can_be_submitted(self):
        form = self._create_form(self.line, "wrong_invoice", invoice_detail="other", comment="x")
        position = form._add_to_cart()
        position.rma_id._submit()
        self.assertEqual((position.state, position.invoice_detail), ("review", "other"))
        self.assertFalse(position.holds_units)
