from psycopg2 import IntegrityError

from odoo.fields import Date
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

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
                day = Date.to_date(eta)
                found = self.env.company._get_expected_ship_dates([day])
                self.assertEqual(found, {day: Date.to_date(expected)})

    def test_days_are_counted_in_the_companys_time_zone(self):
        friday = Date.to_date("2026-12-11")
        for zone in ("America/Los_Angeles", "UTC", "Asia/Tokyo"):
            with self.subTest(zone):
                self.env.company.resource_calendar_id.tz = zone
                found = self.env.company._get_expected_ship_dates([friday])
                self.assertEqual(found, {friday: Date.to_date("2026-12-15")})

    def test_many_days_cost_no_more_queries_than_one(self):
        days = [Date.add(Date.to_date("2026-12-11"), days=number) for number in range(100)]
        self.env.company._get_expected_ship_dates(days)
        before = self.env.cr.sql_log_count
        self.env.company._get_expected_ship_dates(days)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)

    def test_open_lines_follow_the_setting(self):
        order = self._create_order()
        self._create_purchase(10, "2026-12-11")
        self.env.cr.flush()
        self.env.company.portal_ship_working_days = 1
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2026-12-14"))

    def test_the_hour_of_the_digest_is_one_of_the_day(self):
        for hour in (-1, 24, 700):
            with (
                self.subTest(hour=hour),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.env.company.portal_digest_hour = hour
                self.env.flush_all()
        self.assertEqual(self.env["res.company"].create({"name": "New"}).portal_digest_hour, 7)

    def test_the_settings_page_writes_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            form.portal_digest_hour = 9
            form.portal_ship_working_days = 3
        form.record.execute()
        company = self.env.company
        self.assertEqual((company.portal_digest_hour, company.portal_ship_working_days), (9, 3))
