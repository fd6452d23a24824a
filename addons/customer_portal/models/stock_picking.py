import re
from contextlib import suppress
from urllib.parse import quote, urlsplit

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .sale_line_number import TRACKING_NUMBERS, get_number_index

# Carriers' numbers come one after the other in one field.
TRACKING_SEPARATORS = re.compile(r"[\s,;]+")
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
    "priority",  # by which core sorts where nothing else is asked
}


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking.hold", "stock.picking"]

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

    @api.depends(
        "sale_id.partner_id",
        "partner_id",
        "picking_type_id.code",
        "location_id.usage",
        "location_dest_id.usage",
    )
    def _compute_customer_partner_id(self):
        for picking in self:
            is_to_vendor = picking.location_dest_id.usage == "supplier"
            going = picking.picking_type_id.code in SHIPMENT_CODES and not is_to_vendor
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

    def message_post_with_source(self, source_ref, **kwargs):
        """As core, which mails the contact of a delivery: not about what portal users are told of
        by their own choice.

        :param source_ref: view or ``mail.template``, or its XML id
        :return: the ``mail.message``; empty when there is none
        """
        told_ids = self.env.context.get("portal_told_picking_ids", ())
        core_template = self.company_id.stock_mail_confirmation_template_id
        if len(self) == 1 and self.id in told_ids and source_ref == core_template:
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)

    def _send_confirmation_email(self):
        told = self.filtered(lambda picking: picking._queue_shipped_mail())
        pickings = self.with_context(portal_told_picking_ids=told.ids) if told else self
        return super(StockPicking, pickings)._send_confirmation_email()

    def _queue_shipped_mail(self):
        """Tell portal users that their goods left; returns and what replaces them are no news.

        :return: ``res.users`` (sudo) whom the order of the shipment concerns
        """
        self.ensure_one()
        picking_sudo = self.sudo()  # clerks of the warehouse have no right on orders
        moves = picking_sudo.move_ids.filtered(lambda move: move.sale_line_id)
        if not picking_sudo.sale_id or not moves._get_customer_shipped_moves():
            return self.env["res.users"]
        notifications_sudo = self.env["portal.notification"].sudo()
        return notifications_sudo._queue("shipped", picking_sudo.sale_id, picking_id=self.id)

    def _is_customer_return(self):
        """Whether goods come back from the customer."""
        return self.location_id.usage == "customer"

    def _get_tracking_links(self):
        """Numbers and pages of the carrier.

        :return: ``[(number, url or False)]``; one pair per parcel where there are several, a page
            that is no web address is no link
        :rtype: list
        """
        self.ensure_one()
        trackers = self.get_multiple_carrier_tracking()
        if trackers and isinstance(trackers, list):
            pairs = [pair for pair in trackers if isinstance(pair, list) and len(pair) == 2]
            return [(str(number), self._get_safe_url(url)) for number, url in pairs]
        reference = self.carrier_tracking_ref or ""
        numbers = list(dict.fromkeys(TRACKING_SEPARATORS.split(reference.strip(" ,;\t\r\n"))))
        url = self._get_safe_url(self.carrier_tracking_url)
        return [
            (number, url and url.replace(reference, quote(number, safe="")))
            for number in numbers
            if number
        ]

    @api.model
    def _get_safe_url(self, url):
        """The address when a browser opens nothing but a web page with it, else False."""
        with suppress(ValueError):
            parts = urlsplit(url if isinstance(url, str) else "")
            if parts.scheme in ("http", "https") and parts.netloc:
                return url.strip()
        return False

    def _get_customer_address(self):
        """Where the goods go (``res.partner``, sudo); nothing for what comes back."""
        self.ensure_one()
        picking_sudo = self.sudo()  # portal users have no rights on moves
        if picking_sudo._is_customer_return():
            return picking_sudo.partner_id.browse()
        # the partner of a drop-shipment is the vendor
        move_partner = picking_sudo.move_ids.partner_id[:1]
        if picking_sudo.picking_type_id.code == "dropship":
            return move_partner or picking_sudo.sale_id.partner_shipping_id
        return picking_sudo.partner_id or move_partner

    def _get_customer_contents(self):
        """What shipments hold, for the customer.

        :return: ``{picking_id: [{'name', 'quantity', 'serials': stock.lot}]}``: what is done, else
            what is planned, in the unit of the move; one entry per product
        :rtype: dict
        """
        contents = {picking.id: {} for picking in self}
        for move in self.sudo().move_ids:  # portal users have no rights on moves
            done = move.state == "done"
            quantity = move.quantity if done else move.product_uom_qty
            if move.state == "cancel" or not quantity:
                continue
            entry = contents[move.picking_id.id].setdefault(
                (move.product_id.id, move.product_uom.id),
                {
                    "name": move.product_id.name,
                    "quantity": 0.0,
                    "serials": self.env["stock.lot"].sudo(),
                },
            )
            entry["quantity"] += quantity
            if done:
                entry["serials"] |= move.move_line_ids.lot_id
        return {picking_id: list(entries.values()) for picking_id, entries in contents.items()}

    def _get_expected_ships(self, today):
        """When planned shipments are expected to leave.

        :param today: the customer's day (date)
        :return: ``{picking_id: (first, last, is_open)}`` over the order lines; days (date) or
            False, and whether a part has no day yet
        :rtype: dict
        """
        expected = {}
        for picking in self.sudo():  # portal users have no rights on moves
            etas = [
                line._get_portal_eta(today)
                for line in picking.move_ids.sale_line_id
                if line.customer_open_qty > 0
            ]
            days = [day for eta in etas for day in (eta["ship_first"], eta["ship_last"]) if day]
            is_open = any(eta["state"] in ("unknown", "partial") for eta in etas)
            expected[picking.id] = (min(days, default=False), max(days, default=False), is_open)
        return expected
