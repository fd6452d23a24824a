from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.partner_access.tools.row_lock import hold_rows


class PortalRequestKindCompany(models.AbstractModel):
    """Company data: the customer's administrator asks, the account manager accepts. The documents
    that were sent along are deleted a set time after the answer; what was asked for stays.
    """

    _name = "portal.request.kind.company"
    _inherit = ["partner.access.retention"]
    _description = "Request from a Customer: Company"
    _retention_kind = "request_documents"
    _retention_days = 365

    field_ids = fields.One2many(
        "portal.request.field",
        "request_id",
        "Company Data",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _one_open_company = models.UniqueIndex(
        "(partner_id) WHERE kind = 'company' AND state = 'open'",
        "A request about these company data waits for an answer already.",
    )

    @api.model
    def _get_retention_domain(self, limit):
        """Requests that were answered so long ago and still have documents."""
        return Domain("decided_on", "<", limit) & Domain("document_ids", "!=", False)

    def _forget(self):
        self.document_ids.unlink()

    def _accept_company(self):
        """Write what is asked for on the company; what is no longer as the customer saw it was
        named in the warnings.

        :raise UserError: when Odoo refuses a value; the text says why
        """
        self.ensure_one()
        # sudo: who may answer writes these data; the right on all contacts is another
        company_sudo = self.sudo().partner_id.with_company(self.company_id)
        hold_rows(company_sudo)
        values = {row.field_name: row.new_value or False for row in self.sudo().field_ids}
        account = values.pop("bank", None)
        if "country" in values:
            values.update(self._prepare_country(company_sudo, values.pop("country")))
        company_sudo.write(values)
        if account:
            self._add_account(company_sudo, account)
        body = self.env._("Changed as the customer asked for in %(name)s.", name=self.name)
        company_sudo.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _prepare_country(self, company, code):
        country = self.env["res.country"].search([("code", "=", code)], limit=1)
        state = company.state_id.filtered(lambda one: one.country_id == country)
        return {"country_id": country.id, "state_id": state.id}

    def _add_account(self, company_sudo, number):
        """Add an account before the others, which stay; money is sent to it when accounting trusts
        it.
        """
        accounts_sudo = company_sudo.with_context(active_test=False).bank_ids
        first = min(accounts_sudo.mapped("sequence"), default=10) - 1
        same_sudo = accounts_sudo.filtered(lambda one: one.sanitized_acc_number == number)
        if same_sudo:
            same_sudo.write({"active": True, "sequence": first})
            return
        account = {"acc_number": number, "sequence": first, "allow_out_payment": False}
        company_sudo.bank_ids = [Command.create(account)]

    def _refuse_company(self):
        """Nothing was done yet: the company stays as it is."""

    def _get_differences_company(self):
        """As ``_get_differences`` of the request."""
        data = self.env["portal.company.data"]
        return [
            {
                "label": row._get_label(),
                "old": data._get_text(row.field_name, row.old_value),
                "new": data._get_text(row.field_name, row.new_value),
                "note": "",
            }
            for row in self.field_ids
        ]

    def _get_warnings_company(self):
        """As ``_get_warnings`` of the request."""
        values = {row.field_name: row.new_value for row in self.field_ids}
        warnings = self._get_warnings_of_changes()
        if values.get("vat"):
            warnings += self._get_warnings_of_vat(values["vat"])
        if values.get("bank"):
            warnings += self._get_warnings_of_account(values["bank"])
        return warnings

    def _get_warnings_of_changes(self):
        data = self.env["portal.company.data"]
        present = data._get_present(self.partner_id)
        return [
            self.env._(
                "%(field)s was changed meanwhile: now it is “%(present)s”, the customer saw "
                "“%(old)s”.",
                field=row._get_label(),
                present=data._get_text(row.field_name, present[row.field_name]),
                old=data._get_text(row.field_name, row.old_value),
            )
            for row in self.field_ids
            if row._is_changed_meanwhile(present)
        ]

    def _get_warnings_of_vat(self, number):
        others = Domain("vat", "=", number) & Domain("parent_id", "=", False)
        others &= Domain("id", "!=", self.partner_id.id)
        return [
            self.env._("%(name)s has this VAT number too.", name=other.display_name)
            for other in self.env["res.partner"].search(others, limit=3)
        ]

    def _get_warnings_of_account(self, number):
        others = Domain("sanitized_acc_number", "=", number)
        others &= Domain("partner_id", "!=", self.partner_id.id)
        accounts = self.env["res.partner.bank"].search(others, limit=3)
        return [
            self.env._(
                "A new bank account: call the customer back, on a number that you knew before and "
                "not one of this request or of a mail. We pay to it only after accounting has "
                "set it to be trusted."
            ),
            *(
                self.env._(
                    "%(name)s has this bank account already.", name=account.partner_id.display_name
                )
                for account in accounts
            ),
        ]
