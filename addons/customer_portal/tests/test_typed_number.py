from odoo.tests import TransactionCase, tagged

from ..tools.typed_number import read_number, show_number, write_number

TYPED = {
    # text: (where the decimal mark is a point, where it is a comma)
    "2": (2, 2),
    " 2 ": (2, 2),
    "2,5": (2.5, 2.5),
    "2.5": (2.5, 2.5),
    "1,000": (1000, 1),
    "1.000": (1, 1000),
    "0,500": (0.5, 0.5),
    "1.234,50": (1234.5, 1234.5),
    "1,234.50": (1234.5, 1234.5),
    "1.234.567": (1234567, 1234567),
    "1 000": (1000, 1000),
    "1'000.5": (1000.5, 1000.5),
    ".5": (0.5, 0.5),
    "5,": (5, 5),
}
NO_NUMBERS = ("", "x", "-1", "nan", "inf", "1e400", "²", "٣", "1,2,3", "1.23.4", ".", "9" * 30)


@tagged("post_install", "-at_install")
class TestTypedNumber(TransactionCase):
    def test_numbers_are_read_as_people_of_a_language_type_them(self):
        for text, (with_point, with_comma) in TYPED.items():
            with self.subTest(text=text):
                self.assertEqual(read_number(text, "."), with_point)
                self.assertEqual(read_number(text, ","), with_comma)

    def test_what_is_no_number_is_none(self):
        machines = (None, True, float("nan"), float("inf"), -1, 10**400, [], {})
        for value in (*NO_NUMBERS, *machines):
            with self.subTest(value=str(value)[:10]):
                self.assertIsNone(read_number(value))

    def test_the_number_of_a_machine_is_not_grouped(self):
        self.assertEqual(read_number(2.125, ","), 2.125)

    def test_what_is_written_is_read_again(self):
        for point in ".,":
            for number in (0, 2, 2.5, 0.125, 1000, 123456.75):
                with self.subTest(number=number, point=point):
                    self.assertEqual(read_number(write_number(number, point), point), number)
        self.assertEqual(write_number(2.5, ","), "2,5")
        self.assertEqual(write_number(1000.0), "1000")

    def test_a_number_is_shown_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.assertEqual(show_number(self.env(context={"lang": "nl_NL"}), 0.5), "0,5")
        self.assertEqual(show_number(self.env(context={"lang": "en_US"}), 1000.25), "1000.25")
