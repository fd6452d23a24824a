from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.sale_stock.controllers.portal import SaleStockPortal

from ..tools.portal_format import OPEN_STATUSES, STATUS_TONES, PortalFormat, clean_day, clean_text
from .portal import TokenFreePortal
from .portal_pages import COUNT_CAP, clean_page

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


class OrderListPortal(TokenFreePortal, SaleStockPortal):
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
        total, pager = self._prepare_order_pager(orders_sudo, domain, page, choice)
        found_sudo = orders_sudo.search_fetch(
            domain,
            LIST_FIELDS,
            order=sortings[choice["sortby"]]["order"],
            limit=self._items_per_page,
            offset=max(pager["offset"], 0),
        )
        values = self._prepare_order_list_values(found_sudo, pager)
        values.update(choice, sortings=sortings, filters=filters, total=total)
        return request.render("customer_portal.portal_my_orders", values)

    def _prepare_order_list_values(self, orders_sudo, pager):
        return {
            **self._prepare_portal_layout_values(),
            "rows": self._prepare_order_rows(orders_sudo, PortalFormat(request.env)),
            "pager": pager,
            "page_name": "order_list",
            "portal_page": "orders",
            "can_see_prices": request.env.user._has_access_role("prices"),
            "can_order": request.env["portal.cart"]._is_offered(),
            "default_url": "/my/orders",
            "support": request.env.company.sudo()._get_portal_support(),
        }

    def _get_order_sortings(self):
        env = request.env
        sortings = {
            "date": {"label": env._("Newest"), "order": "confirmed_on desc, id desc"},
            "eta": {"label": env._("ETA"), "order": "eta_last, confirmed_on desc, id desc"},
            "name": {"label": env._("Order"), "order": "name desc, id desc"},
            "reference": {"label": env._("Your reference"), "order": "client_order_ref, id desc"},
            "status": {"label": env._("Status"), "order": "customer_status, id desc"},
            "total": {"label": env._("Amount"), "order": "amount_total desc, id desc"},
        }
        if not env.user._has_access_role("prices"):
            del sortings["total"]
        return sortings

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
            numbers = request.env["sale.line.number"]
            domain &= numbers._get_order_match(search, prefix=True)
        return domain

    def _prepare_order_pager(self, orders_sudo, domain, page, choice):
        """Pages as far as is counted: a thousand orders behind the page that is asked for.

        :return: ``(number of orders as text, pager)``
        """
        page = clean_page(page)
        cap = COUNT_CAP + (page - 1) * self._items_per_page
        total = orders_sudo.search_count(domain, limit=cap + 1)
        pager = portal_pager(
            url="/my/orders",
            total=total,
            page=page,
            step=self._items_per_page,
            url_args={name: value for name, value in choice.items() if value},
        )
        return f"{COUNT_CAP}+" if total > COUNT_CAP else str(total), pager

    def _prepare_order_rows(self, orders_sudo, fmt):
        shipped = self._get_last_shipments(orders_sudo)
        late = self._get_late_counts(orders_sudo)
        labels = self._get_status_labels()
        return [
            {
                "id": order.id,
                "name": order.name,
                "reference": order.client_order_ref,
                "date": fmt.day(order.confirmed_on),
                "status": labels.get(order.customer_status, ""),
                "tone": STATUS_TONES.get(order.customer_status, ("gr", "")),
                "late_count": late.get(order.id, 0),
                "eta_state": order.eta_state,
                "eta": fmt.period(order.eta_first, order.eta_last, order.eta_state == "partial"),
                "shipped": fmt.day(shipped.get(order.id, (False, 0))[0]),
                "shipments": shipped.get(order.id, (False, 0))[1],
                "total": fmt.money(order.amount_total, order.currency_id),
            }
            for order in orders_sudo
        ]

    def _get_status_labels(self):
        return request.env["sale.line.list"]._get_status_labels()

    def _get_late_counts(self, orders_sudo):
        """:return: ``{order_id: number of lines that come later than promised}``"""
        lines_sudo = request.env["sale.order.line"].sudo()  # of orders inside the access domain
        open_orders = orders_sudo.filtered(lambda order: order.customer_status in OPEN_STATUSES)
        domain = lines_sudo._get_late_domain() & Domain("order_id", "in", open_orders.ids)
        groups = lines_sudo._read_group(domain, ["order_id"], ["__count"])
        return {order.id: count for order, count in groups}

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
