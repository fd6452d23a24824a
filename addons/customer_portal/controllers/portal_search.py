from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal_format import PortalFormat, clean_text


class SearchPortal(CustomerPortal):
    @http.route("/my/search", type="http", auth="user", website=True, readonly=True)
    def portal_my_search(self, q="", **kw):
        """One hit goes straight there, several are a grouped list, none says so."""
        number = clean_text(q)
        groups = request.env.user._search_portal(number) if number else []
        hits = [item for group in groups for item in group["items"]]
        if len(hits) == 1:
            return request.redirect(hits[0]["url"], code=303)
        values = self._prepare_portal_layout_values()
        values.update(self._prepare_search_texts(number, groups))
        values.update(
            page_name="search",
            portal_page="search",
            search_text=number,
            groups=groups,
            fmt=PortalFormat(request.env),
            support=request.env.company.sudo()._get_portal_support(),
        )
        return request.render("customer_portal.portal_my_search", values)

    def _prepare_search_texts(self, number, groups):
        """Whole sentences of the page; each group gets the one that says how many are shown."""
        env = request.env
        for group in groups:
            group["shown"] = env._(
                "The newest %(count)s of %(total)s are shown.",
                count=len(group["items"]),
                total=group["total"],
            )
        found = env._("Found for “%(number)s”", number=number)
        return {
            "heading": found if groups else env._("Search"),
            "nothing_found": env._("Nothing of yours has the number “%(number)s”.", number=number),
        }
