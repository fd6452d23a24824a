from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormComplaint(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)
        cls.answers = {"quantity": "2", "comment": "No HDMI.", "condition": "opened"}

    def test_quantity_condition_and_comment_are_required(self):
        for question in self.answers:
            with self.subTest(question=question):
                answers = {key: self.answers[key] for key in self.answers if key != question}
                self.assertEqual(self._get_errors(self.line, "complaint", **answers), {question})

    def test_serials_may_be_named_or_not(self):
        lots = self._get_lots(self.line)
        self.assertFalse(self._get_errors(self.line, "complaint", **self.answers))
        answers = {**self.answers, "lot_ids": lots.ids}
        self.assertFalse(self._get_errors(self.line, "complaint", **answers))

    def test_more_serials_than_pieces_are_refused(self):
        answers = {**self.answers, "quantity": "1", "lot_ids": self._get_lots(self.line).ids}
        self.assertEqual(self._get_errors(self.line, "complaint", **answers), {"quantity"})
