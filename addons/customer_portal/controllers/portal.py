from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.record_id import MAX_ID

PRICED_MODELS = ("account.move", "sale.order")


class TokenFreePortal(CustomerPortal):
    """Who is signed in reads by right: no link carries a token and nothing is written for one."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        if not 0 < document_id <= MAX_ID:
            raise MissingError(request.env._("This document does not exist."))
        user = request.env.user
        if user._is_portal() and not user._has_access_role("prices"):
            if model_name in PRICED_MODELS:
                access_token = None  # what a link opens has all its amounts
            if model_name == "sale.order":  # as have Odoo's own page and file of it; see ours
                raise AccessError(request.env._("You do not see prices."))
        return super()._document_check_access(model_name, document_id, access_token)

    def _ensure_document(self, model_name, document_id, access_token=None):
        """A document that a signed-in user may not see does not exist for him."""
        if request.env.user._is_public():
            return
        try:
            self._document_check_access(model_name, document_id, access_token)
        except (AccessError, MissingError):
            raise NotFound() from None

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        by_right = not access_token and not request.env.user._is_public()
        values = super()._get_page_view_values(
            document,
            access_token,
            values,
            None if by_right else session_history,
            no_breadcrumbs,
            **kwargs,
        )
        if by_right:
            values.update(self._get_neighbours(document, session_history))
        return values

    def _get_neighbours(self, document, session_history):
        """Pages of the documents before and after this one in the list that was open."""
        ids = request.session.get(session_history) or []
        if document.id not in ids:
            return {}
        place = ids.index(document.id)
        before = document.browse(ids[place - 1 : place] if place else [])
        after = document.browse(ids[place + 1 : place + 2])
        return {
            "prev_record": before.exists().access_url,
            "next_record": after.exists().access_url,
        }
