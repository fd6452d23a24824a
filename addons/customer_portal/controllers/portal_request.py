from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.partner_access.controllers.files import send_file
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.portal_format import PortalFormat
from .portal_pages import clean_page

LIST_FIELDS = [
    *("name", "kind", "state", "asked_on", "requester_id", "order_id", "partner_id"),
    *("decided_on", "answer"),
]
TONES = {
    "open": ("in", "\N{BLACK CIRCLE}"),
    "accepted": ("ok", "\N{CHECK MARK}"),
    "refused": ("ba", "\N{MULTIPLICATION X}"),
    "withdrawn": ("gr", "\N{CIRCLED DIVISION SLASH}"),
}
REQUEST = "/my/requests/<int(max=2147483647):request_id>"


class RequestPortal(CustomerPortal):
    """What a customer has asked the account manager for, with the answers."""

    @http.route(
        "/my/requests", type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def portal_my_requests(self, page=1, filterby="all", **kw):
        """The requests of the user and, by role, of the branch; the newest first."""
        filters = self._get_request_filters()
        filterby = filterby if filterby in filters else "all"
        domain = self._get_request_domain() & filters[filterby]["domain"]
        requests_sudo = request.env["portal.request"].sudo()  # inside the access domain only
        pager = portal_pager(
            url="/my/requests",
            total=requests_sudo.search_count(domain),
            page=clean_page(page),
            step=self._items_per_page,
            url_args={"filterby": filterby},
        )
        found_sudo = requests_sudo.search_fetch(
            domain, LIST_FIELDS, limit=self._items_per_page, offset=max(pager["offset"], 0)
        )
        values = {
            **self._prepare_request_values(),
            "rows": self._prepare_request_rows(found_sudo),
            "pager": pager,
            "filters": filters,
            "filterby": filterby,
        }
        return request.render("customer_portal.portal_my_requests", values)

    @http.route(REQUEST, type="http", auth="user", methods=["GET"], website=True, readonly=True)
    def portal_my_request(self, request_id, done=None, **kw):
        """One request: what is asked for, its state and the answer; 404 for who may not see it.

        :param str done: withdrawn or sent, just now
        """
        return self._render_request(self._find_request(request_id), done=done)

    @http.route(f"{REQUEST}/withdraw", type="http", auth="user", methods=["POST"], website=True)
    def portal_my_request_withdraw(self, request_id, **post):
        """Take a request back that waits for an answer; what was answered meanwhile is said."""
        request_sudo = self._find_request(request_id)
        try:
            with request.env.cr.savepoint():
                request_sudo._withdraw()
        except UserError as error:
            return self._render_request(request_sudo, error=str(error))
        return request.redirect(f"/my/requests/{request_sudo.id}?done=withdrawn")

    @http.route(
        f"{REQUEST}/file/<int(max=2147483647):file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_request_file(self, request_id, file_id, **kw):
        """A document that the customer sent along with a request."""
        documents_sudo = self._find_request(request_id).document_ids
        document_sudo = documents_sudo.filtered(lambda document: document.id == file_id)
        if not document_sudo:
            raise NotFound
        return send_file(document_sudo)

    # --- values -----------------------------------------------------------------------------------

    def _get_request_domain(self):
        user = request.env.user
        if not user._is_portal():
            raise NotFound  # employees have the queue
        return user._get_access_domain("portal.request")

    def _find_request(self, request_id):
        requests_sudo = request.env["portal.request"].sudo()  # inside the access domain only
        domain = self._get_request_domain() & Domain("id", "=", request_id)
        found_sudo = requests_sudo.search(domain)
        if not found_sudo:
            raise NotFound
        return found_sudo

    def _get_request_filters(self):
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": env._("Waiting for an answer"),
                "domain": env["portal.request"]._get_open_domain(),
            },
            "answered": {
                "label": env._("Answered"),
                "domain": Domain("state", "in", ("accepted", "refused")),
            },
        }

    def _prepare_request_values(self):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "requests",
            "portal_page": "requests",
            "fmt": PortalFormat(request.env),
        }

    def _prepare_request_rows(self, requests_sudo):
        requests_sudo.order_id.fetch(["name", "client_order_ref"])
        requests_sudo.requester_id.fetch(["partner_id"])
        requests_sudo.requester_id.partner_id.fetch(["name"])
        return [self._prepare_request_row(request_sudo) for request_sudo in requests_sudo]

    def _prepare_request_row(self, request_sudo):
        fmt = PortalFormat(request.env)
        is_own = request_sudo.requester_id == request.env.user
        return {
            "id": request_sudo.id,
            "name": request_sudo.name,
            "title": request_sudo._get_kind_text(),
            "reference": request_sudo.order_id.client_order_ref or "",
            "asked_on": fmt.day(request_sudo.asked_on),
            "requester": "" if is_own else request_sudo.requester_id.partner_id.name,
            "state": request_sudo.state,
            "label": request_sudo._get_state_label(),
            "tone": TONES[request_sudo.state],
            "decided_on": fmt.day(request_sudo.decided_on),
            "answer": request_sudo.answer or "",
        }

    def _render_request(self, request_sudo, done=None, error=None):
        order_domain = request.env.user._get_access_domain("sale.order")
        values = {
            **self._prepare_request_values(),
            "row": self._prepare_request_row(request_sudo),
            "note": request_sudo.note or "",
            "differences": request_sudo._get_differences(),
            "documents": request_sudo.document_ids,
            "order": request_sudo.order_id.filtered_domain(order_domain),
            "contact": request_sudo.manager_id.partner_id,
            "done": done,
            "error": error,
        }
        return request.render("customer_portal.portal_my_request", values)
