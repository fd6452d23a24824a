from werkzeug.exceptions import NotFound

from odoo import models
from odoo.http import request

from ..tools.addresses import clean_location


class IrHttp(models.AbstractModel):
    _name = "ir.http"
    # The themes stand before core's own methods, which they extend.
    _inherit = ["partner.access.http.view.as", "partner.access.http.session", "ir.http"]

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """As core; an address with a zero byte, which no text of the database can hold, leads
        nowhere. What every page of the portal asks for is read at once.
        """
        if cls._has_nul_in_address():
            raise NotFound
        result = super()._pre_dispatch(rule, args)
        if request.session.uid and cls._is_portal_address(request.httprequest.path):
            request.env.user._fetch_frame()
        return result

    @classmethod
    def _serve_fallback(cls):
        """As core; no attachment has a zero byte in its address."""
        return None if cls._has_nul_in_address() else super()._serve_fallback()

    @classmethod
    def _redirect(cls, location, code=303):
        """As core; what the address of a page asks for cannot lead to another server."""
        return super()._redirect(clean_location(location), code)

    @classmethod
    def _post_dispatch(cls, response):
        """As core; a page of who is signed in is neither kept by the browser nor shown inside
        another site.
        """
        if request.session.uid and cls._is_portal_address(request.httprequest.path):
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            response.headers["Cache-Control"] = "no-store"
        return super()._post_dispatch(response)

    @classmethod
    def _is_portal_address(cls, path):
        return path == "/my" or path.startswith("/my/")

    @classmethod
    def _has_nul_in_address(cls):
        return "\x00" in request.httprequest.path or b"%00" in request.httprequest.query_string
