from collections import namedtuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Values of a row and where they are read; ``%(lang)s`` is the language of the user.
LINE_COLUMNS = (
    *("order_id", "product_id", "confirmed_on", "customer_status", "currency_id"),
    *("product_uom_qty", "customer_shipped_qty", "customer_open_qty", "customer_invoiced_qty"),
    *("eta_first", "eta_last", "eta_state", "eta_slices", "eta_ship_first", "eta_ship_last"),
    *("eta_promised", "eta_changed_on", "eta_after_hardware"),
    *("price_unit", "price_subtotal"),
)
ROW_COLUMNS = {
    **{name: f"line.{name}" for name in ("id", *LINE_COLUMNS)},
    "order_name": "o.name",
    "reference": "o.client_order_ref",
    "article": "product.default_code",
    "ean": "product.barcode",
    "part": "template.maker_part_number",
    "description": "COALESCE(template.name->>%(lang)s, template.name->>'en_US')",
    "maker": "(SELECT name FROM res_partner WHERE id = template.maker_id)",
    "unit": """(
        SELECT COALESCE(name->>%(lang)s, name->>'en_US')
          FROM uom_uom WHERE id = line.product_uom_id)""",
}
ROWS_SQL = f"""
    SELECT {", ".join(ROW_COLUMNS.values())}
      FROM sale_order_line line
      JOIN sale_order o ON o.id = line.order_id
      LEFT JOIN product_product product ON product.id = line.product_id
      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE line.id = ANY(%(ids)s)
"""
LineRow = namedtuple("LineRow", ROW_COLUMNS)
GONE_SQL = "(place.usage = 'customer' OR place.usage = 'transit' AND place.company_id IS NULL)"


class SaleLineRow(models.AbstractModel):
    """What one page of order lines shows, read in a fixed number of queries.

    Only what the chosen columns need is read; keys are those of ``sale.line.list``.
    """

    _name = "sale.line.row"
    _description = "Rows of Order Lines"

    @api.model
    def _read_rows(self, ids):
        """Values of order lines that most columns need; the lines must lie inside the access
        domain.

        :return: ``LineRow`` in the order of the ids
        :rtype: list
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(ROWS_SQL, ids=ids, lang=self.env.lang or "en_US"))
        found = {row[0]: LineRow(*row) for row in rows}
        return [found[line_id] for line_id in ids if line_id in found]

    @api.model
    def _get_facts(self, lines_sudo, columns):
        """What only some columns need, for the chosen ones.

        :param list columns: keys of columns
        :return: ``{name: {line_id: value}}`` with the names items, addresses, shipments, invoices,
            serials
        :rtype: dict
        """
        getters = {
            "items": ({"customer_item"}, self._get_items),
            "addresses": ({"delivery_address"}, self._get_addresses),
            "shipments": ({"shipped_on", "shipments"}, self._get_shipments),
            "invoices": ({"invoices"}, self._get_invoices),
            "serials": ({"serials"}, self._get_serial_counts),
        }
        return {
            name: getter(lines_sudo) if wanted & set(columns) else {}
            for name, (wanted, getter) in getters.items()
        }

    @api.model
    def _get_items(self, lines_sudo):
        """:return: ``{line_id: the customer's own item number}``"""
        codes_sudo = self.env["product.customer.code"].sudo()  # of the user's own company
        codes = codes_sudo._get_codes(self.env.user.sudo().partner_id, lines_sudo.product_id)
        return {line.id: codes.get(line.product_id.id, "") for line in lines_sudo}

    @api.model
    def _get_addresses(self, lines_sudo):
        """:return: ``{line_id: res.partner to which the order goes}``"""
        return {line.id: line.order_id.partner_shipping_id for line in lines_sudo}

    @api.model
    def _get_shipments(self, lines_sudo):
        """:return: ``{line_id: [(day, slip, number of the slip or None)]}``, the oldest first"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT m.sale_line_id, picking.id, picking.name,
                       (picking.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                  FROM stock_move m
                  JOIN stock_picking picking ON picking.id = m.picking_id
                  JOIN stock_location place ON place.id = m.location_dest_id
                 WHERE m.sale_line_id = ANY(%(ids)s) AND m.state = 'done'
                   AND m.origin_returned_move_id IS NULL AND picking.date_done IS NOT NULL
                   AND %(gone)s
                 UNION ALL
                SELECT sale_line_id, NULL, NULL, date
                  FROM sale_line_delivery
                 WHERE sale_line_id = ANY(%(ids)s)
                 ORDER BY day, id
                """,
                ids=lines_sudo.ids,
                zone=str(self.env.tz),
                gone=SQL(GONE_SQL),
            )
        )
        return self._group((line_id, (day, name, slip)) for line_id, slip, name, day in rows)

    @api.model
    def _get_invoices(self, lines_sudo):
        """:return: ``{line_id: [(name, id)]}``, those that the user may see, the oldest first"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT link.order_line_id, item.move_id
                  FROM sale_order_line_invoice_rel link
                  JOIN account_move_line item ON item.id = link.invoice_line_id
                 WHERE link.order_line_id = ANY(%s) AND item.parent_state = 'posted'
                 ORDER BY item.move_id
                """,
                lines_sudo.ids,
            )
        )
        domain = self.env.user._get_access_domain("account.move")
        domain &= Domain("id", "in", [move_id for _line_id, move_id in rows])
        moves_sudo = self.env["account.move"].sudo()  # inside the access domain only
        names = {move.id: move.name for move in moves_sudo.search_fetch(domain, ["name"])}
        return self._group(
            (line_id, (names[move_id], move_id)) for line_id, move_id in rows if move_id in names
        )

    @api.model
    def _get_serial_counts(self, lines_sudo):
        """:return: ``{line_id: number of serials that were shipped on the line}``"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.sale_line_id, count(DISTINCT item.lot_id)
                  FROM stock_move m
                  JOIN stock_move_line item ON item.move_id = m.id
                  JOIN stock_location place ON place.id = m.location_dest_id
                 WHERE m.sale_line_id = ANY(%(ids)s) AND m.state = 'done'
                   AND m.origin_returned_move_id IS NULL AND %(gone)s
                 GROUP BY m.sale_line_id
                """,
                ids=lines_sudo.ids,
                gone=SQL(GONE_SQL),
            )
        )
        return dict(rows)

    @api.model
    def _group(self, pairs):
        groups = {}
        for key, value in pairs:
            groups.setdefault(key, []).append(value)
        return groups
