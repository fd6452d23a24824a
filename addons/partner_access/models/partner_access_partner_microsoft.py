from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.microsoft_account import read_tenants

MICROSOFT_FIELDS = {"portal_microsoft_tenants", "is_portal_microsoft_only"}


class PartnerAccessPartnerMicrosoft(models.AbstractModel):
    """Which Microsoft 365 accounts a company lets in, and whether nothing else."""

    _name = "partner.access.partner.microsoft"
    _description = "Company: Microsoft 365"

    portal_microsoft_tenants = fields.Char(
        "Microsoft 365 Tenants",
        groups="partner_access.group_access_administrator",
        help="Ids of the company's tenants, separated by commas. Empty: as the company above says.",
    )
    is_portal_microsoft_only = fields.Boolean(
        "Only Microsoft 365",
        groups="partner_access.group_access_administrator",
        help="Its people sign in with Microsoft 365, not with a password; so do those of its "
        "branches.",
    )

    @api.constrains("portal_microsoft_tenants", "is_portal_microsoft_only")
    def _check_portal_microsoft(self):
        # sudo: whoever writes, the fields are not everybody's to read
        for partner in self.sudo():
            _valid, wrong = read_tenants(partner.portal_microsoft_tenants)
            if wrong:
                raise ValidationError(partner._get_tenant_fault(wrong[0]))
            if partner.is_portal_microsoft_only and not partner._get_microsoft_tenants():
                raise ValidationError(
                    partner.env._(
                        "Name the Microsoft 365 tenant of %(company)s first: without it nobody "
                        "there could sign in.",
                        company=partner.display_name,
                    )
                )

    def write(self, vals):
        """As core; how a company's people sign in counts at once."""
        result = super().write(vals)
        if MICROSOFT_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.model
    def _get_tenant_fault(self, text):
        return self.env._(
            "%(text)s is not the ID of a tenant. It looks like "
            "0a1b2c3d-0000-0000-0000-000000000000.",
            text=text,
        )

    def _get_microsoft_tenants(self):
        """The tenants whose accounts a company lets in: its own, else those of the companies above.

        :rtype: list
        """
        self.ensure_one()
        for company_sudo in self._get_companies_upwards():
            valid, _wrong = read_tenants(company_sudo.portal_microsoft_tenants)
            if valid:
                return valid
        return []

    def _is_microsoft_required(self):
        """Whether a company, or one above it, wants Microsoft 365 and nothing else."""
        self.ensure_one()
        return any(
            company_sudo.is_portal_microsoft_only for company_sudo in self._get_companies_upwards()
        )
