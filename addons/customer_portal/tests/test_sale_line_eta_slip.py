from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command, Date, Datetime
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleLineEtaSlip(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.seller = cls._create_staff("seller", "sales_team.group_sale_salesman")
        cls.other_seller = cls._create_staff("other_seller", "sales_team.group_sale_salesman")
        cls.manager = cls._create_staff("leader", "sales_team.group_sale_salesman_all_leads")
        cls.order = cls._create_route_order(cls.dropship, user_id=cls.seller.id)
        cls.bought = cls._get_purchase_lines(cls.order)
        cls._name_date("2031-12-04")

    @classmethod
    def _name_date(cls, day):
        cls.bought.supplier_eta = day
        cls.env.cr.flush()  # changes of one transaction are one change

    def _get_slips(self, user=None):
        self.env.cr.flush()
        self.env.invalidate_all()
        domain = [("sale_line_id", "in", self.order.order_line.ids)]
        return self.env["sale.line.eta.slip"].with_user(user or self.seller).search(domain)

    def test_a_first_date_is_no_slip(self):
        self.assertFalse(self._get_slips())

    def test_a_later_date_slips_by_its_days(self):
        self._name_date("2031-12-18")
        slip = self._get_slips()
        self.assertEqual(slip.old_date, Date.to_date("2031-12-04"))
        self.assertEqual((slip.new_date, slip.days), (Date.to_date("2031-12-18"), 14))
        self.assertEqual((slip.order_id, slip.product_id), (self.order, self.product))
        self.assertEqual((slip.partner_id, slip.user_id), (self.branch, self.seller))

    def test_an_earlier_date_is_no_slip(self):
        self._name_date("2031-12-01")
        self.assertFalse(self._get_slips())

    def test_to_and_fro_within_a_week_is_counted_from_first_to_last(self):
        for day in ("2031-12-18", "2031-12-10"):
            self._name_date(day)
        self.assertEqual(self._get_slips().days, 6)
        self._name_date("2031-12-04")
        self.assertFalse(self._get_slips())

    def test_a_date_taken_back_is_a_slip_without_days(self):
        self._name_date(False)
        slip = self._get_slips()
        self.assertEqual(slip.old_date, Date.to_date("2031-12-04"))
        self.assertFalse(slip.new_date)
        self.assertFalse(slip.days)

    def test_weeks_begin_on_monday_and_stand_each_for_themselves(self):
        self._name_date("2031-12-18")
        change = self.order.order_line.eta_change_ids.sorted("id")[-1]
        change.changed_on = datetime(2026, 11, 15, 12)  # a Sunday
        self.assertEqual(self._get_slips().week, Date.to_date("2026-11-09"))
        change.copy(
            {"changed_on": Datetime.now(), "old_last": "2031-12-18", "new_last": "2031-12-20"}
        )
        self.assertEqual(sorted(self._get_slips().mapped("days")), [2, 14])

    def test_a_salesperson_with_own_documents_only_sees_the_own(self):
        self._name_date("2031-12-18")
        self.assertTrue(self._get_slips(self.seller))
        self.assertFalse(self._get_slips(self.other_seller))
        self.assertTrue(self._get_slips(self.manager))
        self.assertFalse(self.order.with_user(self.other_seller)._filtered_access("read"))

    def test_the_history_of_a_colleagues_order_is_closed_too(self):
        changes = self.order.order_line.eta_change_ids
        self.assertTrue(changes.with_user(self.seller)._filtered_access("read"))
        self.assertFalse(changes.with_user(self.other_seller)._filtered_access("read"))

    def test_other_companies_are_not_seen(self):
        self._name_date("2031-12-18")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(self._get_slips(self.manager))

    def test_customers_and_staff_without_sales_have_no_list(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        mira = self._create_portal_user("mira", self.branch)
        for user in (buyer, mira):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get_slips(user)

    def test_the_list_groups_by_salesperson(self):
        self._name_date("2031-12-18")
        self._get_slips()
        domain = [
            ("week", ">=", Date.today() - timedelta(days=7)),
            ("user_id", "=", self.seller.id),
        ]
        model = self.env["sale.line.eta.slip"]
        ((user, count, days),) = model._read_group(domain, ["user_id"], ["__count", "days:avg"])
        self.assertEqual((user, count, days), (self.seller, 1, 14))

    def test_a_row_opens_its_order(self):
        self._name_date("2031-12-18")
        self.assertEqual(self._get_slips().action_open_order()["res_id"], self.order.id)
