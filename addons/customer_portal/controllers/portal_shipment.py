from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.sql import escape_psql

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.period import get_moment_domain
from ..tools.portal_format import PortalFormat, clean_date, clean_text
from .portal_pages import PortalPages

PAGE_SIZE = 40
SERIAL_LIMIT = 20
PLANNED_STATES = ("waiting", "confirmed", "assigned")
SORTINGS = ("newest", "oldest")


class ShipmentPortal(CustomerPortal):
    @http.route("/my/shipments", type="http", auth="user", website=True, readonly=True)
    def portal_my_shipments(self, **kw):
        """What was shipped, what is expected and what came back, of all orders."""
        fmt = PortalFormat(request.env)
        filters = self._get_shipment_filters(kw)
        parts = self._get_shipment_parts(filters)
        pages = PortalPages(request.env, parts, PAGE_SIZE, kw.get("page"))
        found = pages.search(oldest_first=filters["sort"] == "oldest")
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="shipments",
            portal_page="shipments",
            fmt=fmt,
            filters=filters,
            shows=self._get_shipment_shows(),
            sortings=self._get_shipment_sortings(),
            is_filtered=bool(filters["search"] or filters["date_from"] or filters["date_to"]),
            shipments=self._prepare_mixed_shipments(found, fmt),
            pages=pages,
        )
        return request.render("customer_portal.portal_my_shipments", values)

    # --- filters --------------------------------------------------------------------------------

    def _get_shipment_filters(self, params):
        """Known filters with values that make sense; what does not is left out."""
        show, sort = params.get("show"), params.get("sort")
        usual = "oldest" if show == "expected" else "newest"
        return {
            "show": show if show in self._get_shipment_shows() else "shipped",
            "sort": sort if sort in SORTINGS else usual,
            "search": clean_text(params.get("search")),
            "date_from": clean_date(params.get("date_from")),
            "date_to": clean_date(params.get("date_to")),
        }

    def _get_shipment_shows(self):
        return {
            "shipped": request.env._("Shipped"),
            "expected": request.env._("Expected"),
            "returned": request.env._("Returns"),
            "all": request.env._("All"),
        }

    def _get_shipment_sortings(self):
        return {
            "newest": request.env._("Newest first"),
            "oldest": request.env._("Oldest first"),
        }

    def _get_shipment_parts(self, filters):
        """Parts of the merged list: shipped, planned and returned goods."""
        mailed = self._get_mailed_domain(filters)
        returned = self._get_returned_domain()
        domain = request.env.user._get_access_domain("stock.picking")
        if filters["search"]:
            domain &= self._get_shipment_search_domain(filters["search"])
        done = domain & Domain("state", "=", "done")
        days = (filters["date_from"], filters["date_to"])
        done &= get_moment_domain(request.env, "date_done", *days)
        planned = domain & Domain("state", "in", PLANNED_STATES)
        planned &= get_moment_domain(request.env, "scheduled_date", *days)
        parts = {
            "shipped": [
                ("picking", "stock.picking", done & ~returned, "date_done"),
                ("mailed", "sale.line.delivery", mailed, "date"),
            ],
            "expected": [("picking", "stock.picking", planned & ~returned, "scheduled_date")],
            "returned": [
                ("picking", "stock.picking", done & returned, "date_done"),
                ("picking", "stock.picking", planned & returned, "scheduled_date"),
            ],
        }
        if filters["show"] == "all":
            return [part for group in parts.values() for part in group]
        return parts[filters["show"]]

    def _get_returned_domain(self):
        """What comes from a customer; by a list of ids PostgreSQL knows how little that is."""
        places_sudo = request.env["stock.location"].sudo().with_context(active_test=False)
        customers_sudo = places_sudo.search([("usage", "=", "customer")])
        return Domain("location_id", "in", customers_sudo.ids)

    def _get_mailed_domain(self, filters):
        """Deliveries by e-mail in the period, by order or own reference."""
        domain = request.env.user._get_access_domain("sale.line.delivery")
        if filters["date_from"]:
            domain &= Domain("date", ">=", filters["date_from"])
        if filters["date_to"]:
            domain &= Domain("date", "<=", filters["date_to"])
        if filters["search"]:
            domain &= Domain("order_id", "any", self._get_order_search_domain(filters["search"]))
        return domain

    def _get_order_search_domain(self, text):
        pattern = escape_psql(text)
        domain = request.env.user._get_access_domain("sale.order")
        return domain & (
            Domain("name", "ilike", pattern) | Domain("client_order_ref", "ilike", pattern)
        )

    def _get_shipment_search_domain(self, text):
        """Slip, tracking number, order, own reference, or the serial of a unit in it."""
        pattern = escape_psql(text)
        numbers = request.env["sale.line.number"]
        lots = numbers._find_ids("stock.lot", numbers._get_serial_match(text, prefix=True))
        return (
            Domain("name", "ilike", pattern)
            | Domain("carrier_tracking_ref", "ilike", pattern)
            | Domain("sale_id", "any", self._get_order_search_domain(text))
            | Domain("move_line_ids", "any", Domain("lot_id", "in", lots))
        )

    # --- rows -----------------------------------------------------------------------------------

    def _prepare_mixed_shipments(self, found, fmt):
        """Rows of the merged list, in its order."""
        picking_ids = [record_id for key, record_id in found if key == "picking"]
        mailed_ids = [record_id for key, record_id in found if key == "mailed"]
        # sudo: found inside the access domain
        pickings_sudo = request.env["stock.picking"].sudo().browse(picking_ids)
        mailed_sudo = request.env["sale.line.delivery"].sudo().browse(mailed_ids)
        rows = {
            "picking": dict(
                zip(picking_ids, self._prepare_shipment_rows(pickings_sudo, fmt), strict=True)
            ),
            "mailed": dict(zip(mailed_ids, self._prepare_mailed_rows(mailed_sudo), strict=True)),
        }
        return [rows[key][record_id] for key, record_id in found]

    def _prepare_mailed_rows(self, deliveries_sudo):
        """What pages show of deliveries by e-mail, one row each."""
        return [
            {
                "mailed": {
                    "date": delivery.date,
                    "quantity": delivery.quantity,
                    "name": delivery.product_id.name,
                    "keys": delivery._get_keys(),
                },
                "order": delivery.order_id,
            }
            for delivery in deliveries_sudo
        ]

    def _get_address_text(self, partner_sudo):
        """Name and city in one line."""
        name = partner_sudo.name or partner_sudo.parent_id.name
        return ", ".join(filter(None, (name, partner_sudo.city)))

    def _prepare_shipment_rows(self, pickings_sudo, fmt):
        """What pages show of shipments and returns.

        :param pickings_sudo: ``stock.picking`` inside the access domain of the user
        """
        contents = pickings_sudo._get_customer_contents()
        planned_sudo = pickings_sudo.filtered(lambda picking: picking.state != "done")
        expected = planned_sudo._get_expected_ships(fmt.today)
        return [
            {
                "picking": picking,
                "order": picking.sale_id,
                "carrier": picking.carrier_id.name,
                "links": picking._get_tracking_links(),
                "contents": contents[picking.id],
                "address": self._get_address_text(picking._get_customer_address()),
                "is_return": picking._is_customer_return(),
                "expected": expected.get(picking.id),
            }
            for picking in pickings_sudo
        ]
