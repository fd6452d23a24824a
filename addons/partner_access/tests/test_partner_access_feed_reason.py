from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessFeedReason(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("nl_NL")
        group = "partner_access.group_access_administrator"
        cls.clerk = cls._create_staff(cls, "bram@noorder.example", group)
        cls.clerk.lang = "nl_NL"
        cls.feed = cls.env["partner.access.feed"].create({"name": "ERP", "user_id": cls.clerk.id})
        cls._create_company(cls, ref="D1")

    def _import(self, content):
        report = self.feed.import_file(content)
        return self.env["partner.access.feed.run"].browse(report["run_id"])

    def test_why_a_row_was_refused_is_read_in_the_own_language(self):
        row = self._import("email;company\nilse@;D1\n").row_ids
        for lang, words in (("en_US", "is no e-mail address"), ("nl_NL", "is geen e-mailadres")):
            with self.subTest(lang):
                self.assertEqual(row.with_context(lang=lang).reason, f"ilse@ {words}.")

    def test_why_a_file_was_refused_is_read_in_the_own_language(self):
        run = self._import("email;company\nilse@velthuis.example;D1")
        self.assertIn("cut off", run.reason)
        self.assertIn("afgebroken", run.with_context(lang="nl_NL").reason)

    def test_the_responsible_is_told_in_the_own_language(self):
        run = self._import("email;company\n")
        self.assertNotIn("refused", run.activity_ids.summary)
