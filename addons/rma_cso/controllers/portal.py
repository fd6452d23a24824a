from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from .common import ReturnsController, get_unsent_domain, read_id, read_text

CASES_PER_PAGE = 80


class CasePortal(ReturnsController):
    """Start page, list of cases, and the page of a case with its documents."""

    @route("/my/returns", type="http", auth="user", readonly=True, website=True)
    def returns(self, **kwargs):
        """Show the three ways of the returns desk."""
        cases_sudo = request.env["cso.rma"].sudo()
        domain = self._get_cases_domain()
        return self._render(
            "rma_cso.portal_returns",
            open_count=cases_sudo.search_count(domain & Domain("state", "!=", "closed")),
            closed_count=cases_sudo.search_count(domain & Domain("state", "=", "closed")),
            states=self._get_states(),
            cases=cases_sudo.search(domain & Domain("state", "!=", "closed"), limit=5),
            waiting=cases_sudo.search(domain & get_unsent_domain(), order="valid_until", limit=5),
        )

    @route("/my/returns/status", type="http", auth="user", readonly=True, website=True)
    def status(self, **kwargs):
        """List the open cases."""
        return self._render_list(False, kwargs.get("page"))

    @route("/my/returns/archive", type="http", auth="user", readonly=True, website=True)
    def archive(self, **kwargs):
        """List the closed cases."""
        return self._render_list(True, kwargs.get("page"))

    @route("/my/returns/<int:case_id>", type="http", auth="user", readonly=True, website=True)
    def case(self, case_id, **kwargs):
        """Show a case: what to do, positions, what happened."""
        case_sudo = self._find_case_sudo(case_id)
        return self._render(
            "rma_cso.portal_case",
            case=case_sudo,
            states=self._get_states(),
            refunds=self._get_refunds_sudo(case_sudo),
            timeline=case_sudo._get_timeline(),
            to_send=case_sudo.line_ids.filtered("is_to_send"),
            is_new=bool(kwargs.get("submitted")),
        )

    @route("/my/returns/<int:case_id>/pdf", type="http", auth="user")
    def case_pdf(self, case_id, **kwargs):
        """Send the return form of a case as PDF."""
        case_sudo = self._find_case_sudo(case_id)
        return self._send_pdf("rma_cso.action_report_return_form", case_sudo, case_sudo.name)

    @route("/my/returns/<int:case_id>/credit/<int:move_id>", type="http", auth="user")
    def credit_note(self, case_id, move_id, **kwargs):
        """Send a posted credit note of a case as PDF."""
        refunds_sudo = self._get_refunds_sudo(self._find_case_sudo(case_id))
        move_sudo = refunds_sudo.filtered(lambda move: move.id == move_id)
        if not move_sudo:
            raise request.not_found()
        return self._send_pdf("account.account_invoices", move_sudo, move_sudo.name)

    @route(
        "/my/returns/<int:case_id>/sent", type="http", auth="user", methods=["GET"], readonly=True
    )
    def case_sent_again(self, case_id, **kwargs):
        """Lead to the case who looks at an address that only acts, as after a new sign-in."""
        return request.redirect(f"/my/returns/{case_id}")

    @route("/my/returns/<int:case_id>/sent", type="http", auth="user", methods=["POST"])
    def case_sent(self, case_id, carrier=None, tracking=None, **kwargs):
        """Note that the customer has sent the goods, with carrier and tracking if known."""
        case_sudo = self._find_case_sudo(case_id)
        case_sudo.line_ids._mark_sent(read_text(carrier), read_text(tracking))
        return request.redirect(f"/my/returns/{case_sudo.id}")

    def _get_states(self):
        """Return for each state of a case or position: tone, sign and the customer's words."""
        return {
            "draft": ["gr", "○", request.env._("in the cart")],
            "review": ["wa", "◔", request.env._("we look at it")],
            "asked": ["ba", "?", request.env._("please answer")],
            "authorised": ["in", "→", request.env._("send it")],
            "waiting": ["in", "→", request.env._("waiting for your goods")],
            "received": ["in", "◐", request.env._("arrived")],
            "to_decide": ["in", "◐", request.env._("being decided")],
            "handling": ["in", "◐", request.env._("in progress")],
            "decided": ["in", "◕", request.env._("credit note follows")],
            "credited": ["ok", "✓", request.env._("credited")],
            "refused": ["ba", "✕", request.env._("refused")],
            "expired": ["ba", "⊘", request.env._("expired")],
            "withdrawn": ["gr", "⊘", request.env._("withdrawn")],
            "closed": ["gr", "✓", request.env._("closed")],
        }

    def _get_cases_domain(self):
        return self._get_domain("cso.rma") & Domain("submitted_on", "!=", False)

    def _render_list(self, is_archive, page):
        page = min(max(read_id(page), 1), 10_000)
        domain = self._get_cases_domain()
        domain &= Domain("state", "=" if is_archive else "!=", "closed")
        cases_sudo = request.env["cso.rma"].sudo()
        total = cases_sudo.search_count(domain)
        return self._render(
            "rma_cso.portal_cases",
            cases=cases_sudo.search(
                domain, limit=CASES_PER_PAGE, offset=CASES_PER_PAGE * (page - 1)
            ),
            states=self._get_states(),
            is_archive=is_archive,
            page=page,
            has_more=total > page * CASES_PER_PAGE,
        )

    def _get_refunds_sudo(self, case_sudo):
        """Return the posted credit notes of a case that the user may see as documents."""
        domain = self._get_domain("account.move") & Domain("state", "=", "posted")
        domain &= Domain("id", "in", case_sudo.refund_ids.ids)
        return request.env["account.move"].sudo().search(domain)

    def _send_pdf(self, report, record_sudo, name):
        reports_sudo = request.env["ir.actions.report"].sudo().with_company(record_sudo.company_id)
        content, kind = reports_sudo._render_qweb_pdf(report, record_sudo.ids)
        headers = [
            ("Content-Type", "application/pdf" if kind == "pdf" else "text/html"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(f"{name.replace('/', '-')}.pdf")),
        ]
        return request.make_response(content, headers)
