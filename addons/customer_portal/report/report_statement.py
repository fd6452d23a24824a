from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.portal_format import PortalFormat


class ReportStatement(models.AbstractModel):
    _name = "report.customer_portal.report_statement"
    _description = "Statement of Account: Print"

    @api.model
    def _get_report_values(self, docids, data=None):
        """What the print of statements needs. A customer gets his own, whatever was asked for.

        :param docids: ids of customers (``res.partner``)
        :param data: not used
        :raise AccessError: for customers who do not ask by the page of the portal
        """
        if self.env.user._is_internal():
            documents = self._prepare_customer_documents(self.env["res.partner"].browse(docids))
        elif self.env.su:
            documents = self._prepare_own_documents()
        else:
            raise AccessError(self.env._("Open your statement in the portal."))
        return {"doc_ids": docids, "doc_model": "res.partner", "documents": documents}

    @api.model
    def _prepare_own_documents(self):
        statement = self.env["portal.statement"]
        today = fields.Date.context_today(self.env.user)
        accounts = statement._prepare_accounts(statement._get_own_items(), today)
        user = self.env.user
        is_own = user._get_access_scope() == "own"
        # sudo: name and address of the user himself or of his own company
        partner_sudo = user.sudo().partner_id if is_own else user._get_access_root()
        limits = statement._get_own_limits(accounts)
        return self._prepare_documents(partner_sudo, self.env.lang, accounts, limits, today)

    @api.model
    def _prepare_customer_documents(self, partners):
        """One for each customer and company of ours, in the customer's language."""
        today = fields.Date.context_today(self)
        documents = []
        for partner in partners.commercial_partner_id:
            lang = partner.lang or self.env.lang
            statement = self.env["portal.statement"].with_context(lang=lang)
            accounts = statement._prepare_accounts(statement._get_customer_items(partner), today)
            limits = statement._get_limits(partner, self.env.companies)
            documents += self._prepare_documents(partner, lang, accounts, limits, today)
        return documents

    @api.model
    def _prepare_documents(self, partner, lang, accounts, limits, today):
        """One for each company of ours: it has its own paper, bank and limit."""
        companies = self.env.company.browse(
            dict.fromkeys(account["company"].id for account in accounts)
        )
        env = self.env(context={**self.env.context, "lang": lang})
        documents = []
        for company in companies or self.env.company:
            mine = [account for account in accounts if account["company"] == company]
            documents.append(
                {
                    "partner": partner,
                    "lang": lang,
                    "fmt": PortalFormat(env),
                    "today": today,
                    "company": company.sudo(),  # its letterhead
                    "accounts": mine,
                    "limits": [one for one in limits if one["company"] == company],
                    "banks": self.env["portal.statement"]._get_bank_accounts(mine),
                }
            )
        return documents
