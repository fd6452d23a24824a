from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormConcealedDamage(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)
        cls.loose = cls._create_delivered_line(2, product=cls.product)

    def test_a_tracked_article_is_shown_with_its_serial_number(self):
        for line, kinds in {
            self.line: ["packaging", "damage", "serial_number", "other"],
            self.loose: ["packaging", "damage", "other"],
        }.items():
            with self.subTest(kinds=kinds):
                slots = self._create_form(line, "concealed_damage")._get_photo_slots()
                self.assertEqual([slot["kind"] for slot in slots], kinds)
                self.assertEqual(
                    [slot["required"] for slot in slots[:-1]], [True] * (len(kinds) - 1)
                )

    def test_every_required_answer_is_asked_for(self):
        photos = self._create_photos("packaging", "damage", "serial_number")
        answers = {"lot_ids": self._get_lots(self.line)[:1].ids, "comment": "The screen is broken."}
        self.assertEqual(self._get_errors(self.line, "concealed_damage", photos, **answers), set())
        for question in answers:
            with self.subTest(question=question):
                rest = {key: answers[key] for key in answers if key != question}
                errors = self._get_errors(self.line, "concealed_damage", photos, **rest)
                self.assertEqual(errors, {question})
        for photo in photos:
            with self.subTest(kind=photo.cso_kind):
                errors = self._get_errors(self.line, "concealed_damage", photos - photo, **answers)
                self.assertEqual(errors, {f"photo_{photo.cso_kind}"})

    def test_goods_without_serials_are_counted(self):
        photos = self._create_photos("packaging", "damage")
        answers = {"quantity": "2", "comment": "Scratches."}
        self.assertEqual(self._get_errors(self.loose, "concealed_damage", photos, **answers), set())
        answers["quantity"] = "3"
        errors = self._get_errors(self.loose, "concealed_damage", photos, **answers)
        self.assertEqual(errors, {"quantity"})
