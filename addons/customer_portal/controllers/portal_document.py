import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.utils import send_file

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request
from odoo.tools import groupby

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal_document import MAX_DOCUMENTS
from ..tools.portal_format import PortalFormat, clean_text
from .portal_pages import PortalPages

PAGE_SIZE = 80
# A document takes about a second; more of them are made in the queue.
DIRECT_LIMIT = 10


class DocumentPortal(CustomerPortal):
    @http.route("/my/documents", type="http", auth="user", website=True, readonly=True)
    def portal_my_documents(self, **kw):
        """Invoices, credit notes, slips and confirmations, by month and kind, newest first."""
        choice = self._get_document_choice(kw)
        try:
            request.env["portal.document"]._check_choice(**choice)
        except UserError as error:
            return self._render_documents({}, kw.get("page"), str(error))
        return self._render_documents(choice, kw.get("page"))

    @http.route(
        "/my/documents/zip", type="http", auth="user", website=True, methods=["GET", "POST"]
    )
    def portal_my_documents_zip(self, **kw):
        """Chosen documents, or all of a month and kind, as one ZIP; many are made in the queue.

        Nothing is queued by following a link: then the page asks first.
        """
        choice = self._get_document_choice(kw)
        references = request.httprequest.values.getlist("document")
        documents = request.env["portal.document"]
        try:
            found = documents._search_documents(references, **choice)
            documents._check_count(found)
            if len(found) <= DIRECT_LIMIT:
                return self._send_zip(found, documents._get_zip_name(references, **choice))
            if request.httprequest.method == "POST":
                return self._queue_zip(found, references, choice)
        except MissingError:
            raise NotFound() from None
        except UserError as error:
            return self._render_documents(self._get_known(choice), 1, str(error))
        known = self._get_known(choice)
        return self._render_documents(known, 1, asked=len(found), references=references)

    def _get_known(self, choice):
        """The choice, or none where there is no such kind or month."""
        try:
            request.env["portal.document"]._check_choice(**choice)
        except UserError:
            return {}
        return choice

    def _get_document_choice(self, params):
        return {
            "kind": clean_text(params.get("kind")) or None,
            "month": clean_text(params.get("month")) or None,
        }

    def _send_zip(self, found, name):
        """A ZIP out of a temporary file, which is gone as soon as it was sent."""
        file = tempfile.TemporaryFile(prefix="portal_documents_")  # noqa: SIM115  closed when sent
        request.env["portal.document"]._write_zip(file, found)
        size = file.tell()
        file.seek(0)
        response = send_file(
            file,
            request.httprequest.environ,
            mimetype="application/zip",
            as_attachment=True,
            download_name=name,
            max_age=0,
        )
        response.content_length = size
        return response

    def _queue_zip(self, found, references, choice):
        """Have the ZIP made by the job and mailed; the page of the file shows how far it is."""
        documents = request.env["portal.document"]
        parameters = {key: value for key, value in choice.items() if value}
        if references:
            parameters = {"references": [f"{kind}-{record_id}" for kind, record_id in found]}
        name = documents._get_zip_name(references, **choice)
        request.env["portal.download"]._enqueue("documents_zip", name, parameters, len(found))
        return request.redirect("/my/downloads", code=303)

    # --- the page -------------------------------------------------------------------------------

    def _render_documents(self, choice, page, error=None, asked=0, references=()):
        documents = request.env["portal.document"]
        pages = PortalPages(request.env, documents._get_parts(**choice), PAGE_SIZE, page)
        found = pages.search()
        fmt = PortalFormat(request.env)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="documents",
            portal_page="documents",
            fmt=fmt,
            kinds=documents._get_kinds(),
            choice=choice,
            months=self._prepare_month_groups(fmt),
            groups=self._prepare_document_groups(found, fmt),
            pages=pages,
            error=error,
            asked=asked,
            references=references,
            limit=MAX_DOCUMENTS,
            can_see_prices=request.env.user._has_access_role("prices"),
        )
        status = 400 if error else 200
        return request.render("customer_portal.portal_my_documents", values, status=status)

    def _prepare_month_groups(self, fmt):
        """Months of all documents by year: ``[(year, [(value, label)])]``."""
        months = request.env["portal.document"]._get_months()
        return [
            (year, [(month.strftime("%Y-%m"), fmt.month(month)) for month in one])
            for year, one in groupby(months, lambda month: month.year)
        ]

    def _prepare_document_groups(self, found, fmt):
        """Rows under the month they belong to."""
        rows = self._prepare_document_rows(found, fmt)
        return [
            {"month": month.strftime("%Y-%m"), "label": fmt.month(month), "rows": list(one)}
            for month, one in groupby(rows, lambda row: row["day"].replace(day=1))
        ]

    def _prepare_document_rows(self, found, fmt):
        kinds = request.env["portal.document"]._get_kinds()
        records_sudo = {}
        for kind, ids in groupby(found, lambda one: one[0]):
            model_sudo = request.env[kinds[kind]["model"]].sudo()  # found inside the access domain
            records_sudo[kind] = model_sudo.browse(one[1] for one in ids)
        by_key = {(kind, one.id): one for kind, several in records_sudo.items() for one in several}
        return [
            {
                "reference": f"{kind}-{record_id}",
                "kind": kinds[kind]["label"],
                "day": fmt.local_day(by_key[kind, record_id][kinds[kind]["date"]]),
                "name": by_key[kind, record_id].name,
                **self._prepare_document_links(by_key[kind, record_id], fmt),
            }
            for kind, record_id in found
        ]

    def _prepare_document_links(self, record_sudo, fmt):
        """Page, PDF, order and amount of a document."""
        if record_sudo._name == "account.move":
            page = f"/my/invoices/{record_sudo.id}"
            amount = record_sudo.amount_total * -record_sudo.direction_sign
            return {
                "page": page,
                "pdf": f"{page}?report_type=pdf&download=true",
                "order": record_sudo.invoice_origin,
                "note": record_sudo.ref,
                "amount": fmt.money(amount, record_sudo.currency_id),
            }
        order_sudo = record_sudo if record_sudo._name == "sale.order" else record_sudo.sale_id
        page = f"/my/orders/{order_sudo.id}" if order_sudo else None
        is_order = record_sudo == order_sudo
        return {
            "page": page if is_order or not page else f"{page}#shipment-{record_sudo.id}",
            "pdf": f"{page}?report_type=pdf&download=true"
            if is_order
            else f"/my/picking/pdf/{record_sudo.id}",
            "order": None if is_order else order_sudo.name,
            "note": order_sudo.client_order_ref,
            "amount": fmt.money(record_sudo.amount_total, record_sudo.currency_id)
            if is_order
            else "",
        }
