from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import password_rules


@tagged("post_install", "-at_install")
class TestPasswordRules(BaseCase):
    def test_each_missing_class_and_the_length_are_named_at_once(self):
        cases = {
            "abc": ["upper", "digit", "special", "length"],
            "XYVQ77": ["lower", "special", "length"],
            "Tulpenveld#": ["digit", "length"],
            "": ["lower", "upper", "digit", "special", "length", "common"],
        }
        for password, codes in cases.items():
            with self.subTest(password):
                self.assertEqual(password_rules.get_failures(password), codes)

    def test_a_good_password_fails_nothing(self):
        for password in (
            "Tulpenveld#72", "één Blauwe vis 9!", "Ünïcode-ß-42-Straat", "correct-horse-Battery9",
            "Ab3-dragon-9Kq-xY71",
        ):  # fmt: skip
            with self.subTest(password):
                self.assertEqual(password_rules.get_failures(password), [])

    def test_a_common_password_stays_common_with_digits_signs_or_a_year(self):
        for password in (
            "Password123!", "Welkom01!2026", "P@ssw0rd2026!", "2026!Welkom01!", "Qwertyuiop12!",
            "Zomer2026!!!!", "Aaaaaaaaaaa1!", "D.r.a.g.o.n.1.2", "Passwort#2026!",
            "Password2026!x", "P@ssw0rd2026!x", "ab-Welkom!2026-c",
        ):  # fmt: skip
            with self.subTest(password):
                self.assertIn("common", password_rules.get_failures(password))

    def test_four_letters_of_the_own_name_are_refused_in_any_case(self):
        for password in ("xKADExx99!!yy", "Rotterdams#72x"):
            with self.subTest(password):
                failures = password_rules.get_failures(
                    password, personal_texts=["Kade IT", "Rotterdam"]
                )
                self.assertEqual(failures, ["personal"])

    def test_three_letters_of_the_own_name_do_not_matter(self):
        failures = password_rules.get_failures("Tulpenveld#72", personal_texts=["Tul", "de", ""])
        self.assertEqual(failures, [])

    def test_length_is_counted_in_characters_after_normalising(self):
        decomposed = "e\u0301" * 8 + "A1!"  # 8 + 3 characters once the accents are joined
        self.assertIn("length", password_rules.get_failures(decomposed))
        self.assertNotIn("length", password_rules.get_failures(decomposed + "z"))

    def test_more_than_128_characters_are_too_many(self):
        self.assertEqual(password_rules.get_failures("aB3#x9kQ" * 16), [])
        self.assertEqual(password_rules.get_failures("aB3#x9kQ" * 16 + "z"), ["length"])

    def test_a_very_long_text_is_refused_without_reading_all_of_it(self):
        normalize = password_rules.normalize
        with patch.object(password_rules, "normalize", side_effect=normalize) as normalized:
            self.assertIn("length", password_rules.get_failures("1" * 100_000 + "a"))
        self.assertLessEqual(max(len(call.args[0]) for call in normalized.call_args_list), 1000)

    def test_digits_and_letters_of_any_script_count(self):
        self.assertEqual(password_rules.get_failures("жЖ٣-синийкит-рыба"), [])
