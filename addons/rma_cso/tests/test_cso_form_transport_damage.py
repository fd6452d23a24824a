from odoo.tests import tagged

from .test_cso_form import FormCommon

PHOTOS = ("shipping_box", "retail_box", "shipping_label")


@tagged("post_install", "-at_install")
class TestCsoFormTransportDamage(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)
        cls.photos = cls._create_photos(*PHOTOS)
        cls.answers = {
            "quantity": "1",
            "noted_at_delivery": "no",
            "comment": "Only the box.",
            "keep_choice": "send_back",
        }

    def get_errors(self, photos=None, **answers):
        photos = self.photos if photos is None else photos
        return self._get_errors(self.line, "transport_damage", photos, **answers)

    def test_every_required_answer_is_asked_for(self):
        self.assertEqual(self.get_errors(**self.answers), set())
        for question in self.answers:
            with self.subTest(question=question):
                answers = {key: self.answers[key] for key in self.answers if key != question}
                self.assertEqual(self.get_errors(**answers), {question})

    def test_three_photos_are_required_and_that_of_the_damage_is_not(self):
        slots = self._create_form(self.line, "transport_damage")._get_photo_slots()
        kinds = [(slot["kind"], slot["required"]) for slot in slots]
        wanted = [(kind, True) for kind in PHOTOS]
        self.assertEqual(kinds, [*wanted, ("damage", False), ("other", False)])
        for kind in PHOTOS:
            with self.subTest(kind=kind):
                others = self.photos.filtered(lambda photo, kind=kind: photo.cso_kind != kind)
                errors = self.get_errors(others, **self.answers)
                self.assertEqual(errors, {f"photo_{kind}"})

    def test_a_photo_that_is_nowhere_in_particular_fills_no_place(self):
        errors = self.get_errors(self._create_photos("other", "damage"), **self.answers)
        self.assertEqual(errors, {f"photo_{kind}" for kind in PHOTOS})

    def test_photos_are_optional_where_the_reason_says_so(self):
        self._get_reason("transport_damage").requires_photo = False
        self.assertEqual(self.get_errors(self.env["ir.attachment"], **self.answers), set())

    def test_serials_may_be_named_and_give_the_number(self):
        lots = self._get_lots(self.line)
        answers = {**self.answers, "lot_ids": lots.ids, "quantity": ""}
        self.assertEqual(self.get_errors(**answers), set())
        form = self._create_form(self.line, "transport_damage", **answers)
        self.assertEqual(form.quantity, 2)
        self.assertEqual(self.get_errors(**{**answers, "quantity": "1"}), {"quantity"})

    def test_the_form_leads_to_hidden_damage_where_that_is_possible(self):
        form = self._create_form(self.line, "transport_damage")
        self.assertIn("48 hours", " ".join(form._get_notes()))
        concealed = self._get_reason("concealed_damage")
        self.assertEqual(form._get_suggested_reasons(), concealed)
        concealed.applies_to = "licence"
        self.assertFalse(form._get_suggested_reasons())

    def test_the_hours_to_report_visible_damage_are_those_of_the_reason(self):
        for hours, text in ((72, "within 72 hours"), (0, "to be noted at delivery.")):
            with self.subTest(hours=hours):
                self._get_reason("transport_damage").flag_after_hours = hours
                notes = self._create_form(self.line, "transport_damage")._get_notes()
                self.assertIn(text, " ".join(notes))
                self.assertNotIn("48", " ".join(notes))
