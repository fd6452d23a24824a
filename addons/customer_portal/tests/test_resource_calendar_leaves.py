from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestResourceCalendarLeaves(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.line = cls._create_order().order_line
        cls._create_purchase(10, "2031-12-11")  # a Thursday
        cls.env.cr.flush()
        cls.calendar = cls.env.company.resource_calendar_id

    def _create_leave(self, **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "date_from": "2031-12-12 00:00:00",
                "date_to": "2031-12-12 23:00:00",
                **values,
            }
        )

    def _get_ship_day(self):
        return self.line.eta_ship_last.day

    def test_a_holiday_of_the_company_moves_expected_ship_dates(self):
        self.assertEqual(self._get_ship_day(), 15)
        leave = self._create_leave()
        self.assertEqual(self._get_ship_day(), 16)
        leave.write({"date_from": "2031-12-20 00:00:00", "date_to": "2031-12-20 23:00:00"})
        self.assertEqual(self._get_ship_day(), 15)
        leave.write({"date_from": "2031-12-15 00:00:00", "date_to": "2031-12-15 23:00:00"})
        self.assertEqual(self._get_ship_day(), 16)
        leave.unlink()
        self.assertEqual(self._get_ship_day(), 15)

    def test_a_holiday_of_all_calendars_moves_them_too(self):
        self._create_leave(calendar_id=False, company_id=self.env.company.id)
        self.assertEqual(self._get_ship_day(), 16)

    def test_the_leave_of_one_person_moves_nothing(self):
        person = self.env["resource.resource"].create({"name": "Kees"})
        leave = self._create_leave(resource_id=person.id)
        self.assertFalse(leave._get_closed_companies_sudo())
        self.assertEqual(self.line.eta_ship_last, Date.to_date("2031-12-15"))
