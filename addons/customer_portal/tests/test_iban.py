from odoo.tests import BaseCase

from ..tools.iban import compact, is_iban, write_iban


class TestIban(BaseCase):
    def test_length_of_the_country_and_check_digits_count(self):
        cases = [
            ("NL91 ABNA 0417 1643 00", True),
            ("de89 3704 0044 0532 0130 00", True),
            ("BE68 5390 0754 7034", True),
            ("NL91 ABNA 0417 1643 01", False),
            ("NL91 ABNA 0417 1643 0", False),
            ("DE89 3704 0044 0532 0130", False),
            ("0417164300", False),
            ("NL\u0669\u0661ABNA0417164300", False),
            ("", False),
            (None, False),
        ]
        for text, expected in cases:
            with self.subTest(text):
                self.assertEqual(is_iban(text), expected)

    def test_an_iban_is_kept_without_blanks_and_read_in_groups_of_four(self):
        self.assertEqual(compact(" nl91 abna-0417.1643 00"), "NL91ABNA0417164300")
        self.assertEqual(write_iban("NL91ABNA0417164300"), "NL91 ABNA 0417 1643 00")
