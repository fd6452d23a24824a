from datetime import date
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.http import request, route

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from .common import ReturnsController, read_id, read_text

LINES_PER_PAGE = 40
COUNT_LIMIT = 1000
FIRST_DATE, LAST_DATE = date(1990, 1, 1), date(2099, 12, 31)
PERIODS = {
    "today": relativedelta(),
    "week": relativedelta(weeks=1),
    "weeks2": relativedelta(weeks=2),
    "month": relativedelta(months=1),
    "months2": relativedelta(months=2),
}


class RegisterPortal(ReturnsController):
    """Find what a return or claim is about, and what is possible for it."""

    @route("/my/returns/register", type="http", auth="user", readonly=True, website=True)
    def register(self, **kwargs):
        """Show the search and the lines found; a single line with all that is possible for it.

        :param line: one order line to show instead of a search
        """
        self._get_domain("sale.order.line")
        search = self._read_search(kwargs)
        if kwargs.get("line"):
            lines_sudo = self._find_line_sudo(kwargs["line"])
            total = 1
        else:
            lines_sudo, total = self._find_lines(search)
        facts = self._prepare_facts(lines_sudo, search["number"])
        rows = request.env["sale.line.row"]._read_rows(lines_sudo.ids)
        # Forty lines with all their reasons are slow to make and to read: each when it is opened.
        is_single = len(lines_sudo) == 1
        opened = self._prepare_opened(lines_sudo, facts["found"]) if is_single else {}
        return self._render(
            "rma_cso.portal_register",
            search=search,
            periods=self._get_period_labels(),
            number_types=self._get_number_types(),
            documents=self._get_document_labels(),
            groups=self._group_by_document(
                [(line, line) for line in lines_sudo], facts["facts"], search["document"]
            ),
            total=self._get_count_text(search, total),
            pages=self._prepare_pages(search, total),
            single=is_single,
            rows={row.id: row for row in rows},
            **facts,
            **opened,
        )

    @route("/my/returns/register/line", type="http", auth="user", readonly=True, website=True)
    def register_line(self, **kwargs):
        """Answer what the page shows of a line when it is opened: all facts and all reasons.

        :param line: the order line
        :param number: what was searched for; the links keep its serial
        """
        line_sudo = self._find_line_sudo(kwargs.get("line"))
        facts = self._prepare_facts(line_sudo, read_text(kwargs.get("number")))
        return self._render_part(
            "rma_cso.portal_register_line",
            line=line_sudo,
            fact=facts["facts"][line_sudo.id],
            **facts,
            **self._prepare_opened(line_sudo, facts["found"]),
        )

    def _prepare_facts(self, lines_sudo, number):
        """Return what happened to each line, by line id, and the serials searched for."""
        facts = lines_sudo._get_portal_facts()
        return {
            "facts": facts,
            "found": {
                line.id: self._filter_serials(facts[line.id]["serials"], number)
                for line in lines_sudo
            },
            "line_numbers": lines_sudo._get_cso_line_numbers(),
        }

    def _prepare_opened(self, lines_sudo, found):
        """Return what is shown of lines that are open, by line id.

        :param dict found: the serials searched for, by line id
        """
        lines_sudo.product_id.maker_id.fetch(["name"])
        lines_sudo.order_id.partner_shipping_id._fetch_address()
        eligibility, fmt = lines_sudo._get_return_eligibility(), PortalFormat(request.env)
        lots_sudo = request.env["stock.lot"].sudo().union(*found.values())
        positions_sudo = request.env["sale.line.serial"]._get_serial_positions(lots_sudo)
        return {
            "cards": {
                line.id: self._prepare_cards(line, eligibility[line.id], fmt, found[line.id][:1])
                for line in lines_sudo
            },
            "positions": positions_sudo.grouped("sale_line_id"),
            "codes": request.env["sale.line.row"]._get_items(lines_sudo),
            "has_prices": request.env.user._has_access_role("prices"),
        }

    def _read_search(self, kwargs):
        """Return the search as asked, with unknown values replaced by the widest ones."""
        number = read_text(kwargs.get("number"))
        period = kwargs.get("period") or ("any" if number else "month")
        number_type, document = kwargs.get("number_type"), kwargs.get("document")
        return {
            "number": number,
            "number_type": number_type if number_type in self._get_number_types() else "any",
            "document": document if document in self._get_document_labels() else "any",
            "period": period if period in self._get_period_labels() else "any",
            "date_from": self._read_date(kwargs.get("date_from")),
            "date_to": self._read_date(kwargs.get("date_to")),
            "page": min(max(read_id(kwargs.get("page")), 1), 1000),
        }

    def _read_date(self, text):
        """Return a typed date, moved into a range that every time zone and database can hold."""
        try:
            value = fields.Date.to_date(str(text or "")[:10])
        except ValueError:
            return False
        return min(max(value, FIRST_DATE), LAST_DATE) if value else False

    def _find_lines(self, search):
        date_from, date_to = self._get_dates(search)
        return request.env["sale.order.line"]._get_portal_lines(
            number=search["number"] or None,
            number_type=search["number_type"],
            document=search["document"],
            date_from=date_from,
            date_to=date_to,
            limit=LINES_PER_PAGE,
            offset=LINES_PER_PAGE * (search["page"] - 1),
            count_limit=self._get_count_limit(search) + 1,
        )

    def _get_count_limit(self, search):
        """Return up to how many lines are counted: those of this page, and whether more follow."""
        return max(COUNT_LIMIT, LINES_PER_PAGE * search["page"])

    def _get_count_text(self, search, total):
        limit, fmt = self._get_count_limit(search), PortalFormat(request.env)
        return f"{fmt.quantity(limit)}+" if total > limit else fmt.quantity(total)

    def _get_dates(self, search):
        if search["period"] == "free":
            return search["date_from"] or None, search["date_to"] or None
        if search["period"] not in PERIODS:
            return None, None
        today = fields.Date.context_today(request.env.user)
        return today - PERIODS[search["period"]], None

    def _filter_serials(self, lots, number):
        """Return those of the serials that were searched for."""
        numbers = request.env["sale.line.number"]
        keys = numbers._get_serial_variants(number) if number else ()
        return lots.filtered(lambda lot: keys and numbers._normalize_number(lot.name) in keys)

    def _prepare_pages(self, search, total):
        """Return the addresses of the page before and after, None where there is none."""
        page = search["page"]
        return {
            "before": self._get_page_url(search, page - 1) if page > 1 else None,
            "after": self._get_page_url(search, page + 1)
            if total > page * LINES_PER_PAGE
            else None,
        }

    def _get_page_url(self, search, page):
        values = {key: value for key, value in search.items() if value}
        return f"/my/returns/register?{urlencode({**values, 'page': page})}"

    def _get_period_labels(self):
        return {
            "today": request.env._("Today"),
            "week": request.env._("1 week"),
            "weeks2": request.env._("2 weeks"),
            "month": request.env._("1 month"),
            "months2": request.env._("2 months"),
            "any": request.env._("Any time"),
            "free": request.env._("Free range"),
        }

    def _get_number_types(self):
        return {
            "any": request.env._("Any number"),
            "serial": request.env._("Serial number"),
            "invoice": request.env._("Invoice"),
            "order": request.env._("Order"),
            "customer_reference": request.env._("Your reference"),
            "delivery_slip": request.env._("Delivery slip"),
            "article": request.env._("Article number"),
            "maker_part_number": request.env._("Maker's part number"),
            "ean": request.env._("EAN"),
            "customer_item": request.env._("Your item number"),
            "case": request.env._("Case number"),
        }

    def _get_document_labels(self):
        return {
            "any": request.env._("All documents"),
            "invoice": request.env._("Invoice"),
            "delivery_slip": request.env._("Slip"),
            "order": request.env._("Order"),
        }
