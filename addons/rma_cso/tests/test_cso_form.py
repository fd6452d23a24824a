from odoo.tests import tagged

from ..tools import FormError
from .common import RaceCommon, RmaCommon


class FormCommon(RmaCommon):
    @classmethod
    def _create_form(cls, line, code, **answers):
        """A form of a reason filled with answers as they come from a browser."""
        reason = cls._get_reason(code)
        form = cls.env[reason.form].new({"sale_line_id": line.id, "reason_id": reason.id})
        form._fill(form._clean_answers(answers))
        return form

    @classmethod
    def _create_photos(cls, *kinds):
        """Files in the places for photos of these kinds."""
        photos = cls.env["ir.attachment"]
        for kind in kinds:
            photos |= cls._create_photo(f"{kind}.png")
            photos[-1].cso_kind = kind
        return photos

    @classmethod
    def _create_question(cls, line, code, name, **answers):
        """What a page needs to show a question of a form."""
        questions = cls._create_form(line, code, **answers)._describe_questions()
        return next(question for question in questions if question["name"] == name)

    def _get_errors(self, line, code, photos=None, **answers):
        """Return the names of the questions that the form complains about."""
        reason = self._get_reason(code)
        form = self.env[reason.form].new({"sale_line_id": line.id, "reason_id": reason.id})
        form.attachment_ids = photos or self.env["ir.attachment"]
        unread = form._fill(form._clean_answers(answers))
        try:
            form._check_answers(unread)
        except FormError as error:
            return set(error.errors)
        return set()


