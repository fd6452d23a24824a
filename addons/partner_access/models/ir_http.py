from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from odoo import api, models, tools
from odoo.http import request

from ..tools.addresses import clean_location
from ..tools.request_address import keep_address

# Pages of core that read all of the user, the contact and the company anyway.
CORE_PAGES = ("/my", "/my/home", "/my/account", "/my/addresses", "/my/security")
# Pages that look for files among the files only.
TEXT_PAGES = ("/my/", "/apply", "/web/login", "/web/reset_password", "/web/signup")


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
        path = request.httprequest.path
        if request.session.uid and cls._is_portal_address(path) and not cls._is_core_page(path):
            request.env.user._fetch_frame()
        return result

    @classmethod
    def _dispatch(cls, endpoint):
        """As core; a file that was posted in the place of a text is no text, and no text has a zero
        byte.
        """
        if request.httprequest.path.startswith(TEXT_PAGES):
            request.params = {
                name: value.replace("\x00", "") if isinstance(value, str) else value
                for name, value in request.params.items()
                if not isinstance(value, FileStorage)
            }
        with keep_address(request.httprequest.remote_addr):
            return super()._dispatch(endpoint)

    @classmethod
    def _auth_method_public(cls):
        """As core, without asking the database whether the public user is still there."""
        if request.env.uid is None:
            data = request.env["ir.model.data"]
            request.update_env(user=data._xmlid_to_res_id("base.public_user"))
        return super()._auth_method_public()

    @classmethod
    def _get_default_lang(cls):
        """As core, which asks the database at each request for what hardly ever changes.

        :return: the language of visitors whose own is not known
        :rtype: LangData
        """
        if getattr(request, "website", None):  # has a language of its own
            return super()._get_default_lang()
        languages = request.env["res.lang"]
        code = request.env["ir.http"]._get_default_lang_code()
        return (
            languages._get_data(code=code)
            if code
            else next(iter(languages._get_active_by("code").values()))
        )

    @api.model
    @tools.ormcache()
    def _get_default_lang_code(self):
        # sudo: as core; forgotten whenever a default is written
        return self.env["ir.default"].sudo()._get("res.partner", "lang")

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # The cover of a page and the form for new customers write texts in the browser, and so
        # does core's page that asks again who is there.
        names = super()._get_translation_frontend_modules_name()
        return [*names, "auth_timeout", "partner_access"]

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
    def _is_core_page(cls, path):
        """Whether a page of the portal is as core made it."""
        return path in CORE_PAGES

    @classmethod
    def _is_portal_address(cls, path):
        return path == "/my" or path.startswith("/my/")

    @classmethod
    def _has_nul_in_address(cls):
        return "\x00" in request.httprequest.path or b"%00" in request.httprequest.query_string
