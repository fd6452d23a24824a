from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .test_portal_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestReportStatement(StatementCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_statement()
        cls.accountant = cls._create_staff("statement_books", "account.group_account_invoice")

    def _get_documents(self, user, partner, **options):
        report = self.env["report.customer_portal.report_statement"].with_user(user)
        return report.sudo(**options)._get_report_values(partner.ids)["documents"]

    def _print(self, user, partner):
        report = self.env["ir.actions.report"].with_user(user)
        return report._render_qweb_html("customer_portal.report_statement", partner.ids)[0].decode()

    def test_an_accountant_prints_what_a_customer_and_its_branches_owe(self):
        mine = self._create_invoice()
        above = self._create_invoice(partner=self.office)
        self._create_invoice(partner=self.stranger_company)
        (document,) = self._get_documents(self.accountant, self.office, flag=False)
        moves = [row["move"] for account in document["accounts"] for row in account["items"]]
        self.assertEqual(set(moves), {mine, above})

    def test_the_paper_has_numbers_amounts_and_bank_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.branch.lang = "nl_NL"
        invoice = self._create_invoice(-3, 1234.5)
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "NL44 TEST", "partner_id": self.env.company.partner_id.id}
        )
        page = self._print(self.accountant, self.branch)
        for text in (invoice.name, "1.234,50", bank.acc_number, self.branch.name):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_a_customer_gets_his_own_whatever_he_asks_for(self):
        mine = self._create_invoice()
        self._create_invoice(partner=self.office)
        (document,) = self._get_documents(self.buyer, self.office, flag=True)
        self.assertEqual(document["partner"], self.branch)
        self.assertEqual([row["move"] for row in document["accounts"][0]["items"]], [mine])

    def test_neither_customers_nor_salespeople_reach_it_past_the_portal(self):
        salesman = self._create_staff("statement_sales", "base.group_user")
        for user in (self.buyer, salesman):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._get_documents(user, self.office, flag=False)
