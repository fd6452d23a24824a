from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_cron import IrCron

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleLineEtaDrift(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.manager = cls._create_staff("manager", "purchase.group_purchase_manager")
        cls.line = cls._create_order().order_line
        cls._create_purchase(10, "2031-12-11")
        cls.env.cr.flush()

    def _check_tonight(self):
        """What the nightly pass finds of our lines."""
        self.env.invalidate_all()
        self.env["sale.line.eta.queue"]._enqueue_all()
        with patch.object(IrCron, "_commit_progress", return_value=float("inf")):
            self.env["sale.line.eta.queue"]._run()
        return self.env["sale.line.eta.drift"].search([("sale_line_id", "=", self.line.id)])

    def _plant_drift(self):
        self.env.cr.execute(
            "UPDATE sale_order_line SET eta_last = '2031-11-11', eta_state = 'none' WHERE id = %s",
            [self.line.id],
        )

    def _get_activities(self):
        return self.env["mail.activity"].search([("user_id", "=", self.manager.id)])

    def test_a_drift_is_mended_and_reported(self):
        self._plant_drift()
        drift = self._check_tonight()
        self.assertEqual(self.line.eta_last, Date.to_date("2031-12-11"))
        self.assertEqual(self.line.eta_state, "known")
        self.assertIn("eta_last: 2031-11-11 > 2031-12-11", drift.difference)
        self.assertIn("eta_state: none > known", drift.difference)

    def test_a_purchase_manager_gets_one_activity(self):
        for _night in range(2):
            self._plant_drift()
            self._check_tonight()
            self.assertEqual(len(self._get_activities()), 1)

    def test_a_sound_line_is_not_reported(self):
        self.assertFalse(self._check_tonight())

    def test_what_is_queued_anyhow_is_no_drift(self):
        self._plant_drift()
        self.env["sale.line.eta.queue"]._enqueue(self.line)
        self.assertFalse(self._check_tonight())
        self.assertEqual(self.line.eta_state, "known")

    def test_purchase_managers_read_drifts_and_others_do_not(self):
        self._plant_drift()
        drift = self._check_tonight()
        self.assertTrue(drift.with_user(self.manager).difference)
        for groups in ("purchase.group_purchase_user", "base.group_portal"):
            with self.subTest(groups), self.assertRaises(AccessError):
                drift.with_user(self._create_staff(groups, groups)).read(["difference"])
