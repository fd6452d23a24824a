from datetime import datetime, time, timedelta

import pytz

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.sql import escape_psql

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal_format import PortalFormat, clean_date, clean_text
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
        returned = Domain("location_id.usage", "=", "customer")
        domain = request.env.user._get_access_domain("stock.picking")
        if filters["search"]:
            domain &= self._get_shipment_search_domain(filters["search"])
        done = domain & Domain("state", "=", "done")
        done &= self._get_moment_domain("date_done", filters)
        planned = domain & Domain("state", "in", PLANNED_STATES)
        planned &= self._get_moment_domain("scheduled_date", filters)
        parts = {
            "shipped": [("picking", "stock.picking", done & ~returned, "date_done")],
            "expected": [("picking", "stock.picking", planned & ~returned, "scheduled_date")],
            "returned": [
                ("picking", "stock.picking", done & returned, "date_done"),
                ("picking", "stock.picking", planned & returned, "scheduled_date"),
            ],
        }
        if filters["show"] == "all":
            return [part for group in parts.values() for part in group]
        return parts[filters["show"]]

    def _get_shipment_search_domain(self, text):
        """Slip, tracking number, order, own reference, or the serial of a unit in it."""
        pattern = escape_psql(text)
        orders = request.env.user._get_access_domain("sale.order")
        orders &= Domain("name", "ilike", pattern) | Domain("client_order_ref", "ilike", pattern)
        lots_sudo = request.env["stock.lot"].sudo()  # found within own shipments only
        lots = lots_sudo._search([("name", "=ilike", pattern)])
        return (
            Domain("name", "ilike", pattern)
            | Domain("carrier_tracking_ref", "ilike", pattern)
            | Domain("sale_id", "any", orders)
            | Domain("move_line_ids", "any", Domain("lot_id", "in", lots))
        )

    def _get_moment_domain(self, field_name, filters):
        """Moments within the days asked for, where the user is."""
        domain = Domain.TRUE
        if filters["date_from"]:
            domain &= Domain(field_name, ">=", self._get_midnight(filters["date_from"]))
        if filters["date_to"]:
            day_after = fields.Date.to_date(filters["date_to"]) + timedelta(days=1)
            domain &= Domain(field_name, "<", self._get_midnight(day_after))
        return domain

    def _get_midnight(self, day):
        """The start of a day where the user is, as the database keeps it."""
        midnight = datetime.combine(fields.Date.to_date(day), time.min)
        return request.env.tz.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    # --- rows -----------------------------------------------------------------------------------

    def _prepare_mixed_shipments(self, found, fmt):
        """Rows of the merged list, in its order."""
        pickings_sudo = request.env["stock.picking"].sudo()  # inside the access domain only
        pickings_sudo = pickings_sudo.browse(record_id for key, record_id in found)
        return self._prepare_shipment_rows(pickings_sudo, fmt)

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
