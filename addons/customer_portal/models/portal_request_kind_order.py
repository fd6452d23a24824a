from odoo import models


class PortalRequestKindOrder(models.AbstractModel):
    _name = "portal.request.kind.order"
    _description = "Request from a Customer: Order"

    def _accept_order(self):
        """Do what is asked for.

        :raise UserError: when it cannot be done any more; the text says why
        """

    def _refuse_order(self):
        """Take back what the request has made."""

    def _get_differences_order(self):
        """As ``_get_differences`` of the request."""
        return []

    def _get_warnings_order(self):
        """As ``_get_warnings`` of the request."""
        return []
