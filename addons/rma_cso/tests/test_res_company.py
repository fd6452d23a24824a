from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestResCompany(RmaCommon):
    def test_goods_are_received_after_the_transit_days(self):
        company = self.env.company
        company.cso_transit_days = 2
        self.assertEqual(company._get_cso_receipt_date(date(2026, 6, 1)), date(2026, 6, 3))
        self.assertFalse(company._get_cso_receipt_date(False))

    def test_negative_transit_days_are_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.company.cso_transit_days = -1
            self.env.flush_all()

    def test_a_new_company_has_the_fee_product_and_a_sequence(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.assertEqual(company.cso_fee_product_id, self.fee_product)
        company._ensure_rma_sequence()
        domain = [("code", "=", "cso.rma"), ("company_id", "=", company.id)]
        self.assertEqual(self.env["ir.sequence"].search_count(domain), 1)

    def test_the_usual_packing_rules_hold_where_none_are_written(self):
        company = self.env.company
        self.assertGreaterEqual(len(company._get_cso_packing_rules()), 4)
        company.cso_packing_rules = "\n Use two boxes. \n\n"
        self.assertEqual(company._get_cso_packing_rules(), ["Use two boxes."])

    def test_requests_are_looked_at_within_working_days(self):
        company = self.env.company
        company.cso_review_days = 2
        friday, saturday = datetime(2026, 11, 20, 10), datetime(2026, 11, 21, 10)
        for moment in (friday, saturday):
            with self.subTest(moment):
                self.assertEqual(
                    company._get_cso_work_date(moment, company.cso_review_days), date(2026, 11, 24)
                )
        company.cso_review_days = 0
        self.assertEqual(
            company._get_cso_work_date(friday, company.cso_review_days), date(2026, 11, 20)
        )
