from odoo import models


class PortalRequestKindChange(models.AbstractModel):
    _name = "portal.request.kind.change"
    _description = "Request from a Customer: Change"

    def _accept_change(self):
        """Do what is asked for.

        :raise UserError: when it cannot be done any more; the text says why
        """

    def _refuse_change(self):
        """Take back what the request has made."""

    def _get_differences_change(self):
        """As ``_get_differences`` of the request."""
        return []

    def _get_warnings_change(self):
        """As ``_get_warnings`` of the request."""
        return []
