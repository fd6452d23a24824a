from odoo.http import content_disposition, request, route

from .common import ReturnsController, read_id
from .files import send_file


class CaseDocumentPortal(ReturnsController):
    """Documents of a case: return form, label, credit notes, files of messages."""

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

    @route("/my/returns/<int:case_id>/credit/<int:move_id>", type="http", auth="user")
    def credit_note(self, case_id, move_id, **kwargs):
        """Send a posted credit note of a case as PDF."""
        refunds_sudo = self._get_refunds_sudo(self._find_case_sudo(case_id))
        move_sudo = refunds_sudo.filtered(lambda move: move.id == move_id)
        if not move_sudo:
            raise request.not_found()
        return self._send_pdf("account.account_invoices", move_sudo, move_sudo.name)

    @route("/my/returns/<int:case_id>/file/<int:file_id>", type="http", auth="user", readonly=True)
    def message_file(self, case_id, file_id, **kwargs):
        """Send a file of a message between customer and desk; pictures are shown."""
        files_sudo = self._find_case_sudo(case_id)._get_customer_messages().attachment_ids
        file_sudo = files_sudo.filtered(lambda file: file.id == read_id(file_id))
        if not file_sudo:
            raise request.not_found()
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
