from werkzeug.exceptions import NotFound

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """As core; an address with a zero byte, which no text of the database can hold, leads
        nowhere.
        """
        if cls._has_nul_in_address():
            raise NotFound
        super()._pre_dispatch(rule, args)

    @classmethod
    def _serve_fallback(cls):
        """As core; no attachment has a zero byte in its address."""
        return None if cls._has_nul_in_address() else super()._serve_fallback()

    @classmethod
    def _has_nul_in_address(cls):
        return "\x00" in request.httprequest.path or b"%00" in request.httprequest.query_string
