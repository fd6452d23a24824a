from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessRetention(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: float("inf"))
        self.retention = self.env["partner.access.retention"]

    def _create_log(self, days):
        """A row of the log, so many days old."""
        self.env["partner.access.log"]._log("failure", login=f"{days}@velthuis.example")
        row = self.env["partner.access.log"].search([], limit=1)
        self._make_older(row, days)
        return row

    def test_what_is_older_than_the_setting_is_deleted(self):
        old, young = self._create_log(366), self._create_log(364)
        self.retention._cron_forget()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    def test_the_setting_counts_in_days(self):
        row = self._create_log(10)
        for days, is_kept in (("11", True), ("9", False)):
            self.env["ir.config_parameter"].set_param("partner_access.keep_log", days)
            self.retention._cron_forget()
            self.assertEqual(bool(row.exists()), is_kept, days)

    def test_nothing_older_is_left_of_any_kind(self):
        self._create_log(500)
        self.retention._cron_forget()
        for name in self.retention._get_retention_models():
            with self.subTest(model=name):
                self.assertFalse(self.env[name].sudo()._count_old())

    def test_every_kind_has_a_setting(self):
        settings = self.env["res.config.settings"]._fields.values()
        keys = {getattr(field, "config_parameter", None) for field in settings}
        for name in self.retention._get_retention_models():
            with self.subTest(model=name):
                self.assertIn(f"partner_access.keep_{self.env[name]._retention_kind}", keys)

    @mute_logger("odoo.addons.partner_access.models.partner_access_retention")
    def test_a_model_that_fails_does_not_stop_the_others(self):
        row = self._create_log(500)
        request = self.env["partner.access.request"].create({"email": "a@velthuis.example"})
        self._make_older(request, 500)

        def fail(records):
            raise ZeroDivisionError

        self.patch(type(self.env["partner.access.request"]), "_forget", fail)
        self.retention._cron_forget()
        self.assertTrue(request.exists())
        self.assertFalse(row.exists())

    def test_what_is_to_do_is_counted_first_so_that_the_job_comes_back(self):
        self._create_log(500)
        told = []
        cron_class = type(self.env["ir.cron"])
        self.patch(cron_class, "_commit_progress", lambda cron, *args, **kw: told.append(kw) or 0)
        self.retention._cron_forget()
        self.assertGreaterEqual(told[0]["remaining"], 1)
