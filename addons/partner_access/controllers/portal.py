from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.addresses import get_local_path


class AccessPortal(CustomerPortal):
    def _update_password(self, old, new1, new2):
        """As core, with the passwords exactly as typed: one that was set with a blank at its end
        (by link) must be changeable here."""
        params = request.params
        return super()._update_password(
            params.get("old", old), params.get("new1", new1), params.get("new2", new2)
        )

    @http.route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """As core, but what a customer writes here stays off the company's own record."""
        self._ensure_address(partner_id)
        if request.env.user._is_portal():
            request.update_context(partner_access_keep_companies=True)
        # A name stands in the head of mails: on one line.
        for name in form_data.keys() & {"name", "company_name"}:
            form_data[name] = " ".join(form_data[name].split())
        if "callback" in form_data:
            form_data["callback"] = get_local_path(form_data["callback"]) or "/my/addresses"
        return super().portal_address_submit(partner_id=partner_id, **form_data)

    @http.route()
    def portal_address(self, partner_id=None, **query_params):
        """As core; 404 for what is no address of the customer."""
        self._ensure_address(partner_id)
        return super().portal_address(partner_id=partner_id, **query_params)

    @http.route()
    def address_archive(self, partner_id):
        """As core; 404 for what is no address of the customer."""
        self._ensure_address(partner_id)
        return super().address_archive(partner_id)

    def _ensure_address(self, partner_id):
        """No id chooses an address of somebody else, and what is no id none at all."""
        if not partner_id:
            return
        user_sudo = request.env.user.sudo()
        text = str(partner_id)
        if not (text.isascii() and text.isdecimal() and len(text) <= 10):
            raise NotFound
        company_sudo = user_sudo.partner_id.commercial_partner_id
        if user_sudo._is_portal() and int(text) not in company_sudo._get_ids_below():
            raise NotFound

    def _prepare_address_form_values(self, partner_sudo, callback="", **kwargs):
        callback = get_local_path(callback)
        return super()._prepare_address_form_values(partner_sudo, callback=callback, **kwargs)

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        user = request.env.user
        is_own = user._is_portal() and partner_sudo == user.partner_id
        if is_own and "email" in address_values and user._is_other_email(address_values["email"]):
            invalid.add("email")
            messages.append(user._get_email_refusal())
        if not partner_sudo and (refusal := user._get_address_refusal(args[0])):
            messages.append(refusal)
        return invalid, missing, messages

    def _complete_address_values(
        self, address_values, address_type, use_delivery_as_billing, **kwargs
    ):
        """As core; what may not be added as invoice address is no such address on the side."""
        both = use_delivery_as_billing and not request.env.user._get_address_refusal("billing")
        return super()._complete_address_values(address_values, address_type, both, **kwargs)

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
