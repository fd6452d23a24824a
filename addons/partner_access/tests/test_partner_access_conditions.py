from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .application_common import ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessConditions(ApplicationCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conditions = cls.env["partner.access.conditions"]
        cls.conditions.search([]).active = False
        cls.today = fields.Date.today()

    def test_the_version_that_is_in_force_today_is_shown(self):
        self.assertFalse(self.conditions._is_open())
        old = self._create_conditions(version="1", valid_from=self.today - timedelta(days=9))
        self.assertEqual(self.conditions._get_current(), old)
        new = self._create_conditions(version="2", valid_from=self.today)
        self._create_conditions(version="3", valid_from=self.today + timedelta(days=1))
        self.assertEqual(self.conditions._get_current(), new)
        new.active = False
        self.assertEqual(self.conditions._get_current(), old)

    def test_another_company_has_other_conditions(self):
        self._create_conditions(company_id=self.env["res.company"].create({"name": "B"}).id)
        self.assertFalse(self.conditions._is_open())

    def test_nobody_asks_the_database_for_them_twice(self):
        self._create_conditions()
        self.conditions._is_open()
        with self.assertQueryCount(0):
            self.assertTrue(self.conditions._is_open())

    def test_what_was_accepted_keeps_its_text(self):
        application = self._create_submitted()
        conditions = application.conditions_id
        for values in ({"text": "<p>Other</p>"}, {"version": "9"}):
            with self.subTest(values), self.assertRaises(UserError):
                conditions.write(values)
        with self.assertRaises(UserError):
            conditions.unlink()
        conditions.active = False
        self.assertIn("resellers", application.signed_text)

    def test_a_version_exists_once(self):
        self._create_conditions()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_conditions()

    def test_clerks_read_them_and_customers_do_not(self):
        conditions = self._create_conditions()
        clerk, customer = self._create_clerk(), self._create_portal_user()
        self.assertTrue(conditions.with_user(clerk).name)
        for user, values in ((clerk, {"name": "X"}), (customer, {"name": "X"})):
            with self.subTest(user.login), self.assertRaises(AccessError):
                conditions.with_user(user).write(values)
        with self.assertRaises(AccessError):
            conditions.with_user(customer).read(["text"])
