from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestResourceCalendar(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_expected_ship_dates_follow_the_working_hours(self):
        line = self._create_order().order_line
        self._create_purchase(10, "2031-12-11")  # a Thursday
        self.env.cr.flush()
        self.assertEqual(line.eta_ship_last.day, 15)
        calendar = self.env.company.resource_calendar_id
        fridays = calendar.attendance_ids.filtered(lambda hours: hours.dayofweek == "4")
        calendar.attendance_ids = [(2, friday.id) for friday in fridays]
        self.assertEqual(line.eta_ship_last.day, 16)
