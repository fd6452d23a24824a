from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.portal_format import PortalFormat, clean_text
from ..tools.record_id import MAX_ID


class SerialPortal(CustomerPortal):
    @http.route("/my/serials", type="http", auth="user", website=True, readonly=True)
    def portal_my_serials(self, number="", **kw):
        """A serial by its number; where several products have it, the search lists them."""
        serials = request.env["sale.line.serial"]
        number = clean_text(number)
        lots_sudo = serials._find_serials(number) if number else ()
        if len(lots_sudo) == 1:
            return request.redirect(lots_sudo._get_portal_url(), code=303)
        return request.redirect_query("/my/search", {"q": number}, code=303)

    @http.route("/my/serials/<int:lot_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_serial(self, lot_id, **kw):
        """Everything of one unit that was delivered to the customer; 404 for other units."""
        lot_sudo, events = self._get_own_serial(lot_id)
        product = lot_sudo.product_id
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="serial",
            portal_page="serial",
            lot=lot_sudo,
            product=product,
            code=self._get_customer_code(product, events),
            is_back=events[-1]["is_back"],
            changed_on=events[-1]["item"].date,
            sections=self._get_sections(lot_sudo, events),
            fmt=PortalFormat(request.env),
        )
        return request.render("customer_portal.portal_my_serial", values)

    def _get_own_serial(self, lot_id):
        """The serial (sudo) and its events; 404 when the customer never had it."""
        if not 0 < lot_id <= MAX_ID:
            raise NotFound()
        lot_sudo = request.env["stock.lot"].sudo().browse(lot_id)
        events = request.env["sale.line.serial"]._get_history(lot_sudo).get(lot_id)
        if not events:
            raise NotFound()
        return lot_sudo, events

    def _get_sections(self, lot_sudo, events):
        sections = request.env["sale.line.serial"]._prepare_serial_sections(lot_sudo, events)
        filled = [section for section in sections if section["rows"]]
        return sorted(filled, key=lambda section: section["sequence"])

    def _get_customer_code(self, product, events):
        codes_sudo = request.env["product.customer.code"].sudo()  # the customer's own
        partner = events[-1]["line"].order_partner_id
        return codes_sudo._get_codes(partner, product).get(product.id)
