from collections import defaultdict

from odoo import api, fields, models

from .sale_order_line import INVOICE_TYPES


class SaleLineFacts(models.AbstractModel):
    """What happened to order lines so far: invoices, shipments, serials."""

    _name = "sale.line.facts"
    _description = "Facts of Order Lines"

    @api.model
    def _get_facts(self, lines):
        """What happened to lines, read in a fixed number of queries.

        The lines must have been found inside the access domain of the user.

        :return: ``{line_id: {'invoices': account.move posted, 'shipments': stock.picking done,
            'serials': stock.lot that the customer has, 'invoice_date', 'ship_date' (date),
            'shipped_qty', 'open_qty', 'invoiced_qty' in the line's unit}}``
        :rtype: dict
        """
        lines_sudo = lines.sudo()
        invoices = self._get_posted_invoices(lines_sudo)
        moves = self._get_shipped_moves(lines_sudo)
        serials = self._get_serials_at_customer(moves)
        return {
            line.id: self._prepare_facts(
                line, invoices[line.id], moves[line.id].picking_id, serials[line.id]
            )
            for line in lines_sudo
        }

    @api.model
    def _prepare_facts(self, line, invoices, shipments, serials):
        shipped_on = [picking.date_done for picking in shipments if picking.date_done]
        return {
            "invoices": invoices,
            "shipments": shipments,
            "serials": serials,
            "invoice_date": min((move.invoice_date for move in invoices), default=False),
            "ship_date": fields.Datetime.context_timestamp(line, min(shipped_on)).date()
            if shipped_on
            else False,
            "shipped_qty": line.customer_shipped_qty,
            "open_qty": line.customer_open_qty,
            "invoiced_qty": line.customer_invoiced_qty,
        }

    @api.model
    def _get_posted_invoices(self, lines):
        """:return: ``{line_id: account.move}``, oldest first"""
        items_sudo = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("sale_line_ids", "in", lines.ids),
                    ("parent_state", "=", "posted"),
                    ("move_type", "in", INVOICE_TYPES),
                ],
                order="invoice_date, move_id",
            )
        )
        items_sudo.move_id.fetch(["name", "invoice_date"])
        invoices = defaultdict(self.env["account.move"].sudo().browse)
        for item in items_sudo:
            for line_id in item.sale_line_ids._ids:
                invoices[line_id] |= item.move_id
        return invoices

    @api.model
    def _get_shipped_moves(self, lines):
        """:return: ``{line_id: stock.move}`` done towards the customer, oldest first"""
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", lines.ids),
                    ("state", "=", "done"),
                    ("location_dest_id.usage", "in", ("customer", "transit")),
                ],
                order="date, id",
            )
        )
        grouped = moves_sudo.filtered(
            lambda move: (
                move.location_dest_id.usage == "customer" or move.location_dest_id._is_outgoing()
            )
        ).grouped(lambda move: move.sale_line_id.id)
        return defaultdict(moves_sudo.browse, grouped)

    @api.model
    def _get_serials_at_customer(self, moves):
        """Serials delivered on a line that did not come back later.

        :return: ``{line_id: stock.lot}``
        """
        out = self.env["stock.move"].sudo().union(*moves.values()).move_line_ids.filtered("lot_id")
        back_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", out.lot_id.ids),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "customer"),
                ]
            )
            if out
            else out
        )
        returned = {}
        for item in back_sudo:
            returned[item.lot_id.id] = max(returned.get(item.lot_id.id, 0), item.id)
        serials = defaultdict(self.env["stock.lot"].sudo().browse)
        for item in out.filtered(lambda item: item.id > returned.get(item.lot_id.id, 0)):
            serials[item.move_id.sale_line_id.id] |= item.lot_id
        return serials
