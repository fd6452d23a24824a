from odoo import http

from odoo.addons.account.controllers.portal import PortalAccount

from .portal import TokenFreePortal


class InvoicePortal(TokenFreePortal, PortalAccount):
    @http.route()
    def portal_my_invoice_detail(self, invoice_id, access_token=None, **kw):
        """An invoice, or 404 for a signed-in user who may not see it."""
        self._ensure_document("account.move", invoice_id, access_token)
        return super().portal_my_invoice_detail(invoice_id, access_token=access_token, **kw)
