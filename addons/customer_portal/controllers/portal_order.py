from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from .portal import MAX_ID
from .portal_eta import prepare_eta_cell
from .portal_format import STATUS_TONES, PortalFormat
from .portal_order_list import OrderListPortal

WRITING_ARGUMENTS = {"access_token", "report_type", "payment_amount"}
DOCUMENT_REPORTS = ("html", "pdf", "text")


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


class OrderPortal(OrderListPortal):
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
