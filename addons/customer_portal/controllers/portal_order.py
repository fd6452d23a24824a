from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from ..tools.eta_text import OPEN_ETA_STATES
from ..tools.portal_format import STATUS_TONES, PortalFormat
from ..tools.record_id import MAX_ID
from ..tools.typed_number import read_number
from .portal_eta import prepare_eta_cell
from .portal_order_history import OrderHistory
from .portal_order_list import OrderListPortal
from .portal_shipment import PLANNED_STATES, ShipmentPortal

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


class OrderPortal(OrderListPortal, ShipmentPortal):
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
        if amount := read_number(kw.pop("payment_amount", None)):  # core stumbles over "nan"
            kw["payment_amount"] = amount
        if request.env.user._is_public():
            return super().portal_order_page(
                order_id, report_type=report_type, access_token=access_token, **kw
            )
        order_sudo = self._get_own_order(order_id)
        self._ensure_prices(order_sudo, report_type)
        if not request.env.user._has_access_role("prices"):
            kw.pop("payment_amount", None)  # the page of Odoo that takes a payment shows prices
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

    def _ensure_prices(self, order_sudo, report_type):
        """The confirmation of an order shows prices; who has no role for them gets none."""
        is_document = order_sudo.confirmed_on and report_type in DOCUMENT_REPORTS
        if is_document and not request.env.user._has_access_role("prices"):
            raise NotFound()

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
        can_see_prices = request.env.user._has_access_role("prices")
        shipments = self._prepare_shipments(order_sudo, fmt)
        invoices = self._prepare_invoices(order_sudo, fmt) if can_see_prices else []
        deliveries = lines_sudo._get_email_deliveries()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="order_page",
            portal_page="orders",
            order=order_sudo,
            facts=facts,
            fmt=fmt,
            tone=STATUS_TONES.get(order_sudo.customer_status, ("gr", "")),
            status=self._get_status_labels().get(order_sudo.customer_status),
            steps=self._prepare_steps(order_sudo, lines_sudo, facts, fmt),
            rows=self._prepare_line_rows(order_sudo, lines_sudo, facts, fmt),
            shipments=shipments,
            invoices=invoices,
            deliveries=deliveries,
            history=OrderHistory(fmt).get_events(
                order_sudo, lines_sudo, shipments, invoices, deliveries
            ),
            contact=self._get_order_contact(order_sudo),
            amounts=order_sudo._get_portal_amounts() if can_see_prices else {},
            can_see_prices=can_see_prices,
            can_order=request.env["portal.cart"]._is_offered(),
            has_open_eta=any(line.eta_state in OPEN_ETA_STATES for line in lines_sudo),
        )
        return values

    def _prepare_line_rows(self, order_sudo, lines_sudo, facts, fmt):
        codes = (
            request.env["product.customer.code"]
            .sudo()
            ._get_codes(order_sudo.partner_id, lines_sudo.product_id)
        )
        changes = lines_sudo.eta_change_ids.grouped("sale_line_id")
        statuses = self._get_status_labels()
        return [
            {
                "line": line,
                "product": line.product_id,
                "code": codes.get(line.product_id.id),
                "eta": prepare_eta_cell(line, fmt, facts[line.id]["last_ship_date"]),
                "changes": changes.get(line, ()),
                "serials": facts[line.id]["serials"],
                "tone": STATUS_TONES.get(line.customer_status, ("gr", "")),
                "status": statuses.get(line.customer_status, ""),
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
        waits = any(line.eta_state in OPEN_ETA_STATES for line in lines_sudo)
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

    def _prepare_shipments(self, order_sudo, fmt):
        """Shipments and returns of the order inside the access domain: what is planned first,
        then the newest.
        """
        domain = request.env.user._get_access_domain("stock.picking")
        domain &= Domain("sale_id", "=", order_sudo.id)
        domain &= Domain("state", "in", (*PLANNED_STATES, "done"))
        pickings_sudo = request.env["stock.picking"].sudo()  # inside the access domain only
        found_sudo = pickings_sudo.search(domain, order="date_done desc, id desc")
        return self._prepare_shipment_rows(found_sudo, fmt)

    def _prepare_invoices(self, order_sudo, fmt):
        """Posted invoices and credit notes of the order with the state of their payment."""
        domain = request.env.user._get_access_domain("account.move")
        domain &= Domain("id", "in", order_sudo.invoice_ids.ids)
        moves_sudo = request.env["account.move"].sudo()  # inside the access domain only
        return [
            {
                "move": move,
                "is_credit": move.move_type == "out_refund",
                "amount": fmt.money(move.amount_total * -move.direction_sign, move.currency_id),
                "payment": self._prepare_payment(move, fmt),
            }
            for move in moves_sudo.search(domain, order="invoice_date, id")
        ]

    def _prepare_payment(self, move, fmt):
        """Sign, word and tone of what is paid of an invoice; nothing where nothing is to say."""
        env, state, due = request.env, move.payment_state, move.invoice_date_due
        if state in ("paid", "in_payment"):
            return ("ok", "\N{CHECK MARK}", env._("Paid"))
        if state == "reversed":
            return ("gr", "\N{LEFTWARDS ARROW WITH HOOK}", env._("Credited"))
        if state not in ("not_paid", "partial"):
            return None
        if move.move_type == "out_refund":
            return ("in", "\N{BLACK CIRCLE}", env._("Open credit"))
        left = fmt.money(move.amount_residual, move.currency_id)
        if due and due < fmt.today:
            text = env._("%(amount)s overdue since %(day)s", amount=left, day=fmt.day(due))
            return ("ba", "\N{BLACK UP-POINTING TRIANGLE}", text)
        sign = "\N{CIRCLE WITH LEFT HALF BLACK}" if state == "partial" else "\N{BLACK CIRCLE}"
        text = env._("%(amount)s due on %(day)s", amount=left, day=fmt.day(due or fmt.today))
        return ("wa" if state == "partial" else "in", sign, text)

    def _get_order_contact(self, order_sudo):
        """Who looks after the order at our side (``res.partner``, sudo): the salesperson of the
        order, else of the customer.
        """
        return order_sudo.user_id.partner_id or request.env.user._get_portal_contact()

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
        order_token = picking_sudo.customer_partner_id and picking_sudo.sale_id.access_token
        if not access_token or not order_token or not consteq(order_token, access_token):
            raise NotFound()
        return picking_sudo
