from odoo.tests import BaseCase

from ..tools.postcode import SHAPES, get_example, is_postcode


class TestPostcode(BaseCase):
    def test_codes_are_those_of_their_country(self):
        cases = [
            ("2611 AA", "NL", True),
            ("nl-2611aa", "NL", True),
            ("0611 AA", "NL", False),
            ("2611", "NL", False),
            ("40210", "DE", True),
            ("D-40210", "DE", False),
            ("4021", "DE", False),
            ("1000", "BE", True),
            ("SW1A 1AA", "GB", True),
            ("90-210", "PL", True),
            ("whatever", "US", True),
        ]
        for text, country, expected in cases:
            with self.subTest(text=text, country=country):
                self.assertEqual(is_postcode(text, country), expected)

    def test_each_example_is_one(self):
        for country in SHAPES:
            with self.subTest(country):
                self.assertTrue(is_postcode(get_example(country), country))
