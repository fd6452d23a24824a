from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.portal_format import OPEN_STATUSES, PortalFormat
from .portal_eta import prepare_eta_cell
from .portal_pages import COUNT_CAP

LATE_LIMIT = 10
DOCUMENT_LIMIT = 5
LATE_FIELDS = [
    *("product_id", "order_id", "product_uom_qty", "customer_open_qty"),
    *("eta_first", "eta_last", "eta_state", "eta_slices", "eta_ship_first", "eta_ship_last"),
    *("eta_promised", "eta_changed_on", "eta_after_hardware"),
]
INVOICE_FIELDS = ["name", "move_type", "invoice_date", "amount_total", "currency_id"]
SLIP_FIELDS = ["name", "date_done"]


def get_capped_text(count):
    """A number as the tiles show it."""
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


class HomePortal(CustomerPortal):
    @http.route(readonly=lambda *_args: True)
    def home(self, **kw):
        """The first line answers: what is late, what arrives, what is open."""
        response = super().home(**kw)
        if request.env.user._is_portal():
            response.qcontext.update(self._prepare_home_values())
        return response

    def _prepare_home_values(self):
        fmt = PortalFormat(request.env)
        tiles = sorted(self._prepare_home_tiles(), key=lambda tile: tile["sequence"])
        late_count = next((tile["value"] for tile in tiles if tile["key"] == "late"), 0)
        return {
            "portal_page": "home",
            "fmt": fmt,
            "greeting": self._get_greeting(),
            "tiles": [{**tile, "text": get_capped_text(tile["value"])} for tile in tiles],
            "late_text": self._get_late_text(late_count),
            "late_lines": self._prepare_late_lines(fmt),
            "documents": self._prepare_latest_documents(fmt),
            "support": request.env.company.sudo()._get_portal_support(),
        }

    def _get_greeting(self):
        user = request.env.user
        hour = fields.Datetime.context_timestamp(user, fields.Datetime.now()).hour
        name = user.name.split()[0] if user.name else ""
        if hour < 12:
            return request.env._("Good morning, %(name)s", name=name)
        if hour < 18:
            return request.env._("Good afternoon, %(name)s", name=name)
        return request.env._("Good evening, %(name)s", name=name)

    def _prepare_home_tiles(self):
        """Figures at the top of the home page; add-ons above override and add their own.

        :return: list of ``{'key', 'label', 'value', 'url', 'tone', 'sequence'}``; the value is a
            number, above a thousand shown as "1000+"; the tone is bad, warn or nothing
        """
        user = request.env.user
        lines_sudo = request.env["sale.order.line"].sudo()  # inside the access domain only
        orders_sudo = request.env["sale.order"].sudo()
        late, arriving = lines_sudo._count_open_lines(user._get_access_domain("sale.order.line"))
        domain = user._get_access_domain("sale.order")
        domain &= Domain("customer_status", "in", OPEN_STATUSES)
        return [
            self._prepare_tile("late", late, 10, "bad"),
            self._prepare_tile("arriving", arriving, 20),
            self._prepare_tile("open", orders_sudo.search_count(domain, limit=COUNT_CAP + 1), 40),
        ]

    def _prepare_tile(self, key, value, sequence, tone=""):
        labels = {
            "late": request.env._("lines later than first promised"),
            "arriving": request.env._("lines arriving this week"),
            "open": request.env._("open orders"),
        }
        if value == 1:
            labels = {
                "late": request.env._("line later than first promised"),
                "arriving": request.env._("line arriving this week"),
                "open": request.env._("open order"),
            }
        urls = {
            "late": "/my/lines?late=1",
            "arriving": "/my/lines?arriving=1",
            "open": "/my/orders?filterby=open",
        }
        return {
            "key": key,
            "label": labels[key],
            "value": value,
            "url": urls[key],
            "tone": tone if value else "",
            "sequence": sequence,
        }

    def _get_late_text(self, count):
        """The link to all late lines; nothing when all of them are on the page."""
        if count <= LATE_LIMIT:
            return ""
        return request.env._("See all %(count)s late lines", count=get_capped_text(count))

    def _get_late_domain(self):
        """Open lines of the user that come later than first promised."""
        lines = request.env["sale.order.line"]
        return request.env.user._get_access_domain("sale.order.line") & lines._get_late_domain()

    def _prepare_late_lines(self, fmt):
        lines_sudo = request.env["sale.order.line"].sudo()  # inside the access domain only
        found_sudo = lines_sudo.search_fetch(
            self._get_late_domain(), LATE_FIELDS, limit=LATE_LIMIT, order="eta_last desc, id"
        )
        found_sudo.order_id.fetch(["name", "client_order_ref"])
        found_sudo.product_id.fetch(["product_tmpl_id", "default_code"])
        found_sudo.product_id.product_tmpl_id.fetch(["name", "maker_part_number"])
        return [
            {
                "line": line,
                "product": line.product_id,
                "order": line.order_id,
                "eta": prepare_eta_cell(line, fmt),
            }
            for line in found_sudo
        ]

    def _prepare_latest_documents(self, fmt):
        """The newest invoices, credit notes and delivery slips together."""
        documents = self._prepare_latest_invoices(fmt) + self._prepare_latest_slips(fmt)
        return sorted(documents, key=lambda one: one["date"], reverse=True)[:DOCUMENT_LIMIT]

    def _prepare_latest_invoices(self, fmt):
        domain = request.env.user._get_access_domain("account.move")
        domain &= Domain("move_type", "in", ("out_invoice", "out_refund"))
        moves_sudo = request.env["account.move"].sudo()  # inside the access domain only
        found_sudo = moves_sudo.search_fetch(
            domain, INVOICE_FIELDS, limit=DOCUMENT_LIMIT, order="invoice_date desc, id desc"
        )
        return [
            {
                "name": move.name,
                "kind": request.env._("invoice")
                if move.move_type == "out_invoice"
                else request.env._("credit note"),
                "date": move.invoice_date,
                "url": f"/my/invoices/{move.id}",
                "note": fmt.money(move.amount_total * -move.direction_sign, move.currency_id),
            }
            for move in found_sudo
        ]

    def _prepare_latest_slips(self, fmt):
        domain = request.env.user._get_access_domain("stock.picking")
        domain &= Domain("state", "=", "done") & Domain("picking_type_id.code", "!=", "incoming")
        pickings_sudo = request.env["stock.picking"].sudo()  # inside the access domain only
        found_sudo = pickings_sudo.search_fetch(
            domain, SLIP_FIELDS, limit=DOCUMENT_LIMIT, order="date_done desc, id"
        )
        return [
            {
                "name": picking.name,
                "kind": request.env._("delivery slip"),
                "date": fmt.local_day(picking.date_done),
                "url": f"/my/picking/pdf/{picking.id}",
                "note": "PDF",
            }
            for picking in found_sudo
        ]
