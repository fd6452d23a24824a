from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessUserAccount(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")

    def setUp(self):
        super().setUp()
        self.user = self._create_portal_user()
        self.account = self.user.with_user(self.user)

    def test_name_phone_and_language_are_the_persons_own(self):
        company = self.user.commercial_partner_id
        before = company.read(["name", "phone", "lang"])
        self.account._save_account(" Ilse\r\nde  Maas ", "+31 15 99", "nl_NL")
        partner = self.user.partner_id
        self.assertEqual(
            (partner.name, partner.phone, partner.lang), ("Ilse de Maas", "+31 15 99", "nl_NL")
        )
        company.invalidate_recordset()
        self.assertEqual(company.read(["name", "phone", "lang"]), before)

    def test_what_cannot_be_kept_is_refused_with_words(self):
        cases = [("", ""), (" \x00 ", ""), ("x" * 101, ""), ("Ilse", "1" * 41)]
        for name, phone in cases:
            with self.subTest(name=name[:5]), self.assertRaises(UserError):
                self.account._save_account(name, phone, "nl_NL")
        self.assertEqual(self.user.name, "Ilse Maas")

    def test_a_language_that_is_not_installed_is_ignored(self):
        lang = self.user.lang
        self.account._save_account("Ilse", "", "xx_XX")
        self.assertEqual(self.user.lang, lang)
