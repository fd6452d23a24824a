import logging

from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import Controller, request, route
from odoo.tools import format_datetime

from ..models.partner_access_application_form import (
    OPTIONAL_FIELDS,
    REQUIRED_FIELDS,
    REQUIRED_KINDS,
)
from ..models.portal_file_check import SIZE_LIMIT
from ..tools.addresses import read_email
from ..tools.hidden_token import HideToken
from .files import read_uploads, send_file

logging.getLogger("werkzeug").addFilter(HideToken("/apply/"))

START_FIELDS = ("company_name", "contact_name", "email")


class ApplyPortal(Controller):
    """Become a customer: begin, fill in, send, follow. Who comes with a link has no user."""

    # --- Begin -----------------------------------------------------------------------------------

    @route("/apply", type="http", auth="public", methods=["GET"], website=True, readonly=True)
    def apply(self, **kwargs):
        """Show what is needed to become a customer, and ask for the first facts."""
        return self._render_start({}, {})

    @route(
        "/apply",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        captcha="partner_access_apply",
    )
    def apply_start(self, **kwargs):
        """Begin an application: its link is mailed, and opened at once."""
        clean = request.env["partner.access.application"]._clean_text
        answers = {name: clean(kwargs.get(name)) for name in START_FIELDS}
        errors = self._get_start_errors(answers)
        if errors:
            return self._render_start(answers, errors)
        links_sudo = request.env["partner.access.application.link"].sudo()  # nobody reads them
        if links_sudo._is_too_often():
            return self._render_start(answers, {"": self._get_too_often()}, status=429)
        # sudo: visitors have no right on applications
        applications_sudo = request.env["partner.access.application"].sudo()
        token = applications_sudo._start(**answers)
        return request.redirect(f"/apply/{token}?new=1")

    @route(
        "/apply/link",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        captcha="partner_access_apply",
    )
    def apply_link(self, email=None, **kwargs):
        """Mail the link of an application again; the answer is the same for every address."""
        links_sudo = request.env["partner.access.application.link"].sudo()  # only the job reads it
        if not read_email(email):
            return self._render_start({}, {"link_email": self._get_no_address()})
        if not links_sudo._is_too_often():
            links_sudo._queue(email)
        return self._render("partner_access.apply_link_sent", email=email)

    def _render_start(self, answers, errors, status=200):
        conditions_sudo = request.env["partner.access.conditions"]._get_current()
        if not conditions_sudo:
            raise NotFound
        return self._render(
            "partner_access.apply_start",
            status,
            answers=answers,
            errors=errors,
            conditions=conditions_sudo,
            kinds=self._get_kinds(),
        )

    def _get_start_errors(self, answers):
        missing = request.env._("This is needed.")
        errors = {name: missing for name in START_FIELDS if not answers[name]}
        if answers["email"] and not read_email(answers["email"]):
            errors["email"] = self._get_no_address()
        return errors

    def _get_no_address(self):
        return request.env._("This is not an e-mail address.")

    def _get_too_often(self):
        return request.env._(
            "There were many applications from your network within an hour. Please try again in an "
            "hour, or call us: the number stands below."
        )

    # --- Fill in, follow -------------------------------------------------------------------------

    @route(
        "/apply/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def application(self, token, new=None, **kwargs):
        """Show the form of an application, or how far it is."""
        application_sudo = self._find_application(token)
        if not application_sudo:
            return self._render_gone()
        return self._render_application(application_sudo, token, is_new=bool(new))

    @route("/apply/<string:token>", type="http", auth="public", methods=["POST"], website=True)
    def application_post(self, token, remove=None, send=None, **kwargs):
        """Keep what was typed and added; send the application when that was asked for."""
        application_sudo = self._find_application(token)
        if not application_sudo:
            return self._render_gone()
        if not application_sudo._is_editable():
            return self._redirect(token)
        application_sudo._save_answers(kwargs)
        errors = self._add_documents(application_sudo)
        if self._is_number(remove):
            application_sudo._remove_document(int(remove))
            return self._redirect(token, "#documents")
        if send and not errors:
            errors = self._send(application_sudo, kwargs)
            if not errors:
                return self._redirect(token)
        if errors:
            return self._render_application(application_sudo, token, errors, kwargs)
        return self._redirect(token, "?saved=1")

    @route("/apply/<string:token>/save", type="jsonrpc", auth="public", website=True)
    def application_save(self, token, answers=None, **kwargs):
        """Keep what is typed so far.

        :return: ``{'saved': bool, 'vat_error': text}``
        """
        application_sudo = self._find_application(token)
        if not application_sudo or not application_sudo._is_editable():
            return {"saved": False}
        if isinstance(answers, dict):
            application_sudo._save_answers(answers)
        return {"saved": True, "vat_error": application_sudo._get_vat_error()}

    @route(
        "/apply/<string:token>/upload", type="http", auth="public", methods=["POST"], website=True
    )
    def application_upload(self, token, remove=None, **kwargs):
        """Add or remove documents while the form is filled in.

        :return: JSON ``{'files': {kind: html}, 'errors': {kind: text}}``
        """
        application_sudo = self._find_application(token)
        if not application_sudo or not application_sudo._is_editable():
            raise NotFound
        errors = self._add_documents(application_sudo)
        if self._is_number(remove):
            application_sudo._remove_document(int(remove))
        files = {
            place["kind"]: request.env["ir.qweb"]._render(
                "partner_access.apply_files",
                {"place": place, "token": token, "application": application_sudo},
            )
            for place in self._get_places(application_sudo)
        }
        return request.make_json_response({"files": files, "errors": errors})

    @route(
        "/apply/<string:token>/address", type="http", auth="public", methods=["POST"], website=True
    )
    def application_address(self, token, email=None, **kwargs):
        """Correct a mistyped address; the link goes to the right one, older links end."""
        application_sudo = self._find_application(token)
        if not application_sudo or not application_sudo._is_editable():
            return self._render_gone()
        errors = {}
        if request.env["partner.access.application.link"].sudo()._is_too_often():
            errors["email"] = self._get_too_often()
        elif not read_email(email):
            errors["email"] = self._get_no_address()
        if errors:
            return self._render_application(application_sudo, token, errors, {"email": email})
        return request.redirect(f"/apply/{application_sudo._set_email(email)}?new=1")

    @route(
        "/apply/<string:token>/file/<int:file_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def application_file(self, token, file_id, **kwargs):
        """Show a document of the application to the applicant."""
        application_sudo = self._find_application(token)
        documents_sudo = application_sudo.document_ids | application_sudo.signed_document_id
        document_sudo = documents_sudo.filtered(lambda document: document.id == file_id)
        if not document_sudo:
            raise NotFound
        return self._protect(send_file(document_sudo))

    def _find_application(self, token):
        # sudo: the token is the right; it is known to the applicant only
        application_sudo = (
            request.env["partner.access.application.link"].sudo()._find_application(token)
        )
        lang = request.env.lang
        return application_sudo.with_context(lang=lang).with_company(application_sudo.company_id)

    def _add_documents(self, application_sudo):
        """Keep the posted files; one that is refused holds up no other.

        :return: ``{document_<kind>: text}`` of those that are refused
        """
        errors = {}
        for kind, name, content in read_uploads():
            try:
                with request.env.cr.savepoint():
                    application_sudo._add_document(name, content, kind)
            except UserError as error:
                known = errors.get(f"document_{kind}")
                errors[f"document_{kind}"] = " ".join(filter(None, [known, str(error)]))
        return errors

    def _is_number(self, text):
        return bool(text) and text.isascii() and text.isdigit() and len(text) < 11

    def _send(self, application_sudo, posted):
        if application_sudo.lang != request.env.lang:
            application_sudo.lang = request.env.lang
        return application_sudo._submit(
            str(posted.get("signed_name") or ""),
            str(posted.get("accepted") or ""),
            str(posted.get("signature") or ""),
            request.httprequest.remote_addr,
        )

    # --- Pages -----------------------------------------------------------------------------------

    def _render_application(self, application_sudo, token, errors=None, posted=None, is_new=False):
        template = "apply_form" if application_sudo._is_editable() else "apply_state"
        return self._render(
            f"partner_access.{template}",
            application=application_sudo,
            token=token,
            errors=errors or {},
            posted=posted or {},
            is_new=is_new,
            is_saved=bool(request.params.get("saved")),
            required=(*REQUIRED_FIELDS, "answer"),
            answers={
                name: application_sudo[name] or "" for name in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS)
            },
            countries=request.env["res.country"].sudo().search([]),  # visitors read none
            places=self._get_places(application_sudo),
            messages=application_sudo._get_messages(),
            conditions=application_sudo._get_conditions(),
            size_limit=SIZE_LIMIT,
        )

    def _get_places(self, application_sudo):
        """The places for documents on the page, with what they hold."""
        documents = application_sudo.document_ids.sorted("id").grouped("portal_document_kind")
        return [
            {**kind, "files": documents.get(kind["kind"], application_sudo.document_ids.browse())}
            for kind in self._get_kinds()
            if kind["required"] or application_sudo.state == "asked" or kind["kind"] in documents
        ]

    def _get_kinds(self):
        names = request.env["partner.access.application"]._get_document_kinds()
        helps = {
            "vat_statement": request.env._("From the tax office: that you are liable for VAT."),
            "register_extract": request.env._("Of the company register, not older than a year."),
            "letterhead": request.env._("With address, contact and bank account."),
            "other": request.env._("What we asked for, or what else we should know."),
        }
        return [
            {"kind": kind, "name": name, "help": helps[kind], "required": kind in REQUIRED_KINDS}
            for kind, name in names.items()
        ]

    def _get_step_names(self):
        return [
            request.env._("Begin"),
            request.env._("Company, documents, signature"),
            request.env._("We review it"),
            request.env._("Your access"),
        ]

    def _get_labels(self):
        """Names of the questions and documents, also of those in the list of errors."""
        email = request.env._("Your e-mail address")
        return {
            "company_name": request.env._("Company name, as registered"),
            "vat": request.env._("VAT number"),
            "company_registry": request.env._("Company register number"),
            "street": request.env._("Street and number"),
            "street2": request.env._("Address line 2"),
            "zip": request.env._("Postcode"),
            "city": request.env._("City"),
            "country_id": request.env._("Country"),
            "phone": request.env._("Company phone"),
            "website": request.env._("Website"),
            "contact_name": request.env._("Your name"),
            "contact_function": request.env._("Your job title"),
            "contact_phone": request.env._("Your phone"),
            "comment": request.env._("What else should we know?"),
            "answer": request.env._("Your answer"),
            "email": email,
            "link_email": email,
            "accepted": request.env._("Conditions"),
            "signed_name": request.env._("Your first and last name, as signature"),
            "signature": request.env._("Drawn signature"),
        }

    def _render_gone(self):
        return self._render("partner_access.apply_gone", 404, errors={})

    def _render(self, template, status=200, **values):
        env, pattern = request.env, request.env._("d MMM y, HH:mm")
        zone = env.company.sudo().partner_id.tz or "UTC"  # ours: that of a visitor is not known
        values.update(
            hide_sign_in=True,
            labels=self._get_labels(),
            step_names=self._get_step_names(),
            moment=lambda value: format_datetime(env, value, tz=zone, dt_format=pattern),
        )
        response = request.render(template, values)
        response.flatten()
        response.status_code = status
        return self._protect(response)

    def _redirect(self, token, tail=""):
        return request.redirect(f"/apply/{token}{tail}")

    def _protect(self, response):
        """Keep a page with the token out of caches, search engines and other sites."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
