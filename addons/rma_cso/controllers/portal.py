from odoo.fields import Domain
from odoo.http import request, route

from .common import ReturnsController, get_unsent_domain


class StartPortal(ReturnsController):
    """Start page of the returns desk."""

    @route("/my/returns", type="http", auth="user", readonly=True, website=True)
    def returns(self, **kwargs):
        """Show the three ways of the returns desk, and what waits for the user."""
        cases_sudo = request.env["cso.rma"].sudo()
        domain = self._get_cases_domain()
        drafts_sudo = self._get_drafts_sudo()
        return self._render(
            "rma_cso.portal_returns",
            open_count=cases_sudo.search_count(domain & Domain("state", "!=", "closed")),
            closed_count=cases_sudo.search_count(domain & Domain("state", "=", "closed")),
            states=self._get_states(),
            cases=cases_sudo.search(domain & Domain("state", "!=", "closed"), limit=5),
            waiting=cases_sudo.search(domain & get_unsent_domain(), order="valid_until", limit=5),
            asked=cases_sudo.search(domain & Domain("state", "=", "asked"), limit=5),
            drafts=drafts_sudo.filtered(lambda draft: not draft.is_bulk),
            bulks=drafts_sudo.filtered("is_bulk").grouped("reason_id"),
            form_url=self._get_draft_url,
            carted=self._get_carts_sudo().line_ids,
        )
