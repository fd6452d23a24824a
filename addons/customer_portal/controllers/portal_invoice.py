from odoo import http

from odoo.addons.account.controllers.portal import PortalAccount

from ..tools.portal_format import clean_day
from .portal import TokenFreePortal


class InvoicePortal(TokenFreePortal, PortalAccount):
    @http.route()
    def portal_my_invoice_detail(self, invoice_id, access_token=None, **kw):
        """An invoice, or 404 for a signed-in user who may not see it."""
        self._ensure_document("account.move", invoice_id, access_token)
        return super().portal_my_invoice_detail(invoice_id, access_token=access_token, **kw)

    def _prepare_my_invoices_values(
        self, page, date_begin, date_end, sortby, filterby, *args, **kwargs
    ):
        return super()._prepare_my_invoices_values(
            page,
            clean_day(date_begin),
            clean_day(date_end),
            sortby if sortby in self._get_account_searchbar_sortings() else None,
            filterby if filterby in self._get_account_searchbar_filters() else None,
            *args,
            **kwargs,
        )
