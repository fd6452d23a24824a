from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .sale_order_line import INVOICE_TYPES

# What is read of a record; the others of its many fields are not.
MOVE_FIELDS = [
    *("sale_line_id", "product_id", "location_id", "location_dest_id", "state"),
    *("picking_id", "origin_returned_move_id"),
]


class SaleLineFacts(models.AbstractModel):
    """What happened to order lines so far: invoices, shipments, serials.

    What went to a customer and what came back is told by ``stock.move``; portal and returns read
    it here.
    """

    _name = "sale.line.facts"
    _description = "Facts of Order Lines"

    @api.model
    def _get_facts(self, lines):
        """What happened to lines, read in a fixed number of queries.

        The lines must have been found inside the access domain of the user.

        :return: ``{line_id: {'invoices': account.move posted, 'shipments': stock.picking done,
            'serials': stock.lot that the customer has, 'invoice_date' (date), 'ship_date' and
            'last_ship_date': first and last day (date, where the user is) on which something was
            shipped or sent by e-mail the first time, 'shipped_qty', 'open_qty', 'invoiced_qty' in
            the line's unit}}``; a day that is not there is False
        :rtype: dict
        """
        lines_sudo = lines.sudo()
        invoices = self._get_posted_invoices(lines_sudo)
        moves = self._get_moves(self._search_moves(lines_sudo), "_get_customer_out_moves")
        serials = self._get_serials_at_customer(moves)
        mailed = lines_sudo._get_email_deliveries()
        self.env["stock.lot"].sudo().union(*serials.values()).fetch(["name"])
        moves_sudo = self.env["stock.move"].sudo().union(*moves.values())
        moves_sudo.picking_id.fetch(["name", "date_done"])
        return {
            line.id: {
                **self._prepare_facts(line, invoices[line.id], moves[line.id]),
                **self._prepare_ship_dates(line, moves[line.id], mailed.get(line.id, ())),
                "serials": serials[line.id],
            }
            for line in lines_sudo
        }

    @api.model
    def _prepare_facts(self, line, invoices, moves):
        return {
            "invoices": invoices,
            "shipments": moves.picking_id,
            "invoice_date": min((move.invoice_date for move in invoices), default=False),
            "shipped_qty": line.customer_shipped_qty,
            "open_qty": line.customer_open_qty,
            "invoiced_qty": line.customer_invoiced_qty,
        }

    @api.model
    def _prepare_ship_dates(self, line, moves, deliveries):
        """First and last day; what went out again for a return was shipped before."""
        first_time = moves.filtered(lambda move: not move.origin_returned_move_id)
        pickings = first_time.with_prefetch(moves._prefetch_ids).picking_id
        moments = [moment for moment in pickings.mapped("date_done") if moment]
        days = [fields.Datetime.context_timestamp(line, moment).date() for moment in moments]
        days += [delivery["date"] for delivery in deliveries]
        return {
            "ship_date": min(days, default=False),
            "last_ship_date": max(days, default=False),
        }

    @api.model
    def _get_posted_invoices(self, lines):
        """:return: ``{line_id: account.move}``, oldest first"""
        domain = Domain("parent_state", "=", "posted") & Domain("move_type", "in", INVOICE_TYPES)
        items = self._get_invoice_items(lines, domain, ["move_id"])
        groups = defaultdict(self.env["account.move"].sudo().browse)
        for line_id, bills in items.items():
            oldest_first = bills.sorted(lambda bill: (bill.invoice_date, bill.move_id.id))
            groups[line_id] = oldest_first.move_id
        self.env["account.move"].sudo().union(*groups.values()).fetch(["name", "invoice_date"])
        return groups

    @api.model
    def _get_invoice_items(self, lines, domain, field_names):
        """Lines of invoices and credit notes of order lines (sudo).

        :param domain: which of them
        :param list field_names: what is read of them at once
        :return: ``{line_id: account.move.line}``, nothing for other keys
        """
        items_sudo = self.env["account.move.line"].sudo()
        domain &= Domain("sale_line_ids", "in", lines.ids)
        names = ["sale_line_ids", "invoice_date", *field_names]
        found_sudo = items_sudo.search_fetch(domain, names)
        groups = defaultdict(items_sudo.browse)
        for item in found_sudo:
            for line_id in item.sale_line_ids._ids:
                groups[line_id] += item
        return self._share_prefetch(groups, found_sudo)

    @api.model
    def _get_moves(self, moves_sudo, method_name):
        """Done moves of order lines between us and the customer (sudo), oldest first.

        :param moves_sudo: of ``_search_moves``
        :param str method_name: of ``stock.move``, which of them: ``_get_customer_out_moves``,
            ``_get_customer_shipped_moves`` or ``_get_customer_returned_moves``
        :return: ``{line_id: stock.move}``, nothing for other keys
        """
        wanted = getattr(moves_sudo, method_name)()
        grouped = wanted.grouped(lambda move: move.sale_line_id.id)
        return self._share_prefetch(defaultdict(moves_sudo.browse, grouped), moves_sudo)

    @api.model
    def _search_moves(self, lines):
        """Done moves of order lines to the customer and back (``stock.move``, sudo)."""
        moves_sudo = self.env["stock.move"].sudo()
        domain = Domain("sale_line_id", "in", lines.ids) & Domain("state", "=", "done")
        domain &= moves_sudo._get_customer_domain()
        found_sudo = moves_sudo.search_fetch(domain, MOVE_FIELDS, order="date, id")
        places_sudo = found_sudo.location_dest_id | found_sudo.location_id
        places_sudo.fetch(["usage", "parent_path"])
        return found_sudo

    @api.model
    def _get_serials_at_customer(self, moves):
        """Serials delivered on a line that did not come back later.

        :return: ``{line_id: stock.lot}``
        """
        items_sudo = self.env["stock.move"].sudo().union(*moves.values()).move_line_ids
        items_sudo.fetch(["lot_id"])
        out = items_sudo.filtered("lot_id")
        units = self.env["sale.line.serial"]
        returned = {}
        for item in units._get_items_back(units._get_customer_items(out.lot_id)):
            returned[item.lot_id.id] = max(returned.get(item.lot_id.id, 0), item.id)
        serials = defaultdict(self.env["stock.lot"].sudo().browse)
        for item in out.filtered(lambda item: item.id > returned.get(item.lot_id.id, 0)):
            serials[item.move_id.sale_line_id.id] |= item.lot_id
        return self._share_prefetch(serials, out.lot_id)

    @api.model
    def _share_prefetch(self, groups, records):
        """Have the groups of records read their fields together."""
        for key, group in groups.items():
            groups[key] = group.with_prefetch(records._ids)
        return groups
