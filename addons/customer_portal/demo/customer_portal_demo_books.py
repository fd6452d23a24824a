from odoo import models

# Days of payment that differ from the usual thirty: their old invoices are overdue.
TERMS = {
    "customer_kade_rotterdam": "account.account_payment_term_15days",
    "customer_polder": "account.account_payment_term_21days",
}
CREDIT_LIMIT = 30000
BANK_ACCOUNT = "NL86INGB0002445588"


class CustomerPortalDemoBooks(models.AbstractModel):
    """What makes a statement of account: a bank account, limits, money that is not matched."""

    _name = "customer.portal.demo.books"
    _inherit = ["customer.portal.demo.flow"]
    _description = "Demo World: Books"

    def _set_terms(self, company):
        """How customers pay the distributor, and how they may pay online."""
        company.account_use_credit_limit = True
        self.env["res.partner.bank"].create(
            {"acc_number": BANK_ACCOUNT, "partner_id": company.partner_id.id}
        )
        for name, term in TERMS.items():
            self._ref(name).property_payment_term_id = self.env.ref(term)
        self._ref("customer_kade_rotterdam").credit_limit = CREDIT_LIMIT
        self._open_payments(company)

    def _open_payments(self, company):
        """Odoo's demo provider, where it is installed."""
        provider = self.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
        )
        if not provider:
            return
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        provider.write({"state": "test", "is_published": True, "journal_id": journal.id})
        lines = journal.inbound_payment_method_line_ids
        lines.filtered("payment_provider_id").payment_account_id = journal.default_account_id

    def _get_events(self):
        """Money came in that nobody knows an invoice for yet."""
        return [((3, "paid"), ["customer_kade_rotterdam"])]

    def _do_paid(self, rows, age):
        company = self._ref("demo_company")
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        payments = self._as("user_anneke", "account.payment").create(
            [
                {
                    "partner_id": self._ref(name).id,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "amount": 250,
                    "date": self._get_day(-age),
                    "journal_id": journal.id,
                    "memo": "PO 7670",
                }
                for name in rows
            ]
        )
        payments.action_post()
