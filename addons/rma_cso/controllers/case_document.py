from odoo.http import content_disposition, request, route

from odoo.addons.partner_access.controllers.files import answer_no_file, send_file

from .common import ReturnsController, read_id

# Kinds of ``portal.document`` and reports by the word in the address.
KINDS = {"credit": "credit_note", "invoice": "invoice", "slip": "slip"}
REPORTS = {
    "credit": "account.account_invoices",
    "invoice": "account.account_invoices",
    "slip": "stock.action_report_delivery",
}


class CaseDocumentPortal(ReturnsController):
    """Documents of a case: return form, label, what it led to, files of messages."""

    @route("/my/returns/<int:case_id>/pdf", type="http", auth="user")
    def case_pdf(self, case_id, **kwargs):
        """Send the return form of a case as PDF."""
        case_sudo = self._find_case_sudo(case_id)
        return self._send_pdf("rma_cso.action_report_return_form", case_sudo, case_sudo.name)

    @route("/my/returns/<int:case_id>/label", type="http", auth="user")
    def case_label(self, case_id, **kwargs):
        """Send the label that goes onto the box as PDF; 404 while there is nothing to send."""
        case_sudo = self._find_case_sudo(case_id)
        if not case_sudo._get_sendings():
            raise request.not_found()
        name = request.env._("%(case)s label", case=case_sudo.name)
        return self._send_pdf("rma_cso.action_report_return_label", case_sudo, name)

    @route(
        "/my/returns/<int:case_id>/documents", type="http", auth="user", readonly=True, website=True
    )
    def case_documents(self, case_id, **kwargs):
        """List what a case led to on paper: credit notes, invoices, delivery slips."""
        case_sudo = self._find_case_sudo(case_id)
        user = request.env.user
        return self._render(
            "rma_cso.portal_case_papers",
            case=case_sudo,
            states=self._get_states(),
            documents=case_sudo._get_customer_documents(),
            sendings=case_sudo._get_sendings(),
            has_prices=user._has_access_role("prices"),
            has_orders=user._has_access_role("orders"),
        )

    @route(
        "/my/returns/<int:case_id>/<any(credit,invoice,slip):kind>/<int:document_id>",
        type="http",
        auth="user",
    )
    def case_document(self, case_id, kind, document_id, **kwargs):
        """Send a document of a case as PDF: a posted credit note or invoice, or a slip."""
        documents_sudo = self._find_case_sudo(case_id)._find_documents_sudo(KINDS[kind])
        record_sudo = documents_sudo.filtered(lambda record: record.id == document_id)
        if not record_sudo:
            raise request.not_found()
        return self._send_pdf(REPORTS[kind], record_sudo, record_sudo.name)

    @route(
        "/my/returns/<int:case_id>/file/<int:file_id>",
        type="http",
        auth="user",
        readonly=True,
        website=True,
        multilang=False,
    )
    def message_file(self, case_id, file_id, **kwargs):
        """Send a file of a message between customer and desk; pictures are shown."""
        files_sudo = self._find_case_sudo(case_id)._get_customer_messages().attachment_ids
        file_sudo = files_sudo.filtered(lambda file: file.id == read_id(file_id))
        if not file_sudo:
            return answer_no_file(request.env["cso.rma"]._get_retention_days())
        return send_file(file_sudo)

    def _send_pdf(self, report, record_sudo, name):
        reports_sudo = request.env["ir.actions.report"].sudo().with_company(record_sudo.company_id)
        content, kind = reports_sudo._render_qweb_pdf(report, record_sudo.ids)
        headers = [
            ("Content-Type", "application/pdf" if kind == "pdf" else "text/html"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(f"{name.replace('/', '-')}.pdf")),
        ]
        return request.make_response(content, headers)
