from odoo.tests import BaseCase, tagged

from ..tools.vat_number import compact, read_vat


@tagged("post_install", "-at_install")
class TestVatNumber(BaseCase):
    def test_a_number_is_read_however_it_is_written(self):
        numbers = {
            ("NL079244026B01", "NL"): ("NL079244026B01", True),
            (" nl 0792.44.026.b01 ", "NL"): ("NL079244026B01", True),
            ("079244026B01", "NL"): ("NL079244026B01", True),
            ("317771259", "DE"): ("DE317771259", True),
            ("BE 0654.610.735", "NL"): ("BE0654610735", True),
            ("EL 094259216", "GR"): ("EL094259216", True),
            ("094259216", "GR"): ("EL094259216", True),
            ("ATU12345675", ""): ("ATU12345675", True),
            ("CHE-107.787.577 MWST", "CH"): ("CHE107787577MWST", False),
            ("12-3456789", "US"): ("123456789", False),
        }
        for (text, country), answer in numbers.items():
            with self.subTest(text):
                self.assertEqual(read_vat(text, country), answer)

    def test_what_is_no_number_of_its_country_is_refused(self):
        numbers = [
            ("", "NL"),
            ("NL079244027B01", "NL"),
            ("NL123456789B01", "NL"),
            ("DE317771258", "DE"),
            ("81230047", "NL"),
            ("CHE-107.787.578 MWST", "CH"),
            ("\x00", ""),
        ]
        for text, country in numbers:
            with self.subTest(text), self.assertRaises(ValueError):
                read_vat(text, country)

    def test_numbers_are_compared_by_their_letters_and_digits(self):
        self.assertEqual(compact("nl 9458.07.302-B01"), "NL945807302B01")
        self.assertEqual(compact(False), "")
