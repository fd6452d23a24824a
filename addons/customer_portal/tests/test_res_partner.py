from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestResPartner(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.buyer = cls._create_portal_user("partner_buyer", cls.branch)

    def test_a_customer_neither_reads_nor_finds_what_somebody_owes(self):
        partners = self.env["res.partner"].with_user(self.buyer)
        questions = {
            "read": lambda: self.buyer.partner_id.with_user(self.buyer).read(["credit"]),
            "days": lambda: self.branch.with_user(self.buyer).read(["days_sales_outstanding"]),
            "receivable": lambda: partners.search([("credit", ">", 100)]),
            "payable": lambda: partners.search([("debit", "<", 100)]),
            "through an order": lambda: (
                self.env["sale.order"]
                .with_user(self.buyer)
                .search([("partner_id.credit", ">", 100)])
            ),
        }
        for name, question in questions.items():
            with self.subTest(name), self.assertRaises(AccessError):
                question()

    def test_an_accountant_finds_who_owes(self):
        accountant = self._create_staff("partner_books", "account.group_account_invoice")
        invoiced = self._create_order(lines=[(self.product, 1)])
        invoiced._force_lines_to_invoice_policy_order()
        invoiced._create_invoices().action_post()
        self.env.flush_all()
        found = self.env["res.partner"].with_user(accountant).search([("credit", ">", 0)])
        self.assertIn(invoiced.partner_invoice_id.commercial_partner_id, found)