@tagged("post_install", "-at_install")
class TestCsoForm(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(3)
        cls.lots = cls._get_lots(cls.line).sorted("id")
        cls.loose = cls._create_delivered_line(4, product=cls.product, price=50.0)

    def test_a_dialog_at_the_desk_asks_in_the_words_of_its_form(self):
        for code, name, label in (
            ("defect", "comment", "Describe the fault"),
            ("missing_accessory", "comment", "Which part is missing?"),
            ("shortage", "quantity", "How many are missing?"),
            ("commercial", "comment", "Comment"),
        ):
            with self.subTest(code=code, name=name):
                form = self.env[self._get_reason(code).form]
                self.assertEqual(form.fields_get([name], ["string"])[name]["string"], label)

    def test_tracked_articles_are_asked_by_serial_and_others_by_quantity(self):
        tracked = self._create_form(self.line, "doa")
        loose = self._create_form(self.loose, "doa")
        self.assertIn("lot_ids", tracked._get_questions())
        self.assertNotIn("quantity", tracked._get_questions())
        self.assertIn("quantity", loose._get_questions())
        self.assertNotIn("lot_ids", loose._get_questions())

    def test_the_quantity_follows_from_the_serials(self):
        form = self._create_form(self.line, "doa", lot_ids=self.lots[:2].ids)
        self.assertEqual(form.quantity, 2)

    def test_what_is_known_is_not_asked(self):
        single = self._create_delivered_line(1)
        form = self._create_form(single, "doa")
        self.assertEqual(form._get_known()["lot_ids"], self._get_lots(single).ids)
        self.assertEqual(self._create_form(self.loose, "doa")._get_known(), {})

    def test_a_serial_of_another_line_is_not_taken(self):
        other = self._get_lots(self._create_delivered_line(1))
        form = self._create_form(self.line, "doa", lot_ids=other.ids)
        self.assertFalse(form.lot_ids)
        answers = {"lot_ids": (self.lots + other).ids, "comment": "x"}
        errors = self._get_errors(self.line, "doa", fault_code="other", wish="credit", **answers)
        self.assertEqual(errors, {"lot_ids"})

    def test_a_serial_in_an_open_case_is_shown_and_cannot_be_chosen(self):
        case = self._create_case(self.line, lot_ids=self.lots[:1]).rma_id
        form = self._create_form(self.line, "doa", lot_ids=self.lots.ids)
        choices = {choice["id"]: choice["blocked"] for choice in form._get_serial_choices()}
        self.assertIn(case.name, choices[self.lots[0].id])
        self.assertFalse(choices[self.lots[1].id])
        self.assertFalse(form.lot_ids)
        form = self._create_form(self.line, "doa", lot_ids=self.lots[1:].ids)
        self.assertEqual(form.lot_ids._origin, self.lots[1:])

    def test_half_of_an_article_sold_in_pieces_is_refused(self):
        for text, errors in {"0.5": {"quantity"}, "1,5": {"quantity"}, "1.0": set()}.items():
            with self.subTest(text=text):
                found = self._get_errors(
                    self.loose, "commercial", quantity=text, sealed_confirmed="1"
                )
                self.assertEqual(found, errors)

    def test_part_of_an_article_sold_by_weight_can_be_claimed(self):
        kilo = self.env.ref("uom.product_uom_kgm")
        product = self._create_product(uom_id=kilo.id)
        line = self._create_delivered_line(2.5, product=product, price=50.0)
        errors = self._get_errors(line, "commercial", quantity="0,5", sealed_confirmed="1")
        self.assertEqual(errors, set())

    def test_an_answer_on_one_line_is_short_and_has_no_breaks(self):
        clean = self.env["cso.form.defect"]._clean_answers(
            {"reference": "A\n  B\t" + "x" * 200, "comment": "one\ntwo"}
        )
        self.assertEqual(clean["reference"], "A B " + "x" * 96)
        self.assertEqual(clean["comment"], "one\ntwo")

    def test_answers_are_checked_once_more_on_the_way_into_the_cart(self):
        form = self._create_form(self.line, "doa", lot_ids=self.lots[:1].ids)
        with self.assertRaises(FormError):
            form._add_to_cart()

    def test_numbers_are_read_as_people_write_them(self):
        for text, quantity in {"2": 2, " 2 ": 2, "2,0": 2, "2.0": 2}.items():
            with self.subTest(text=text):
                form = self._create_form(self.loose, "commercial", quantity=text)
                self.assertEqual(form.quantity, quantity)

    def test_what_is_no_quantity_is_named_at_the_question(self):
        for text in ("", "0", "-1", "two", "nan", "inf", "1e99", "5"):
            with self.subTest(text=text):
                errors = self._get_errors(
                    self.loose, "commercial", quantity=text, sealed_confirmed="1"
                )
                self.assertEqual(errors, {"quantity"})

    def test_garbage_is_cleaned_before_it_is_kept(self):
        form_model = self.env["cso.form.defect"]
        clean = form_model._clean_answers(
            {
                "lot_ids": ["x", "7", None, 99999999999],  # 0 is on no line
                "comment": {"a": 1},
                "reference": "a\x00b",
                "fault_code": ["list"],
                "return_address_id": 1,
                "unknown": "x",
            }
        )
        self.assertEqual(
            clean, {"lot_ids": [0, 7, 0], "comment": "", "reference": "ab", "fault_code": ""}
        )
        self.assertEqual(form_model._clean_answers("no dictionary"), {})

    def test_a_closed_window_is_named_at_the_units(self):
        old = self._create_delivered_line(1, product=self.product, price=50.0, invoiced_ago=16)
        errors = self._get_errors(old, "commercial", quantity="1", sealed_confirmed="1")
        self.assertEqual(errors, {"quantity"})

    def test_a_position_is_added_to_one_cart(self):
        for lot in self.lots[:2]:
            form = self._create_form(
                self.line, "doa", lot_ids=lot.ids, fault_code="other", wish="credit", comment="x"
            )
            position = form._add_to_cart()
            self.assertEqual(position.lot_ids, lot)
            self.assertEqual(position.partner_id, self.branch)
        self.assertEqual(len(position.rma_id.line_ids), 2)


@tagged("post_install", "-at_install")
class TestCsoFormRace(RaceCommon):
    def test_two_tabs_at_once_make_one_cart(self):
        with self._open_factories() as factories:
            lines = [factories._create_delivered_line(1) for _time in range(2)]
            numbers = [line.id for line in lines]
        first_cart = []

        def add(line):
            cart = self._add(line)
            first_cart.append(cart)
            return cart

        cart = self._race("sale.order.line", numbers, add)
        self.assertEqual(cart, first_cart[0])

    def _add(self, line):
        reason = line.env.ref("rma_cso.reason_doa")
        form = line.env[reason.form].new({"sale_line_id": line.id, "reason_id": reason.id})
        lots = form._get_serials()
        answers = {"lot_ids": lots.ids, "fault_code": "other", "wish": "credit", "comment": "x"}
        form._fill(answers)
        return form._add_to_cart().rma_id.id
