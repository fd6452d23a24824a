from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.portal_format import MAX_LENGTH, PortalFormat, clean_text

MIN_PREFIX = 3


class SearchPortal(CustomerPortal):
    @http.route("/my/search", type="http", auth="user", website=True, readonly=True)
    def portal_my_search(self, q="", **kw):
        """One hit goes straight there, several are a grouped list, none says so."""
        number = clean_text(q)
        is_too_long = len(q.strip()) > MAX_LENGTH
        groups = [] if is_too_long else self._search_groups(number)
        hits = [item for group in groups for item in group["items"]]
        if len(hits) == 1:
            return request.redirect(hits[0]["url"], code=303)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="search",
            portal_page="search",
            search_text=number,
            groups=[self._prepare_group(group) for group in groups],
            heading=self._get_heading(number, groups),
            answer=self._get_too_long_text() if is_too_long else self._get_answer(number),
            fmt=PortalFormat(request.env),
            support=request.env.company.sudo()._get_portal_support(),
        )
        return request.render("customer_portal.portal_my_search", values)

    def _search_groups(self, number):
        """Whole numbers first; only when there is none, numbers that begin so."""
        user = request.env.user
        key = request.env["sale.line.number"]._normalize_number(number)
        groups = user._search_portal(number) if key else []
        if not groups and len(key) >= MIN_PREFIX:
            groups = user._search_portal(number, prefix=True)
        return groups

    def _prepare_group(self, group):
        """A group with its count, and what its link to all of them says."""
        total, shown = group["total"], len(group["items"])
        is_more = group.get("is_more")
        count = f"{total}+" if is_more else str(total)
        more = request.env._("%(shown)s of %(total)s are shown. See all", shown=shown, total=count)
        return {**group, "count": count, "more_text": more if is_more or total > shown else ""}

    def _get_heading(self, number, groups):
        if groups:
            return request.env._("Found for “%(number)s”", number=number)
        return request.env._("Search")

    def _get_too_long_text(self):
        return request.env._(
            "That is longer than any number: type or scan at most %(count)s characters.",
            count=MAX_LENGTH,
        )

    def _get_answer(self, number):
        """What the page says when nothing was found; nothing before something was typed."""
        env = request.env
        key = env["sale.line.number"]._normalize_number(number)
        if not number:
            return ""
        if not key:
            return env._("“%(number)s” has no letters or digits to search for.", number=number)
        if len(key) < MIN_PREFIX:
            return env._(
                "Nothing of yours has the number “%(number)s”. Type at least %(count)s characters "
                "to find numbers that begin with them.",
                number=number,
                count=MIN_PREFIX,
            )
        return env._(
            "Nothing of yours has the number “%(number)s” or begins with it.", number=number
        )
