from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from ..models import sale_line_eta_queue, sale_order_line
from .common import PortalFactories

QUEUE_LOGGER = "odoo.addons.customer_portal.models.sale_line_eta_queue"


@tagged("post_install", "-at_install")
class TestSaleLineEtaQueue(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.queue = cls.env["sale.line.eta.queue"]
        cls.order = cls._create_order(lines=[(cls.product, 1)] * 3)
        cls.purchase = cls._create_purchase(3)
        cls.env.cr.flush()
        cls.env.invalidate_all()

    def _run(self, seconds=float("inf")):
        with patch.object(IrCron, "_commit_progress", return_value=seconds) as progress:
            self.queue._run()
        return progress.call_count

    def _name_a_date_for_many(self, user=None):
        user = user or self.env.user
        with patch.object(sale_order_line, "ETA_AT_ONCE", 2):
            self.purchase.order_line.with_user(user).supplier_eta = "2031-12-11"
            self.env.cr.flush()

    def test_many_lines_are_computed_by_the_job(self):
        self._name_a_date_for_many()
        self.assertEqual(self.order.eta_state, "unknown")
        self.assertTrue(self.queue.search([("sale_line_id", "in", self.order.order_line.ids)]))
        self._run()
        self.assertEqual(self.order.eta_last, Date.to_date("2031-12-11"))
        self.assertEqual(set(self.order.order_line.mapped("eta_state")), {"known"})
        self.assertFalse(self.queue.search([]))

    def test_the_job_is_woken_at_once(self):
        cron = self.env.ref("customer_portal.cron_eta_queue")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._name_a_date_for_many()
        now = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertGreater(now, triggers)

    def test_few_lines_are_computed_at_once(self):
        self.purchase.order_line.supplier_eta = "2031-12-11"
        self.env.cr.flush()
        self.assertFalse(self.queue.search([]))
        self.assertEqual(self.order.eta_state, "known")

    def test_every_batch_is_committed_and_a_stopped_job_goes_on_later(self):
        self._name_a_date_for_many()
        with patch.object(sale_line_eta_queue, "BATCH", 1):
            self.assertEqual(self._run(seconds=0), 1)
            self.assertEqual(set(self.order.order_line.mapped("eta_state")), {"unknown", "known"})
            self.assertEqual(self._run(), 2)
        self.assertEqual(set(self.order.order_line.mapped("eta_state")), {"known"})

    def test_a_line_that_cannot_be_computed_stops_no_other(self):
        self._name_a_date_for_many()
        bad = self.order.order_line[1]
        compute = type(bad)._refresh_eta

        def refresh(lines):
            if bad in lines:
                raise ValueError
            return compute(lines)

        with patch.object(type(bad), "_refresh_eta", refresh), mute_logger(QUEUE_LOGGER):
            self._run()
        self.assertEqual(set((self.order.order_line - bad).mapped("eta_state")), {"known"})
        self.assertEqual(bad.eta_state, "unknown")
        self.assertFalse(self.queue.search([]))

    def test_the_history_names_who_changed_the_date_not_the_job(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        self._name_a_date_for_many(buyer)
        self._run()
        self.assertEqual(self.order.order_line.eta_change_ids.user_id, buyer)

    def test_only_administrators_see_the_queue(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            self.queue.with_user(buyer).search([])
