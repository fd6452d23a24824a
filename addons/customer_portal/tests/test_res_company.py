from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestResCompany(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_working_days_are_counted_from_the_day_after(self):
        cases = [
            ("2026-12-10", 1, "2026-12-11"),
            ("2026-12-11", 2, "2026-12-15"),
            ("2026-12-12", 2, "2026-12-15"),
            ("2026-12-11", 0, "2026-12-11"),
        ]
        for eta, days, expected in cases:
            with self.subTest(eta=eta, days=days):
                self.env.company.portal_ship_working_days = days
                found = self.env.company._get_expected_ship_date(Date.to_date(eta))
                self.assertEqual(found, Date.to_date(expected))

    def test_open_lines_follow_the_setting(self):
        order = self._create_order()
        self._create_purchase(10, "2026-12-11")
        self.env.cr.flush()
        self.env.company.portal_ship_working_days = 1
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2026-12-14"))
