from urllib.parse import urlencode

from odoo.fields import Domain
from odoo.http import request, route

from .common import ReturnsController, get_unsent_domain, read_id, read_text

CASES_PER_PAGE = 40
COUNT_LIMIT = 100


class CaseListPortal(ReturnsController):
    """The lists of cases: open ones, what is due first on top, and closed ones."""

    @route("/my/returns/status", type="http", auth="user", readonly=True, website=True)
    def status(self, **kwargs):
        """List the open cases."""
        return self._render_list(False, kwargs)

    @route("/my/returns/archive", type="http", auth="user", readonly=True, website=True)
    def archive(self, **kwargs):
        """List the closed cases."""
        return self._render_list(True, kwargs)

    def _render_list(self, is_archive, kwargs):
        filters = self._get_filters(is_archive)
        text, chosen = read_text(kwargs.get("search")), read_text(kwargs.get("state"))
        chosen = chosen if chosen in filters else ""
        page = min(max(read_id(kwargs.get("page")), 1), 10_000)
        domain = self._get_list_domain(is_archive) & self._get_search_domain(text)
        order = "closed_on desc, id desc" if is_archive else request.env["cso.rma"]._due_order
        cases_sudo = request.env["cso.rma"].sudo()
        found = cases_sudo.search(
            domain & filters[chosen][1] if chosen else domain,
            limit=CASES_PER_PAGE + 1,
            offset=CASES_PER_PAGE * (page - 1),
            order=order,
        )
        return self._render(
            "rma_cso.portal_cases",
            cases=found[:CASES_PER_PAGE],
            states=self._get_states(),
            is_archive=is_archive,
            search=text,
            chips=self._prepare_chips(domain, filters, text, chosen),
            is_filtered=bool(text or chosen),
            before=page > 1 and self._get_url(text, chosen, page - 1),
            after=len(found) > CASES_PER_PAGE and self._get_url(text, chosen, page + 1),
        )

    def _get_list_domain(self, is_archive):
        return self._get_cases_domain() & Domain("state", "=" if is_archive else "!=", "closed")

    def _get_search_domain(self, text):
        """Return the domain of cases that a typed text names: each word must be found."""
        fields = (
            "reference",
            "typed_serials",
            "lot_ids.name",
            "product_id.name",
            "product_id.default_code",
            "product_id.maker_part_number",
            "product_id.barcode",
            "reason_id.name",
            "order_id.name",
        )
        domain = Domain.TRUE
        for word in text.split()[:8]:
            in_line = Domain.OR(Domain(field, "ilike", word) for field in fields)
            in_case = Domain("name", "ilike", word) | Domain("reference", "ilike", word)
            domain &= in_case | Domain("line_ids", "any", in_line)
        return domain

    def _get_filters(self, is_archive):
        """Return ``{key: (label, domain)}`` of the filters of a list."""

        def has_line(*states):
            return Domain("line_ids.state", "in", states)

        if is_archive:
            return {
                "credited": (request.env._("Credited"), has_line("credited")),
                "settled": (request.env._("Settled"), has_line("settled")),
                "refused": (request.env._("Refused"), has_line("refused")),
                "expired": (request.env._("Expired"), has_line("expired")),
                "withdrawn": (request.env._("Withdrawn"), has_line("withdrawn")),
            }
        progress = has_line("received", "to_decide", "decided")
        return {
            "send": (request.env._("To send"), get_unsent_domain()),
            "answer": (request.env._("To answer"), has_line("asked")),
            "review": (request.env._("We look at it"), has_line("review")),
            "progress": (request.env._("In progress"), progress),
        }

    def _prepare_chips(self, domain, filters, text, chosen):
        """Return the filters as chips: label, number of cases (capped), address, chosen."""
        everything = ("", request.env._("All"), Domain.TRUE)
        return [
            {
                "label": label,
                "count": self._count(domain & narrowed),
                "url": self._get_url(text, key),
                "is_chosen": key == chosen,
            }
            for key, label, narrowed in (
                everything,
                *((key, *values) for key, values in filters.items()),
            )
        ]

    def _count(self, domain):
        """Return a number of cases as text; many are not counted to the end."""
        count = request.env["cso.rma"].sudo().search_count(domain, limit=COUNT_LIMIT)
        return f"{COUNT_LIMIT - 1}+" if count == COUNT_LIMIT else str(count)

    def _get_url(self, text, chosen, page=1):
        values = {"search": text, "state": chosen, "page": page if page > 1 else ""}
        return f"?{urlencode({key: value for key, value in values.items() if value})}"
