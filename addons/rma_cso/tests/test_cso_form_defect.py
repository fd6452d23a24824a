from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormDefect(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)
        cls.answers = {
            "lot_ids": cls._get_lots(cls.line)[:1].ids,
            "fault_code": "noise",
            "wish": "replacement",
            "comment": "It rattles.",
        }

    def test_every_required_answer_is_asked_for(self):
        for code, questions in {
            "doa": {"lot_ids", "fault_code", "wish", "comment"},
            "defect": {"lot_ids", "fault_code", "comment"},
        }.items():
            for question in questions:
                with self.subTest(code=code, question=question):
                    answers = {key: self.answers[key] for key in questions - {question}}
                    self.assertEqual(self._get_errors(self.line, code, **answers), {question})
            self.assertEqual(self._get_errors(self.line, code, **self.answers), set())

    def test_blanks_are_no_description(self):
        answers = {**self.answers, "comment": " \n "}
        self.assertEqual(self._get_errors(self.line, "doa", **answers), {"comment"})

    def test_a_choice_that_is_not_offered_counts_as_none(self):
        for wish in ("credit_redelivery", "gold", "1"):
            with self.subTest(wish=wish):
                answers = {**self.answers, "wish": wish}
                self.assertEqual(self._get_errors(self.line, "doa", **answers), {"wish"})

    def test_the_warranty_handling_is_shown_for_a_defect_only(self):
        self._create_policy(warranty_handling="repair")
        self.assertIn("Repair", self._create_form(self.line, "defect")._get_notes()[0])
        self.assertFalse(self._create_form(self.line, "doa")._get_notes())

    def test_a_wish_of_another_reason_is_not_kept_with_the_position(self):
        values = self._create_form(self.line, "defect", **self.answers)._prepare_position_values()
        self.assertFalse(values["wish"])
        self.assertEqual(values["fault_code"], "noise")
