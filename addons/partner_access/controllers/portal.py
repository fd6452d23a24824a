from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class AccessPortal(CustomerPortal):
    def _update_password(self, old, new1, new2):
        """As core, with the passwords exactly as typed: one that was set with a blank at its end
        (by link) must be changeable here."""
        params = request.params
        return super()._update_password(
            params.get("old", old), params.get("new1", new1), params.get("new2", new2)
        )

    @http.route(
        "/my/language", type="http", auth="user", methods=["POST"], website=True, multilang=False
    )
    def change_language(self, lang=None, redirect="/my", **kw):
        """The language that a user chooses is the own one from now on, at the next sign-in too.

        :param str lang: code of a language of the portal
        :param str redirect: page to go back to, without a language in its address
        """
        lang = request.env["ir.http"].get_nearest_lang(lang)
        if lang:
            request.env.user.lang = lang
            request.session.context = {**request.session.context, "lang": lang}
            request.future_response.set_cookie("frontend_lang", lang)
        return request.redirect(redirect)
