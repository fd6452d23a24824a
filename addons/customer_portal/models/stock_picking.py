from odoo import models

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
