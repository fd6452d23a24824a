from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount

MAX_ID = 2**31 - 1


class InvoicePortal(PortalAccount):
    def _document_check_access(self, model_name, document_id, access_token=None):
        if not 0 < document_id <= MAX_ID:
            raise MissingError(request.env._("This document does not exist."))
        return super()._document_check_access(model_name, document_id, access_token)

    def _ensure_document(self, model_name, document_id, access_token=None):
        """A document that a signed-in user may not see does not exist for him."""
        if request.env.user._is_public():
            return
        try:
            self._document_check_access(model_name, document_id, access_token)
        except (AccessError, MissingError):
            raise NotFound() from None

    @http.route()
    def portal_my_invoice_detail(self, invoice_id, access_token=None, **kw):
        """An invoice, or 404 for a signed-in user who may not see it."""
        self._ensure_document("account.move", invoice_id, access_token)
        return super().portal_my_invoice_detail(invoice_id, access_token=access_token, **kw)
