import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessFeedUpload(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed = cls.env["partner.access.feed"].create({"name": "ERP"})
        cls._create_company(cls, ref="D1")
        clerk = cls._create_staff(cls, groups="partner_access.group_access_administrator")
        cls.wizard = cls.env["partner.access.feed.upload"].with_user(clerk)

    def test_an_uploaded_file_is_shown_before_it_is_imported(self):
        content = b"email;company\nilse@velthuis.example;D1\n"
        wizard = self.wizard.create({"file": base64.b64encode(content), "file_name": "erp.csv"})
        self.assertEqual(wizard.feed_id, self.feed)  # the only one there is
        action = wizard.action_preview()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((run.state, run.origin, run.added_count), ("preview", "upload", 1))
        run.with_user(wizard.env.user).action_import()
        self.assertEqual((run.state, self.feed.entry_count), ("done", 1))

    def test_a_dialog_without_a_file_asks_for_one(self):
        with self.assertRaises(UserError):
            self.wizard.create({}).action_preview()

    def test_an_empty_file_is_refused_by_its_report(self):
        action = self.wizard.create({"file_name": "erp.csv"}).action_preview()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(run.state, "refused")

    def test_only_who_looks_after_access_uploads(self):
        with self.assertRaises(AccessError):
            self.wizard.with_user(self._create_staff(login="ander@noorder.example")).create({})
