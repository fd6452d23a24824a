from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.partner_access.tests.common import RetentionCommon

from .common import RmaCommon
from .portal_common import make_picture


@tagged("post_install", "-at_install")
class TestCsoCaseRetention(RetentionCommon, RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.position = cls._create_case(cls._create_delivered_line(1))
        cls.case = cls.position.rma_id

    def _add_file(self, record, name="box.png"):
        values = {"name": name, "raw": make_picture(), "res_model": record._name}
        return self.env["ir.attachment"].create({**values, "res_id": record.id})

    def _close(self, days):
        """Let the case be closed so many days ago."""
        self.case.flush_recordset()
        closed_on = fields.Datetime.now() - timedelta(days=days)
        query = "UPDATE cso_rma SET state = 'closed', closed_on = %s WHERE id = %s"
        self.env.cr.execute(query, [closed_on, self.case.id])
        self.case.invalidate_recordset()

    def test_photos_and_files_of_a_case_go_a_set_time_after_it_was_closed(self):
        photo = self._add_file(self.position)
        self.position.attachment_ids = photo
        message = self.case.message_post(attachment_ids=self._add_file(self.case).ids)
        self._close(731)
        self._run_retention(self.env["cso.rma"])
        self.assertFalse(photo.exists() or message.attachment_ids)
        self.assertTrue(self.case.exists() and self.case.files_deleted_on and message.exists())
        self.assertFalse(self.env["cso.rma"]._count_old())

    def test_files_of_open_and_of_young_cases_stay(self):
        photo = self._add_file(self.position)
        self._run_retention(self.env["cso.rma"])
        self.assertTrue(photo.exists())
        self._close(729)
        self._run_retention(self.env["cso.rma"])
        self.assertTrue(photo.exists())
        self.env["ir.config_parameter"].set_param("partner_access.keep_case_files", "700")
        self._run_retention(self.env["cso.rma"])
        self.assertFalse(photo.exists())

    def test_a_case_that_was_opened_again_loses_its_new_files_too(self):
        self._close(800)
        self._run_retention(self.env["cso.rma"])
        self.case.sudo().files_deleted_on = fields.Datetime.now() - timedelta(days=760)
        photo = self._add_file(self.position)
        self._close(740)
        self._run_retention(self.env["cso.rma"])
        self.assertFalse(photo.exists())

    def test_nothing_older_is_left_of_any_kind(self):
        self._add_file(self.position)
        self._close(1000)
        for name in self.env["partner.access.retention"]._get_retention_models():
            with self.subTest(name):
                self._run_retention(self.env[name])
                self.assertFalse(self.env[name].sudo()._count_old())

    def test_every_kind_has_a_setting(self):
        fields_of_settings = self.env["res.config.settings"]._fields.values()
        keys = {getattr(field, "config_parameter", None) for field in fields_of_settings}
        for name in self.env["partner.access.retention"]._get_retention_models():
            with self.subTest(name):
                self.assertIn(f"partner_access.keep_{self.env[name]._retention_kind}", keys)
