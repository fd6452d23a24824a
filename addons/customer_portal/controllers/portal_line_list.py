from urllib.parse import parse_qsl, urlencode

from psycopg2.errors import UniqueViolation
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.sale_line_list import DEFAULT_SORT, FILTERS, FLAGS
from ..models.sale_line_page import COUNT_LIMIT
from ..tools.portal_format import PortalFormat, clean_text
from ..tools.record_id import MAX_ID
from .portal_line_rows import LineRows

PAGE_SIZE = 40
PANEL_TEXTS = ("order", "reference", "article", "part", "ean", "maker", "description")
MORE_TEXTS = ("serial", "shipment", "invoice", "address")
SUGGESTIONS = 8


class LineListPortal(CustomerPortal):
    @http.route("/my/lines", type="http", auth="user", website=True, readonly=True)
    def portal_my_lines(self, **kw):
        """All lines of all orders, filtered, sorted and laid out as the user chose."""
        return self._render_lines(request.httprequest.args)

    def _render_lines(self, params, refusal=""):
        lists = request.env["sale.line.list"]
        filters, sort = lists._get_filters(params), lists._get_sort(params)
        page = request.env["sale.line.page"]._get_page(
            filters, sort, params.get("after"), params.get("before"), PAGE_SIZE
        )
        chosen = lists._get_user_columns()
        columns = {key: column for key, column in lists._get_columns().items() if key in chosen}
        values = {
            **self._prepare_portal_layout_values(),
            **self._prepare_line_filters(params, filters, sort),
            **self._prepare_line_table(columns, filters, sort),
            "refusal": refusal,
            "can_order": request.env["portal.cart"]._is_offered(),
            "page_name": "lines",
            "portal_page": "lines",
            "rows": LineRows(request.env, columns).render(page["ids"]),
            "count_text": self._get_count_text(page, filters),
            "pages": self._prepare_line_pages(page, filters, sort),
            "suggestions": [] if page["ids"] else self._prepare_suggestions(filters, sort),
            "support": request.env.company.sudo()._get_portal_support(),
        }
        return request.render("customer_portal.portal_my_lines", values)

    # --- addresses ------------------------------------------------------------------------------

    def _get_line_params(self, filters, sort, **more):
        """Parameters of the page: filters, order unless it is the usual one, and more."""
        params = []
        for key, value in filters.items():
            values = value if isinstance(value, list) else [value]
            params += [(key, "1" if one is True else one) for one in values]
        if sort != DEFAULT_SORT:
            params.append(("sort", f"-{sort[0]}" if sort[1] else sort[0]))
        return params + list(more.items())

    def _get_lines_url(self, filters, sort, **more):
        query = urlencode(self._get_line_params(filters, sort, **more))
        return f"/my/lines?{query}" if query else "/my/lines"

    def _prepare_line_pages(self, page, filters, sort):
        return {
            key: self._get_lines_url(filters, sort, **{key: page[key]}) if page[key] else None
            for key in ("after", "before")
        }

    # --- filters --------------------------------------------------------------------------------

    def _prepare_line_filters(self, params, filters, sort):
        lists = request.env["sale.line.list"]
        query = urlencode(self._get_line_params(filters, sort))
        saved = request.env["portal.saved.filter"].search([("user_id", "=", request.env.uid)])
        labels = lists._get_filter_labels()
        return {
            "filters": filters,
            "labels": labels,
            "chips": self._prepare_line_chips(filters, sort),
            "flags": self._prepare_line_flags(filters, sort, labels),
            "ignored": self._get_ignored(params, filters, labels),
            "statuses": lists._get_status_labels(),
            "periods": lists._get_period_labels(),
            "panel_texts": PANEL_TEXTS,
            "more_texts": [key for key in MORE_TEXTS if lists._is_filter_allowed(key)],
            "query": query,
            # in the address of forms: it is what is left when a session ends meanwhile
            "back": urlencode({"query": query}),
            "saved": [
                {"id": one.id, "name": one.name, "url": f"/my/lines?{one.query or ''}"}
                for one in saved
            ],
            "saved_name": next((one.name for one in saved if (one.query or "") == query), ""),
            "export_url": f"/my/lines/export?{query}&" if query else "/my/lines/export?",
        }

    def _prepare_line_chips(self, filters, sort):
        """Active filters, each with the address of the page without it."""
        chips = request.env["sale.line.list"]._prepare_chips(filters, self._format_period)
        for chip in chips:
            rest = {key: value for key, value in filters.items() if key not in chip["keys"]}
            chip.update(filters=rest, url=self._get_lines_url(rest, sort))
            chip["title"] = request.env._("Drop the filter “%(name)s”", name=chip["label"])
        return chips

    def _format_period(self, first, last):
        fmt, env = PortalFormat(request.env), request.env
        if first and last:
            return fmt.period(first, last)
        if first:
            return env._("from %(day)s", day=fmt.day(first))
        return env._("until %(day)s", day=fmt.day(last))

    def _prepare_line_flags(self, filters, sort, labels):
        """Filters that one click adds."""
        return [
            {"label": labels[key], "url": self._get_lines_url({**filters, key: True}, sort)}
            for key in FLAGS
            if key not in filters
        ]

    def _get_ignored(self, params, filters, labels):
        """Names of filters that were asked for in a way nobody understands."""
        days = {
            **dict.fromkeys(("date_from", "date_to", "period"), request.env._("Order date")),
            **dict.fromkeys(("eta_from", "eta_to"), request.env._("ETA")),
        }
        lists = request.env["sale.line.list"]
        asked = [key for key in FILTERS if any(map(clean_text, params.getlist(key)))]
        if "date_from" in filters or "date_to" in filters:
            asked = [key for key in asked if key != "period"]
        names = [
            days.get(key) or labels[key]
            for key in asked
            if key not in filters and lists._is_filter_allowed(key)
        ]
        return ", ".join(dict.fromkeys(names))

    def _prepare_suggestions(self, filters, sort):
        """Which single filter to drop so that lines appear, with their number; where that does
        not help, which filters match nothing at all.

        :return: ``[{'url', 'text'}]``
        """
        chips = self._prepare_line_chips(filters, sort)[:SUGGESTIONS] if len(filters) > 1 else []
        fewer = [self._prepare_suggestion(chip) for chip in chips]
        return list(filter(None, fewer)) or list(
            filter(None, (self._prepare_dead_filter(chip, filters) for chip in chips))
        )

    def _prepare_suggestion(self, chip):
        count = request.env["sale.line.page"]._count(chip["filters"])
        text = request.env._(
            "without “%(filter)s”: %(count)s lines",
            filter=chip["label"],
            count=self._format_count(count),
        )
        if count == 1:
            text = request.env._("without “%(filter)s”: 1 line", filter=chip["label"])
        return count and {"url": chip["url"], "text": text}

    def _prepare_dead_filter(self, chip, filters):
        alone = {key: filters[key] for key in chip["keys"] if key in filters}
        text = request.env._("“%(filter)s” matches no line of yours", filter=chip["label"])
        found = request.env["sale.line.page"]._count(alone)
        return None if found else {"url": chip["url"], "text": text}

    # --- table ----------------------------------------------------------------------------------

    def _prepare_line_table(self, columns, filters, sort):
        lists = request.env["sale.line.list"]
        sorts = lists._get_sorts()
        return {
            "heads": [self._prepare_head(key, columns, filters, sort) for key in columns],
            "columns": columns,
            "all_columns": lists._get_columns(),
            "hidden_params": self._get_line_params(filters, DEFAULT_SORT),
            "sort_options": [
                {
                    "value": f"-{key}" if descends else key,
                    "label": f"{one['label']} {'↓' if descends else '↑'}",
                    "is_chosen": sort == (key, descends),
                }
                for key, one in sorts.items()
                for descends in (False, True)
            ],
        }

    def _prepare_head(self, key, columns, filters, sort):
        """A head of the table; that of orders sorts by the day, which stands below the number
        unless it has a column of its own.
        """
        column = columns[key]
        key = "confirmed_on" if key == "order" and "confirmed_on" not in columns else key
        is_sorted = sort[0] == key
        descends = not sort[1] if is_sorted else key == "confirmed_on" or column["is_number"]
        return {
            **column,
            "url": self._get_lines_url(filters, (key, descends)),
            "aria_sort": ("descending" if sort[1] else "ascending") if is_sorted else None,
            "sign": ("▾" if sort[1] else "▴") if is_sorted else "",
        }

    def _get_count_text(self, page, filters):
        """How many lines there are, and how many match; above a limit they are not counted."""
        matching = self._format_count(page["count"])
        if not filters and page["count"] == 1:
            return request.env._("1 line")
        if not filters:
            return request.env._("%(count)s lines", count=matching)
        total = self._format_count(request.env["sale.line.page"]._count({}))
        return request.env._("%(total)s lines · %(count)s match", total=total, count=matching)

    def _format_count(self, count):
        fmt = PortalFormat(request.env)
        return f"{fmt.quantity(COUNT_LIMIT)}+" if count > COUNT_LIMIT else fmt.quantity(count)

    # --- what users keep ------------------------------------------------------------------------

    @http.route(
        [
            "/my/lines/columns",
            "/my/lines/filters",
            "/my/lines/filters/<int:filter_id>/delete",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_lines_after_sign_in(self, query="", **kw):
        """Whose session was over when a form was sent signs in and comes back to the lines."""
        return self._redirect_to_lines(query)

    @http.route("/my/lines/columns", type="http", auth="user", website=True, methods=["POST"])
    def portal_line_columns(self, query="", reset="", **kw):
        """Keep which columns the user sees; none, or ``reset``, are those of everybody.

        :param query: filters and order of the page to go back to
        """
        asked = request.httprequest.form.getlist("column")
        keys = [key for key in request.env["sale.line.list"]._get_columns() if key in asked]
        # sudo: users may not write their own record but for their preferences
        request.env.user.sudo().portal_line_columns = "" if reset else ",".join(keys)
        return self._redirect_to_lines(query)

    @http.route("/my/lines/filters", type="http", auth="user", website=True, methods=["POST"])
    def portal_save_line_filter(self, name="", query="", **kw):
        """Keep the filter of the page under a name; one of that name is replaced."""
        query = self._clean_query(query)
        try:
            with request.env.cr.savepoint():
                request.env["portal.saved.filter"]._save(name, query)
        except UserError as error:
            return self._render_lines(MultiDict(parse_qsl(query)), str(error))
        except UniqueViolation:  # a second click at the same moment: the first one is kept
            return self._redirect_to_lines(query)
        return self._redirect_to_lines(query)

    @http.route(
        "/my/lines/filters/<int:filter_id>/delete",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_delete_line_filter(self, filter_id, query="", **kw):
        """Delete a filter of the user."""
        own = [("user_id", "=", request.env.uid), ("id", "=", min(filter_id, MAX_ID))]
        saved = request.env["portal.saved.filter"].search(own)
        if not saved:
            raise NotFound
        saved.unlink()
        return self._redirect_to_lines(query)

    def _clean_query(self, query):
        """Filters and order out of a posted query; nothing else comes through."""
        params = MultiDict(parse_qsl(query[:4000]))
        lists = request.env["sale.line.list"]
        filters, sort = lists._get_filters(params), lists._get_sort(params)
        return urlencode(self._get_line_params(filters, sort))

    def _redirect_to_lines(self, query):
        query = self._clean_query(query)
        return request.redirect(f"/my/lines?{query}" if query else "/my/lines", code=303)
