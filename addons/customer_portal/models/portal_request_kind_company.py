from odoo import models


class PortalRequestKindCompany(models.AbstractModel):
    _name = "portal.request.kind.company"
    _description = "Request from a Customer: Company"

    def _accept_company(self):
        """Do what is asked for.

        :raise UserError: when it cannot be done any more; the text says why
        """

    def _refuse_company(self):
        """Take back what the request has made."""

    def _get_differences_company(self):
        """As ``_get_differences`` of the request."""
        return []

    def _get_warnings_company(self):
        """As ``_get_warnings`` of the request."""
        return []
