from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.sql import escape_psql

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.sale_stock.controllers.portal import SaleStockPortal

from .portal import MAX_ID, TokenFreePortal
from .portal_format import PortalFormat, clean_day, clean_text

LIST_FIELDS = [
    "name",
    "client_order_ref",
    "confirmed_on",
    "customer_status",
    "eta_first",
    "eta_last",
    "eta_state",
    "amount_total",
    "currency_id",
]
OPEN_STATUSES = ("confirmed", "partial", "delivered")
STATUS_TONES = {
    "confirmed": ("in", "\N{BLACK CIRCLE}"),
    "partial": ("wa", "\N{CIRCLE WITH LEFT HALF BLACK}"),
    "delivered": ("ok", "\N{CHECK MARK}"),
    "fulfilled": ("ok", "\N{CHECK MARK}"),
    "cancelled": ("gr", "\N{MULTIPLICATION X}"),
}
WRITING_ARGUMENTS = {"access_token", "report_type", "payment_amount"}
DOCUMENT_REPORTS = ("html", "pdf", "text")


def prepare_eta_cell(line, fmt):
    """What the ETA cell of a line shows.

    :param line: ``sale.order.line`` (sudo, inside the access domain)
    :param fmt: ``PortalFormat``
    """
    eta = line._get_portal_eta(fmt.today)
    eta["text"] = fmt.period(eta["first"], eta["last"], eta["state"] == "partial")
    is_open = eta["state"] == "partial"
    eta["ship_text"] = fmt.period(eta["ship_first"], eta["ship_last"], is_open)
    return eta


def _is_readonly_page(_controller, _rule, args):
    """Our page of a confirmed order writes nothing; quotations, signing, paying and printing are
    Odoo's own page, which may.
    """
    if not request.session.uid or request.httprequest.args.keys() & WRITING_ARGUMENTS:
        return False
    if args["order_id"] > MAX_ID:
        return True
    # sudo: this chooses the cursor, the page itself asks for the rights
    order_sudo = request.env["sale.order"].sudo().browse(args["order_id"])
    return bool(order_sudo.exists().confirmed_on)


