from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .sale_line_number import TRACKING_NUMBERS, get_number_index

SHIPMENT_CODES = ("outgoing", "dropship")
PORTAL_FIELDS = {
    "id",
    "display_name",
    "name",
    "state",
    "sale_id",
    "company_id",
    "date_done",
    "scheduled_date",
    "carrier_id",
    "carrier_tracking_ref",
    "carrier_tracking_url",
    "picking_type_code",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    customer_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_customer_partner_id",
        store=True,
        help="Of what goes to a customer or comes back: who ordered, without an order the contact.",
    )

    _customer_idx = models.Index("(customer_partner_id, date_done DESC)")
    # The newest of a customer with many shipments are near the newest of all.
    _done_idx = models.Index("(date_done DESC) WHERE state = 'done'")
    _number_idx = models.Index(get_number_index("name"))
    _tracking_idx = models.Index(
        f"USING gin (({TRACKING_NUMBERS % (('carrier_tracking_ref',) * 2)}))"
    )

    @api.depends("sale_id.partner_id", "partner_id", "picking_type_id.code", "location_id.usage")
    def _compute_customer_partner_id(self):
        for picking in self:
            going = picking.picking_type_id.code in SHIPMENT_CODES
            is_customers = going or picking.location_id.usage == "customer"
            picking.customer_partner_id = is_customers and (
                picking.sudo().sale_id.partner_id or picking.partner_id
            )

    def _auto_init(self):
        """Shipments that were there before the installation get their customer by SQL."""
        is_new = not column_exists(self.env.cr, self._table, "customer_partner_id")
        if is_new:
            create_column(self.env.cr, self._table, "customer_partner_id", "int4")
        result = super()._auto_init()
        if is_new:
            self._fill_customer_partner()
        return result

    def _fill_customer_partner(self):
        self.env.cr.execute(
            """
            UPDATE stock_picking picking
               SET customer_partner_id = COALESCE(sale.partner_id, found.partner_id)
              FROM stock_picking found
              JOIN stock_picking_type kind ON kind.id = found.picking_type_id
              LEFT JOIN stock_location place ON place.id = found.location_id
              LEFT JOIN sale_order sale ON sale.id = found.sale_id
             WHERE found.id = picking.id
               AND (kind.code = ANY(%s) OR place.usage = 'customer')
            """,
            [list(SHIPMENT_CODES)],
        )

    def _has_field_access(self, field, operation):
        """Portal users read what is meant for them: a drop-shipment names the vendor and the
        purchase order in fields of its own.
        """
        if not self.env.su and self.env.user.share and field.name not in PORTAL_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    def _get_tracking_links(self):
        """Numbers and pages of the carrier.

        :return: ``[(number, url or False)]``; one pair per parcel where the carrier names several
        :rtype: list
        """
        self.ensure_one()
        if not self.carrier_tracking_ref:
            return []
        trackers = self.get_multiple_carrier_tracking()
        if trackers and isinstance(trackers, list):
            return [(number, url) for number, url in trackers]
        numbers = [part.strip() for part in self.carrier_tracking_ref.split(",") if part.strip()]
        return [(number, self._get_tracking_url(number, numbers)) for number in numbers]

    def _get_tracking_url(self, number, numbers):
        url = self.carrier_tracking_url
        if not url or url.startswith(("http://", "https://")) is False:
            return False
        if len(numbers) > 1:
            url = url.replace(self.carrier_tracking_ref, number)
        return url

    def _get_customer_contents(self):
        """What a shipment holds, for the customer.

        :return: ``{picking_id: [{'name', 'quantity', 'serials'}]}``, done quantities in the
            unit of the move
        :rtype: dict
        """
        contents = {picking.id: [] for picking in self}
        for move in self.sudo().move_ids:  # portal users have no rights on moves
            if move.state == "done" and move.quantity:
                contents[move.picking_id.id].append(
                    {
                        "name": move.product_id.name,
                        "quantity": move.quantity,
                        "serials": move.move_line_ids.lot_id.mapped("name"),
                    }
                )
        return contents
