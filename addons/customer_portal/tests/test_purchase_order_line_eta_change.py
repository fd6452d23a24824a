from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPurchaseOrderLineEtaChange(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.change = cls._create_purchase(10, "2031-12-11").order_line.supplier_eta_change_ids

    def test_staff_read_the_history_and_nobody_writes_it(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        change = self.change.with_user(buyer)
        self.assertEqual(change.source, "typed")
        with self.assertRaises(AccessError):
            change.source = "vendor"
        with self.assertRaises(AccessError):
            change.unlink()

    def test_customers_read_no_history_of_purchases(self):
        user = self._create_portal_user("purchase_reader", self.branch)
        with self.assertRaises(AccessError):
            self.change.with_user(user).read(["new_eta"])

    def test_other_companies_read_no_history(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        staff = self._create_staff("elsewhere", "purchase.group_purchase_user")
        staff.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.change.with_user(staff).read(["new_eta"])
