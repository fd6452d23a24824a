from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormOverDelivery(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(3)
        cls.answers = {"received_total": "5", "keep_choice": "keep"}

    def test_total_and_choice_are_required_and_nothing_else(self):
        self.assertEqual(self._get_errors(self.line, "over_delivery", **self.answers), set())
        for question in self.answers:
            with self.subTest(question=question):
                answers = {key: self.answers[key] for key in self.answers if key != question}
                errors = self._get_errors(self.line, "over_delivery", **answers)
                self.assertEqual(errors, {question})

    def test_the_surplus_is_what_came_on_top_of_the_slip(self):
        form = self._create_form(self.line, "over_delivery", **self.answers)
        self.assertEqual(form.quantity, 2)
        values = form._prepare_position_values()
        self.assertEqual((values["quantity"], values["received_total"]), (2, 5))
        self.assertEqual(form._get_offer()["total"], 664.60)

    def test_not_more_than_the_slip_says_is_no_surplus(self):
        for total in ("0", "1", "3", "2,5", "3.5", "-5", "many"):
            with self.subTest(total=total):
                answers = {**self.answers, "received_total": total}
                errors = self._get_errors(self.line, "over_delivery", **answers)
                self.assertEqual(errors, {"received_total"})

    def test_the_slip_counts_all_shipments_of_the_line_and_no_open_rest(self):
        line = self._create_confirmed_line(self.product, 10, {"price": 10.0})
        self._put_in_stock(self.product, 10)
        self._ship(line.order_id, 4)
        question = self._create_question(line, "over_delivery", "received_total")
        self.assertIn(" 4 ", question["help"])
        form = self._create_form(line, "over_delivery", received_total="6")
        self.assertEqual(form.quantity, 2)

    def test_serials_are_typed_and_optional(self):
        form = self._create_form(self.line, "over_delivery", typed_serials="A1\nA2", **self.answers)
        form._check_answers()
        self.assertNotIn("lot_ids", form._get_questions())
        self.assertEqual(form._prepare_position_values()["typed_serials"], "A1\nA2")

    def test_the_surplus_of_units_that_are_claimed_already_can_be_told(self):
        self._create_case(self.line, "doa", lot_ids=self._get_lots(self.line), quantity=3)
        self.assertEqual(self._get_errors(self.line, "over_delivery", **self.answers), set())
