from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormUnopened(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(4, product=cls.product, price=50.0)

    def test_new_goods_need_the_confirmation_and_no_comment(self):
        for code in ("commercial", "own_mistake"):
            with self.subTest(code=code):
                errors = self._get_errors(self.line, code, quantity="1")
                self.assertEqual(errors, {"sealed_confirmed"})
                answers = {"quantity": "1", "sealed_confirmed": "1"}
                self.assertEqual(self._get_errors(self.line, code, **answers), set())

    def test_a_buyback_needs_a_reason_and_the_condition(self):
        errors = self._get_errors(self.line, "buyback", quantity="1")
        self.assertEqual(errors, {"comment", "condition"})

    def test_only_unopened_goods_are_bought_back(self):
        answers = {"quantity": "1", "comment": "The project was called off."}
        for condition in ("opened", "damaged", "unclear"):
            with self.subTest(condition=condition):
                errors = self._get_errors(self.line, "buyback", condition=condition, **answers)
                self.assertEqual(errors, {"condition"})
        self.assertFalse(self._get_errors(self.line, "buyback", condition="unopened", **answers))

    def test_who_opened_the_goods_is_told_what_else_is_possible(self):
        form = self._create_form(self.line, "buyback", condition="opened")
        text = form._get_impossible_answers()["condition"]
        for code, is_named in {
            "defect": True,
            "complaint": True,
            "commercial": False,
            "wrong_invoice": False,
        }.items():
            with self.subTest(code=code):
                self.assertEqual(self._get_reason(code).name in text, is_named)
