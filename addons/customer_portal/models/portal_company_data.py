from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.partner_access.models.partner_access_role import ADMINISTRATOR
from odoo.addons.partner_access.tools.addresses import CONTROL_CHARACTERS
from odoo.addons.partner_access.tools.row_lock import hold_rows
from odoo.addons.partner_access.tools.vat_number import compact, read_vat

from ..tools.iban import compact as compact_iban
from ..tools.iban import is_iban, write_iban
from .portal_request_field import COMPANY_FIELDS
from .res_partner_address import MAX_LENGTH

FIELD_NAMES = [name for name, _label in COMPANY_FIELDS]
REQUIRED = ("name", "street", "zip", "city", "country")
MAX_NOTE_LENGTH = 2000
MAX_DOCUMENTS = 3


class PortalCompanyData(models.AbstractModel):
    """Data of a customer's company: what they are, and what may be asked for in their place.

    Nothing is written here: what an administrator of the customer types becomes a request.
    """

    _name = "portal.company.data"
    _description = "Company Data of a Customer"

    # --- what they are ----------------------------------------------------------------------------

    @api.model
    def _get_company(self):
        """The company (sudo) whose data the user may ask to have changed.

        :raise AccessError: when the user is no administrator of a customer
        """
        user = self.env.user
        if not user._is_portal() or not user._has_access_role(ADMINISTRATOR):
            raise AccessError(self.env._("Company data are for administrators of the customer."))
        return user.sudo().partner_id.commercial_partner_id

    @api.model
    def _get_present(self, company_sudo):
        """The data of a company, as texts by the names of the fields of a request.

        :param company_sudo: ``res.partner``
        :rtype: dict
        """
        names = ("name", "vat", "company_registry", "street", "street2", "zip", "city")
        account = company_sudo.bank_ids[:1].acc_number or ""
        return {
            **{name: company_sudo[name] or "" for name in names},
            "country": company_sudo.country_id.code or "",
            "bank": compact_iban(account) if is_iban(account) else account,
        }

    @api.model
    def _get_text(self, name, value):
        """A value as it is read: a country by its name, an account in groups of four."""
        if name == "country" and value:
            return self.env["res.country"].search([("code", "=", value)], limit=1).name or value
        if name == "bank" and is_iban(value):
            return write_iban(value)
        return value or ""

    # --- what is typed ----------------------------------------------------------------------------

    @api.model
    def _read(self, typed, present):
        """What is typed, in the form in which it is compared and kept.

        :param dict typed: texts; what is no field is left out
        :param dict present: of ``_get_present``, for fields that are not there
        :return: values by field, and refusals by field
        :rtype: tuple
        """
        values = {name: self._read_text(typed.get(name, present[name])) for name in FIELD_NAMES}
        changed = [name for name in FIELD_NAMES if values[name] != self._read_text(present[name])]
        errors = {}
        for name in changed:
            if refusal := self._get_refusal(name, values):
                errors[name] = refusal
        if "country" in changed and (refusal := self._get_refusal("zip", values)):
            errors["zip"] = refusal
        return self._normalize(values, present, changed, errors), errors

    @api.model
    def _read_text(self, text):
        return " ".join(CONTROL_CHARACTERS.sub(" ", str(text or "")).split())

    @api.model
    def _normalize(self, values, present, changed, errors):
        """Numbers in their short forms; what only looks another way is not changed."""
        values = {name: values[name] if name in changed else present[name] for name in values}
        if "vat" in changed and values["vat"] and "vat" not in errors:
            number, _is_european = read_vat(values["vat"], values["country"])
            is_same = compact(number) == compact(present["vat"])
            values["vat"] = present["vat"] if is_same else number
        if "bank" in changed and "bank" not in errors:
            values["bank"] = compact_iban(values["bank"])
        return values

    @api.model
    def _get_refusal(self, name, values):
        """Why a value cannot be asked for; False when it can."""
        value = values[name]
        if name in REQUIRED and not value:
            return self.env._("This is needed.")
        if len(value) > MAX_LENGTH:
            return self.env._("At most %(count)s characters.", count=MAX_LENGTH)
        check = getattr(self, f"_get_refusal_{name}", None)
        return check(value, values) if check else False

    @api.model
    def _get_refusal_vat(self, value, values):
        try:
            return value and read_vat(value, values["country"]) and False
        except ValueError:
            return self.env._("This is not a VAT number of the country.")

    @api.model
    def _get_refusal_zip(self, value, values):
        country = self.env["res.country"].search([("code", "=", values["country"])], limit=1)
        return self.env["res.partner"]._get_postcode_refusal(value, country)

    @api.model
    def _get_refusal_country(self, value, values):
        if self.env["res.country"].search_count([("code", "=", value)], limit=1):
            return False
        return self.env._("Choose a country.")

    @api.model
    def _get_refusal_bank(self, value, values):
        if is_iban(value):
            return False
        return self.env._("This is not an IBAN. Look for a digit that is wrong or missing.")

    # --- asking -----------------------------------------------------------------------------------

    @api.model
    def _submit(self, values, note="", files=()):
        """Ask the account manager to change what differs.

        :param dict values: of ``_read``, without refusals
        :param str note: remark, as typed
        :param files: pairs of name and content
        :return: the ``portal.request`` (sudo)
        :raise UserError: when nothing differs, a request waits already or a file is not taken
        """
        company_sudo = self._get_company()
        hold_rows(company_sudo)
        if self._get_open_request(company_sudo):
            raise UserError(self.env._("A request about your company data waits for an answer."))
        rows = self._prepare_rows(self._get_present(company_sudo), values)
        if not rows:
            raise UserError(self.env._("Nothing differs from what we have."))
        request_sudo = self.env["portal.request"]._submit(
            "company",
            company_sudo,
            self.env.user.company_id,
            note=(note or "").replace("\x00", "").strip()[:MAX_NOTE_LENGTH],
            field_ids=[Command.create(row) for row in rows],
            document_ids=[Command.create(document) for document in self._prepare_files(files)],
        )
        request_sudo.document_ids.res_id = request_sudo.id
        return request_sudo

    @api.model
    def _prepare_rows(self, present, values):
        return [
            {"field_name": name, "old_value": present[name], "new_value": values[name]}
            for name in FIELD_NAMES
            if values[name] != present[name]
        ]

    @api.model
    def _prepare_files(self, files):
        if len(files) > MAX_DOCUMENTS:
            raise UserError(
                self.env._("Send at most %(count)s documents at once.", count=MAX_DOCUMENTS)
            )
        check = self.env["portal.file.check"]
        return [
            {**check._prepare_attachment_values(name, content), "res_model": "portal.request"}
            for name, content in files
        ]

    @api.model
    def _get_open_request(self, company_sudo):
        """The request (sudo) about a company that waits for an answer; empty when there is none."""
        # sudo: of one company, which the caller has found
        requests_sudo = self.env["portal.request"].sudo()
        about = Domain("kind", "=", "company") & Domain("partner_id", "=", company_sudo.id)
        return requests_sudo.search(about & requests_sudo._get_open_domain(), limit=1)
