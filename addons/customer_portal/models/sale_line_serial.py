from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# So many serials are looked at one by one; few enough for PostgreSQL to read them by the index.
FIRST_PROBED, PROBED = 200, 500
# What is read of the move of a unit.
ITEM_FIELDS = ["lot_id", "move_id", "location_id", "location_dest_id"]


class SaleLineSerial(models.AbstractModel):
    """What a customer may know of single units: his own part of their history."""

    _name = "sale.line.serial"
    _description = "History of Serial Numbers"

    @api.model
    def _find_serials(self, number, prefix=False, limit=None):
        """Serials with this number that were delivered to the user's customer.

        :param str number: as typed or scanned
        :param bool prefix: whether the beginning is enough
        :param int limit: how many at most
        :return: ``stock.lot`` (sudo), of each product its own
        """
        lots_sudo = self.env["stock.lot"].sudo()  # inside the access domain only
        match = self.env["sale.line.number"]._get_serial_match(number, prefix)
        few = self._find_first_lots(number, prefix)
        if not few:
            return lots_sudo
        delivered = self._get_delivered_domain()
        for lot_ids in (few[:FIRST_PROBED], few):
            own = delivered & Domain("id", "in", lot_ids)
            found = lots_sudo.search(own, limit=limit, order="name, id")
            is_all = len(lot_ids) == len(few) <= PROBED
            if is_all or (limit and len(found) >= limit):
                return found
        return lots_sudo.search(delivered & match, limit=limit, order="id")

    @api.model
    def _find_first_lots(self, number, prefix):
        """Serials of anybody, a few more than are looked at one by one (ids): very many may begin
        alike, and whoever has some of them has them among the first.
        """
        numbers = self.env["sale.line.number"]
        lots_sudo = self.env["stock.lot"].sudo()
        found = []
        for key in numbers._get_serial_variants(number):
            query = lots_sudo._search(
                numbers._get_match_domain("name", key, prefix), limit=PROBED + 1
            )
            # the order of the index, so that no more lots are read than are wanted
            query.order = SQL("%s USING ~<~", numbers._get_number_sql("name", lots_sudo, query))
            found += query.get_result_ids()
        return found

    @api.model
    def _get_delivered_domain(self):
        """Serials that were delivered to the user's customer (``stock.lot``)."""
        items_sudo = self.env["stock.move.line"].sudo()  # inside the access domain only
        own = self.env.user._get_access_domain("sale.order.line")
        moved = Domain("state", "=", "done") & Domain("lot_id", "!=", False)
        delivered = self.env["stock.move"]._get_customer_domain()  # not merely picked for him
        moved &= Domain("move_id", "any", Domain("sale_line_id", "any", own) & delivered)
        lot_ids = items_sudo._search(moved).subselect("lot_id")
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN %s", SQL.identifier(alias, "id"), lot_ids
            )
        )

    @api.model
    def _get_history(self, lots):
        """What happened to units between us and the user's customer, oldest first.

        What came back without an order belongs to whom it was delivered before. What others had
        or gave back is left out.

        :param lots: ``stock.lot``
        :return: ``{lot_id: [{'is_back', 'item': stock.move.line, 'line': sale.order.line}]}``
            (sudo); without an entry for units that the customer never had
        :rtype: dict
        """
        events, holders = [], {}
        items = self._get_customer_items(lots)
        back = self._get_items_back(items)
        for item in items:
            is_back = item in back
            line = item.move_id.sale_line_id
            if is_back:
                line = line or holders.get(item.lot_id.id, line)
            else:
                holders[item.lot_id.id] = line
            events.append({"is_back": is_back, "item": item, "line": line})
        own = self._filter_own_lines({event["line"].id for event in events})
        history = defaultdict(list)
        for event in events:
            if event["line"].id in own:
                history[event["item"].lot_id.id].append(event)
        return dict(history)

    @api.model
    def _get_customer_items(self, lots):
        """Moves of units to customers and back, oldest first (``stock.move.line``, sudo)."""
        moves_sudo = self.env["stock.move"].sudo()  # customers have no right on moves
        domain = Domain("lot_id", "in", lots.ids) & Domain("state", "=", "done")
        domain &= moves_sudo._get_customer_domain()
        items_sudo = moves_sudo.move_line_ids.search_fetch(domain, ITEM_FIELDS, order="date, id")
        outgoing = self._get_outgoing_locations(items_sudo)
        return items_sudo.filtered(
            lambda item: (item.location_dest_id in outgoing) != (item.location_id in outgoing)
        )

    @api.model
    def _get_outgoing_locations(self, items):
        places = items.location_id | items.location_dest_id
        places.fetch(["usage", "parent_path"])
        return places.filtered(lambda place: place._is_outgoing())

    @api.model
    def _get_items_back(self, items):
        """Those of the moves of units that came from a customer."""
        outgoing = self._get_outgoing_locations(items)
        return items.filtered(lambda item: item.location_id in outgoing)

    @api.model
    def _filter_own_lines(self, line_ids):
        """Those of the order lines that the user may see, by id."""
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("id", "in", list(filter(None, line_ids)))
        return set(self.env["sale.order.line"].sudo()._search(domain).get_result_ids())

    # --- the page of a serial -------------------------------------------------------------------

    @api.model
    def _prepare_serial_sections(self, lot, events):
        """What the page of a serial shows below the article; add-ons above add their own.

        :param lot: ``stock.lot`` (sudo)
        :param list events: of the unit, from ``_get_history``
        :return: ``[{'key', 'title', 'sequence', 'rows': [{'date', 'label', 'url', 'note',
            'badge': (tone, text) or nothing, 'links': [(text, url or False)]}]}]``; a section
            without rows is left out
        :rtype: list
        """
        env = self.env
        return [
            {
                "key": "shipments",
                "title": env._("Shipments and returns"),
                "sequence": 10,
                "rows": self._prepare_shipment_rows(events),
            },
            {
                "key": "orders",
                "title": env._("Orders"),
                "sequence": 20,
                "rows": self._prepare_order_rows(events),
            },
            {
                "key": "invoices",
                "title": env._("Invoices and credit notes"),
                "sequence": 30,
                "rows": self._prepare_invoice_rows(events),
            },
        ]

    @api.model
    def _prepare_shipment_rows(self, events):
        """What was delivered and what came back, the newest first."""
        pickings = self.env["stock.picking"].union(*(event["item"].picking_id for event in events))
        own = self._filter_own("stock.picking", pickings)
        rows, delivered = [], False
        for event in events:
            row = self._prepare_shipment_row(event, delivered, own)
            delivered = delivered or not event["is_back"]
            rows.insert(0, row)
        return rows

    @api.model
    def _prepare_shipment_row(self, event, is_again, own):
        picking = event["item"].picking_id & own
        if event["is_back"]:
            badge = ("gr", "\N{LEFTWARDS ARROW WITH HOOK} " + self.env._("came back"))
        elif is_again:
            badge = ("ok", "\N{CHECK MARK} " + self.env._("delivered again"))
        else:
            badge = ("ok", "\N{CHECK MARK} " + self.env._("delivered"))
        links = picking._get_tracking_links() if picking else []
        if picking and not event["is_back"]:
            links = [(self.env._("Slip as PDF"), f"/my/picking/pdf/{picking.id}"), *links]
        order = event["line"].order_id
        return {
            "date": picking.date_done or event["item"].date,
            "label": picking.name or order.name,
            "url": f"/my/orders/{order.id}#shipment-{picking.id}" if picking.sale_id else False,
            "note": picking.carrier_id.name or "",
            "badge": badge,
            "links": links,
        }

    @api.model
    def _prepare_order_rows(self, events):
        lines = self.env["sale.order.line"].sudo().union(*(event["line"] for event in events))
        return [
            {
                "date": line.order_id.confirmed_on,
                "label": line.order_id.name,
                "url": line._get_portal_url(),
                "note": line.order_id.client_order_ref or "",
                "badge": None,
                "links": [],
            }
            for line in lines.sorted("confirmed_on", reverse=True)
        ]

    @api.model
    def _prepare_invoice_rows(self, events):
        lines = self.env["sale.order.line"].sudo().union(*(event["line"] for event in events))
        items = lines.invoice_lines.filtered(lambda item: item.parent_state == "posted")
        own = self._filter_own("account.move", items.move_id)
        pdf = self.env._("PDF")
        return [
            {
                "date": move.invoice_date,
                "label": move.name,
                "url": f"/my/invoices/{move.id}",
                "note": self.env._("credit note")
                if move.move_type == "out_refund"
                else self.env._("invoice"),
                "badge": None,
                "links": [(pdf, f"/my/invoices/{move.id}?report_type=pdf&download=true")],
            }
            for move in own.sorted(lambda move: (move.invoice_date, move.id), reverse=True)
        ]

    @api.model
    def _filter_own(self, model_name, records):
        """Those of the records (sudo) that the user may see."""
        domain = self.env.user._get_access_domain(model_name) & Domain("id", "in", records.ids)
        return self.env[model_name].sudo().search(domain)