class OrderPortal(TokenFreePortal, SaleStockPortal):
    # --- list -----------------------------------------------------------------------------------

    @http.route(readonly=lambda *_args: True)
    def portal_my_orders(self, page=1, sortby=None, filterby=None, search="", **kwargs):
        """The orders of the user with status, ETA and last shipment."""
        sortings, filters = self._get_order_sortings(), self._get_order_filter_labels()
        choice = {
            "sortby": sortby if sortby in sortings else "date",
            "filterby": filterby if filterby in filters else "all",
            "search": clean_text(search),
        }
        domain = self._get_order_list_domain(
            self._get_order_filter_domain(choice["filterby"]), choice["search"]
        )
        orders_sudo = request.env["sale.order"].sudo()  # inside the access domain only
        pager = self._prepare_order_pager(orders_sudo.search_count(domain), page, choice)
        found_sudo = orders_sudo.search_fetch(
            domain,
            LIST_FIELDS,
            order=sortings[choice["sortby"]]["order"],
            limit=self._items_per_page,
            offset=max(pager["offset"], 0),
        )
        values = self._prepare_order_list_values(found_sudo, pager)
        values.update(choice, sortings=sortings, filters=filters)
        return request.render("customer_portal.portal_my_orders", values)

    def _prepare_order_list_values(self, orders_sudo, pager):
        return {
            **self._prepare_portal_layout_values(),
            "rows": self._prepare_order_rows(orders_sudo, PortalFormat(request.env)),
            "pager": pager,
            "page_name": "order_list",
            "portal_page": "orders",
            "default_url": "/my/orders",
            "support": request.env.company.sudo()._get_portal_support(),
        }

    def _get_order_sortings(self):
        env = request.env
        return {
            "date": {"label": env._("Newest"), "order": "confirmed_on desc, id desc"},
            "eta": {"label": env._("ETA"), "order": "eta_last, confirmed_on desc, id desc"},
            "name": {"label": env._("Order"), "order": "name desc, id desc"},
            "reference": {"label": env._("Your reference"), "order": "client_order_ref, id desc"},
            "status": {"label": env._("Status"), "order": "customer_status, id desc"},
            "total": {"label": env._("Amount"), "order": "amount_total desc, id desc"},
        }

    def _get_order_filter_labels(self):
        env = request.env
        return {
            "all": env._("All"),
            "open": env._("Open"),
            "late": env._("Late"),
            "arriving": env._("Arriving this week"),
            **self._get_status_labels(),
        }

    def _get_order_filter_domain(self, key):
        lines = request.env["sale.order.line"]
        if key == "all":
            return Domain.TRUE
        if key == "open":
            return Domain("customer_status", "in", OPEN_STATUSES)
        if key == "late":
            return Domain("order_line", "any", lines._get_late_domain())
        if key == "arriving":
            return Domain("order_line", "any", lines._get_arriving_domain())
        return Domain("customer_status", "=", key)

    def _get_order_list_domain(self, filter_domain, search):
        domain = request.env.user._get_access_domain("sale.order")
        domain &= Domain("confirmed_on", "!=", False) & filter_domain
        if search:
            text = escape_psql(search)
            domain &= Domain("name", "ilike", text) | Domain("client_order_ref", "ilike", text)
        return domain

    def _prepare_order_pager(self, total, page, choice):
        return portal_pager(
            url="/my/orders",
            total=total,
            page=page if str(page).isdecimal() else 1,  # core trips over digits like a raised 2
            step=self._items_per_page,
            url_args={name: value for name, value in choice.items() if value},
        )

    def _prepare_order_rows(self, orders_sudo, fmt):
        shipped = self._get_last_shipments(orders_sudo)
        labels = self._get_status_labels()
        return [
            {
                "id": order.id,
                "name": order.name,
                "reference": order.client_order_ref,
                "date": fmt.day(order.confirmed_on),
                "status": labels.get(order.customer_status, ""),
                "tone": STATUS_TONES.get(order.customer_status, ("gr", "")),
                "eta_state": order.eta_state,
                "eta": fmt.period(order.eta_first, order.eta_last, order.eta_state == "partial"),
                "shipped": fmt.day(shipped.get(order.id, (False, 0))[0]),
                "shipments": shipped.get(order.id, (False, 0))[1],
                "total": fmt.money(order.amount_total, order.currency_id),
            }
            for order in orders_sudo
        ]

    def _get_status_labels(self):
        field = request.env["sale.order"]._fields["customer_status"]
        return dict(field._description_selection(request.env))

    def _get_last_shipments(self, orders_sudo):
        """:return: ``{order_id: (last ship time, number of shipments)}``"""
        groups = (
            request.env["stock.picking"]
            .sudo()
            ._read_group(
                [
                    ("sale_id", "in", orders_sudo.ids),
                    ("state", "=", "done"),
                    ("picking_type_id.code", "in", ("outgoing", "dropship")),
                ],
                ["sale_id"],
                ["date_done:max", "__count"],
            )
        )
        return {order.id: (last, count) for order, last, count in groups}

    def _prepare_sale_portal_rendering_values(
        self, page=1, date_begin=None, date_end=None, sortby=None, **kwargs
    ):
        return super()._prepare_sale_portal_rendering_values(
            page=page,
            date_begin=clean_day(date_begin),
            date_end=clean_day(date_end),
            sortby=sortby if sortby in self._get_sale_searchbar_sortings() else None,
            **kwargs,
        )

    # --- one order ------------------------------------------------------------------------------

    @http.route()
    def portal_quote_document(self, order_id, document_id, access_token=None):
        """As core; who is signed in needs no token, and what is not there leads to the portal."""
        document_id = document_id if document_id <= MAX_ID else 0
        return super().portal_quote_document(order_id, document_id, access_token)

    @http.route(readonly=_is_readonly_page)
    def portal_order_page(self, order_id, report_type=None, access_token=None, **kw):
        """A confirmed order of a signed-in user is our page; quotations, signing and paying, and
        the holders of a link with a token get the page of Odoo.
        """
        if request.env.user._is_public():
            return super().portal_order_page(
                order_id, report_type=report_type, access_token=access_token, **kw
            )
        order_sudo = self._get_own_order(order_id)
        is_page = report_type not in DOCUMENT_REPORTS and not kw.get("payment_amount")
        if order_sudo.confirmed_on and is_page:
            return request.render(
                "customer_portal.portal_order_page", self._prepare_order_page_values(order_sudo)
            )
        if not order_sudo:
            self._ensure_document("sale.order", order_id, access_token)
        return super().portal_order_page(
            order_id, report_type=report_type, access_token=access_token, **kw
        )

    def _get_own_order(self, order_id):
        """The order with sudo when it is in the access domain of the user, else nothing."""
        orders_sudo = request.env["sale.order"].sudo()
        if order_id > MAX_ID:
            return orders_sudo
        domain = request.env.user._get_access_domain("sale.order") & Domain("id", "=", order_id)
        return orders_sudo.search(domain)

    def _prepare_order_page_values(self, order_sudo):
        fmt = PortalFormat(request.env)
        lines_sudo = order_sudo.order_line.filtered(
            lambda line: line._is_customer_line() and not line.is_delivery
        )
        facts = lines_sudo._get_portal_facts()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="order_page",
            portal_page="orders",
            order=order_sudo,
            fmt=fmt,
            tone=STATUS_TONES.get(order_sudo.customer_status, ("gr", "")),
            status=self._get_status_labels().get(order_sudo.customer_status),
            steps=self._prepare_steps(order_sudo, lines_sudo, facts, fmt),
            rows=self._prepare_line_rows(order_sudo, lines_sudo, facts, fmt),
            shipments=self._prepare_shipments(order_sudo),
            invoices=self._get_order_invoices(order_sudo),
            amounts=order_sudo._get_portal_amounts(),
            can_see_prices=request.env.user._has_access_role("prices"),
        )
        return values

    def _prepare_line_rows(self, order_sudo, lines_sudo, facts, fmt):
        codes = (
            request.env["product.customer.code"]
            .sudo()
            ._get_codes(order_sudo.partner_id, lines_sudo.product_id)
        )
        changes = lines_sudo.eta_change_ids.grouped("sale_line_id")
        return [
            {
                "line": line,
                "product": line.product_id,
                "code": codes.get(line.product_id.id),
                "eta": prepare_eta_cell(line, fmt),
                "changes": changes.get(line, ()),
                "serials": facts[line.id]["serials"].mapped("name"),
                "percent": self._get_percent(line),
            }
            for line in lines_sudo
        ]

    def _get_percent(self, line):
        if not line.product_uom_qty:
            return 0
        return round(min(line.customer_shipped_qty / line.product_uom_qty, 1) * 100)

    def _prepare_steps(self, order_sudo, lines_sudo, facts, fmt):
        """Confirmed, ordered from the supplier (where needed), shipped, fulfilled."""
        env = request.env
        status = order_sudo.customer_status
        day = fmt.day(order_sudo.confirmed_on)
        confirmed = {"label": env._("Confirmed"), "note": day, "state": "d"}
        if status == "cancelled":
            return [confirmed, {"label": env._("Cancelled"), "note": "", "state": "c"}]
        done = status in ("delivered", "fulfilled")
        steps = [confirmed, *self._prepare_purchase_step(order_sudo, lines_sudo, fmt)]
        steps.append(self._prepare_shipped_step(lines_sudo, facts, done, fmt))
        label = env._("Invoice follows") if status == "delivered" else env._("Fulfilled")
        state = {"fulfilled": "d", "delivered": "c"}.get(status, "")
        return [*steps, {"label": label, "note": "", "state": state}]

    def _prepare_purchase_step(self, order_sudo, lines_sudo, fmt):
        label = request.env._("Ordered from the supplier")
        if order_sudo.supplier_ordered_on:
            return [{"label": label, "note": fmt.day(order_sudo.supplier_ordered_on), "state": "d"}]
        waits = any(line.eta_state in ("unknown", "partial", "known") for line in lines_sudo)
        return [{"label": label, "note": "", "state": "c"}] if waits else []

    def _prepare_shipped_step(self, lines_sudo, facts, done, fmt):
        """Totals over goods and e-mail deliveries, shipped quantities at most as ordered."""
        lines = lines_sudo.filtered(lambda line: line._is_to_be_shipped())
        ordered = sum(lines.mapped("product_uom_qty"))
        shipped = sum(min(line.customer_shipped_qty, line.product_uom_qty) for line in lines)
        dates = [facts[line.id]["ship_date"] for line in lines if facts[line.id]["ship_date"]]
        label = request.env._(
            "Shipped %(shipped)s of %(ordered)s",
            shipped=fmt.quantity(shipped),
            ordered=fmt.quantity(ordered),
        )
        note = fmt.day(min(dates)) if dates else ""
        if note and not done:
            note += " \N{HORIZONTAL ELLIPSIS}"
        return {"label": label, "note": note, "state": "d" if done else "c" if shipped else ""}

    def _prepare_shipments(self, order_sudo):
        """Shipments and returns of the order inside the access domain, newest first."""
        domain = request.env.user._get_access_domain("stock.picking")
        domain &= Domain("sale_id", "=", order_sudo.id) & Domain("state", "!=", "cancel")
        pickings_sudo = request.env["stock.picking"].sudo().search(domain, order="id desc")
        contents = pickings_sudo._get_customer_contents()
        return [
            {
                "picking": picking,
                "carrier": picking.carrier_id.name,
                "links": picking._get_tracking_links(),
                "contents": contents[picking.id],
                "is_return": picking.location_id.usage == "customer",
            }
            for picking in pickings_sudo
        ]

    def _get_order_invoices(self, order_sudo):
        domain = request.env.user._get_access_domain("account.move")
        domain &= Domain("id", "in", order_sudo.invoice_ids.ids)
        moves_sudo = request.env["account.move"].sudo()  # inside the access domain only
        return moves_sudo.search(domain, order="invoice_date, id")

    # --- delivery slips -------------------------------------------------------------------------

    def _stock_picking_check_access(self, picking_id, access_token=None):
        """Own shipments and those of colleagues; an order without a token opens nothing."""
        if not 0 < picking_id <= MAX_ID:
            raise NotFound()
        pickings_sudo = request.env["stock.picking"].sudo()
        domain = request.env.user._get_access_domain("stock.picking") & Domain(
            "id", "=", picking_id
        )
        if picking_sudo := pickings_sudo.search(domain):
            return picking_sudo
        picking_sudo = pickings_sudo.browse(picking_id).exists()
        order_token = picking_sudo.sale_id.access_token
        if not access_token or not order_token or not consteq(order_token, access_token):
            raise NotFound()
        return picking_sudo
