from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.partner_access.controllers.files import read_uploads
from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal_company_data import (
    FIELD_NAMES,
    MAX_DOCUMENTS,
    MAX_LENGTH,
    MAX_NOTE_LENGTH,
    REQUIRED,
)
from ..models.portal_request_field import COMPANY_FIELDS
from ..tools.portal_format import PortalFormat
from .portal_request import TONES

HISTORY = 20
CHANGE = "/my/company/change"


class CompanyPortal(CustomerPortal):
    """Data of the customer's company, for its administrators; for all others there is no such
    page. They are changed by request.
    """

    @http.route(
        "/my/company", type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def portal_my_company(self, **kw):
        """The data as we have them, and what was asked for."""
        company_sudo = self._get_company()
        values = {**self._prepare_company_values(company_sudo)}
        values["history"] = self._prepare_history(company_sudo)
        return request.render("customer_portal.portal_my_company", values)

    @http.route(CHANGE, type="http", auth="user", methods=["GET"], website=True, readonly=True)
    def portal_my_company_form(self, **kw):
        """The form that asks for other data."""
        return self._render_form(self._get_company(), {})

    @http.route(CHANGE, type="http", auth="user", methods=["POST"], website=True)
    def portal_my_company_change(self, note="", **post):
        """Ask for other data; what is refused stays in the form with the reason at its field."""
        company_sudo = self._get_company()
        data = request.env["portal.company.data"]
        typed = {name: post[name] for name in FIELD_NAMES if name in post}
        values, errors = data._read(typed, data._get_present(company_sudo))
        files = [(name, content) for _kind, name, content in read_uploads()]
        answer = {"typed": typed, "note": note, "errors": errors, "had_files": bool(files)}
        if errors:
            return self._render_form(company_sudo, answer)
        try:
            with request.env.cr.savepoint():
                request_sudo = data._submit(values, note, files)
        except UserError as error:
            return self._render_form(company_sudo, {**answer, "error": str(error)})
        return request.redirect(f"/my/requests/{request_sudo.id}?done=sent")

    # --- values -----------------------------------------------------------------------------------

    def _get_company(self):
        try:
            return request.env["portal.company.data"]._get_company()
        except AccessError:
            raise NotFound from None

    def _prepare_company_values(self, company_sudo):
        data = request.env["portal.company.data"]
        present = data._get_present(company_sudo)
        labels = dict(
            request.env["portal.request.field"]
            ._fields["field_name"]
            ._description_selection(request.env)
        )
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "company",
            "company": company_sudo,
            "present": present,
            "facts": [
                {"name": name, "label": labels[name], "text": data._get_text(name, present[name])}
                for name, _label in COMPANY_FIELDS
            ],
            "labels": labels,
            "open_request": data._get_open_request(company_sudo),
        }

    def _prepare_history(self, company_sudo):
        """Requests about the company that the user may see, the newest first."""
        user, fmt = request.env.user, PortalFormat(request.env)
        # sudo: inside the access domain only
        requests_sudo = request.env["portal.request"].sudo()
        about = Domain("kind", "=", "company") & Domain("partner_id", "=", company_sudo.id)
        found_sudo = requests_sudo.search(
            user._get_access_domain("portal.request") & about, limit=HISTORY
        )
        return [
            {
                "id": one.id,
                "name": one.name,
                "day": fmt.day(one.asked_on),
                "who": one.requester_id.partner_id.name,
                "what": ", ".join(row._get_label() for row in one.field_ids),
                "label": one._get_state_label(),
                "tone": TONES[one.state],
                "answer": one.answer or "",
            }
            for one in found_sudo
        ]

    def _render_form(self, company_sudo, answer):
        values = self._prepare_company_values(company_sudo)
        values.update(
            {
                "typed": {},
                "errors": {},
                "note": "",
                "required": REQUIRED,
                "max_length": MAX_LENGTH,
                "max_note": MAX_NOTE_LENGTH,
                "max_documents": MAX_DOCUMENTS,
                "countries": request.env["res.country"].search_fetch([], ["code", "name"]),
            },
            **answer,
        )
        values["typed"] = {**values["present"], **values["typed"]}
        return request.render("customer_portal.portal_my_company_form", values)
