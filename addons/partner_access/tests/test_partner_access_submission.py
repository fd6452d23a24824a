from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon

KEY = "0123456789abcdef"
PATH = "/my/returns/cart/submit"


@tagged("post_install", "-at_install")
class TestPartnerAccessSubmission(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user(cls, cls._create_company(cls))
        cls.submissions = cls.env["partner.access.submission"].with_user(cls.user).sudo()

    def test_what_was_sent_leads_where_it_led_before(self):
        self.submissions._claim(PATH, KEY)._settle("/my/returns/7")
        self.assertEqual(self.submissions._claim(PATH, KEY).location, "/my/returns/7")

    def test_another_form_another_key_another_user_is_another_sending(self):
        other = self._create_portal_user(login="tweede@velthuis.example")
        self.submissions._claim(PATH, KEY)._settle("/my/returns/7")
        for submissions, path, key in (
            (self.submissions, "/my/language", KEY),
            (self.submissions, PATH, KEY[::-1]),
            (self.submissions.with_user(other).sudo(), PATH, KEY),
        ):
            with self.subTest(path=path, key=key, user=submissions.env.user.login):
                claimed = submissions._claim(path, key)
                self.assertTrue(claimed)
                self.assertFalse(claimed.location)

    def test_an_address_may_be_long(self):
        path = "/my/" + "".join(chr(number) for number in range(0x4E00, 0x5E00))
        self.submissions._claim(path, KEY)._settle("/my/returns/7")
        self.assertTrue(self.submissions._claim(path, KEY).location)

    def test_what_was_not_accepted_may_be_sent_again(self):
        first = self.submissions._claim(PATH, KEY)
        first._settle(None)
        self.assertFalse(first.exists())
        self.assertFalse(self.submissions._claim(PATH, KEY).location)

    def test_what_is_no_key_is_kept_nowhere(self):
        for key in ("", "short", "x" * 65, "a key with blanks", "'; DROP TABLE x; --"):
            with self.subTest(key=key):
                self.assertFalse(self.submissions._claim(PATH, key))

    def test_keys_are_kept_for_days_only(self):
        old, young = (self.submissions._claim(PATH, KEY + tail) for tail in "ab")
        self._make_older(old, 8)
        self._make_older(young, 6)
        self.assertEqual(self.submissions._search_old(), old)

    def test_customers_and_employees_read_none(self):
        row = self.submissions._claim(PATH, KEY)
        for user in (self.user, self._create_staff()):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).read(["location"])
