import base64
import json
import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools.record_id import MAX_ID
from .sale_line_list import SAMPLED_FILTERS, SORT_FIELDS, STATUSES

COUNT_LIMIT = 1000
MAX_TEXT, MAX_TOKEN = 1000, 4000
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)
ORDER_SQL = "(SELECT %s FROM sale_order o WHERE o.id = sale_order_line.order_id)"
ADDRESS_SQL = """(
    SELECT NULLIF(p.complete_name, '')
      FROM sale_order o JOIN res_partner p ON p.id = o.partner_shipping_id
     WHERE o.id = sale_order_line.order_id)"""
PRODUCT_SQL = """(
    SELECT %s
      FROM product_product p
      JOIN product_template t ON t.id = p.product_tmpl_id
      LEFT JOIN res_partner maker ON maker.id = t.maker_id
     WHERE p.id = sale_order_line.product_id)"""
ITEM_SQL = """(
    SELECT min(c.code) FROM product_customer_code c
     WHERE c.product_id = sale_order_line.product_id AND c.partner_id = %s)"""
SHIPMENT_SQL = """(
    SELECT %s
      FROM stock_move m
      JOIN stock_picking picking ON picking.id = m.picking_id
      JOIN stock_location place ON place.id = m.location_dest_id
     WHERE m.sale_line_id = sale_order_line.id AND m.state = 'done'
       AND place.usage IN ('customer', 'transit'))"""
SHIPPED_ON_SQL = f"""GREATEST({SHIPMENT_SQL}, (
    SELECT max(mailed.date)::timestamp
      FROM sale_line_delivery mailed WHERE mailed.sale_line_id = sale_order_line.id))"""
SERIALS_SQL = """(
    SELECT count(DISTINCT item.lot_id)
      FROM stock_move m
      JOIN stock_move_line item ON item.move_id = m.id
      JOIN stock_location place ON place.id = item.location_dest_id
     WHERE m.sale_line_id = sale_order_line.id AND item.state = 'done'
       AND place.usage IN ('customer', 'transit'))"""
INVOICE_SQL = """(
    SELECT min(item.move_name)
      FROM sale_order_line_invoice_rel link
      JOIN account_move_line item ON item.id = link.invoice_line_id
     WHERE link.order_line_id = sale_order_line.id AND item.parent_state = 'posted')"""
# Where a sort value is looked up, and which; the others are fields of the line.
KEYS = {
    "status": ("sale_order_line.confirmed_on",),
    "order": (ORDER_SQL, "o.name"),
    "reference": (ORDER_SQL, "NULLIF(o.client_order_ref, '')"),
    "maker_part_number": (PRODUCT_SQL, "NULLIF(t.maker_part_number, '')"),
    "ean": (PRODUCT_SQL, "NULLIF(p.barcode, '')"),
    "maker": (PRODUCT_SQL, "NULLIF(maker.name, '')"),
    "shipped_on": (SHIPPED_ON_SQL, "max(picking.date_done)"),
    "shipments": (SHIPMENT_SQL, "min(picking.name)"),
    "serials": (SERIALS_SQL,),
    "invoices": (INVOICE_SQL,),
    "delivery_address": (ADDRESS_SQL,),
}


class SaleLinePage(models.AbstractModel):
    """One page of the list of order lines, as quick at the end as at the beginning.

    A page begins after the last line of the one before: its sort value and id are the token that
    stands in the links. The lines of each customer and status are read in the order of an index
    and merged, since an index gives no order over several customers at once.
    """

    _name = "sale.line.page"
    _description = "Page of Order Lines"

    @api.model
    def _get_page(self, filters, sort, after=None, before=None, limit=40):
        """Order lines of the user, one page of them.

        :param dict filters: from ``sale.line.list``
        :param tuple sort: key and whether descending, from ``sale.line.list``
        :param str after: token of the last line of the page before; nonsense counts as none
        :param str before: token of the first line of the page after
        :param int limit: lines of a page
        :return: ``{'ids', 'count', 'after', 'before'}``: how many lines match, at most
            ``COUNT_LIMIT + 1``; the tokens are None where no page is
        :rtype: dict
        """
        lists = self.env["sale.line.list"]
        found = self._get_found(filters)
        segments = self._get_segments(sort, lists._get_statuses(filters))
        back = self._read_token(sort, before)
        start = back or self._read_token(sort, after)
        rows = self._find_rows(found, segments, sort, start, bool(back), limit + 1)
        if start and not rows:  # lines are gone meanwhile
            start = back = None
            rows = self._find_rows(found, segments, sort, start, False, limit + 1)
        return {**self._cut_page(rows, sort, start, back, limit), "count": len(found["ids"])}

    @api.model
    def _get_found(self, filters):
        """What matches: the first ids, one more than are counted, and the search for all.

        The search leaves the statuses to the segments: PostgreSQL takes a condition that comes
        twice for two independent ones, expects a handful of lines and reads no index in its order.

        :return: ``{'ids', 'query'}``
        """
        lists = self.env["sale.line.list"]
        lines_sudo = self.env["sale.order.line"].sudo()  # inside the access domain only
        domain, statuses = lists._get_domain_of_any_status(filters), lists._get_statuses(filters)
        query = lines_sudo._search(domain)
        if filters.keys() & SAMPLED_FILTERS:
            sample = lines_sudo.with_context(sale_line_sample=True)._search(domain)
            ids = self._find_first_ids(sample, statuses)
            if len(ids) > COUNT_LIMIT or sample.where_clause == query.where_clause:
                return {"ids": ids, "query": query}
        return {"ids": self._find_first_ids(query, statuses), "query": query}

    @api.model
    def _find_first_ids(self, query, statuses):
        """One more than are counted, in no order."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sale_order_line.id
                  FROM %(tables)s
                 WHERE %(where)s AND sale_order_line.customer_status = ANY(%(statuses)s)
                 LIMIT %(limit)s
                """,
                tables=query.from_clause,
                where=query.where_clause,
                statuses=statuses,
                limit=COUNT_LIMIT + 1,
            )
        )
        return [line_id for (line_id,) in rows]

    @api.model
    def _cut_page(self, rows, sort, start, back, limit):
        """The lines of a page and the tokens of its neighbours, of one row more."""
        more, rows = len(rows) > limit, rows[:limit]
        if back:
            rows.reverse()
        has_next, has_previous = (True, more) if back else (more, bool(start))
        return {
            "ids": [line_id for _segment, _value, line_id in rows],
            "after": self._write_token(sort, rows[-1]) if has_next else None,
            "before": self._write_token(sort, rows[0]) if has_previous else None,
        }

    @api.model
    def _count(self, filters):
        """How many lines match, at most ``COUNT_LIMIT + 1``.

        :rtype: int
        """
        return len(self._get_found(filters)["ids"])

    # --- rows -----------------------------------------------------------------------------------

    @api.model
    def _find_rows(self, found, segments, sort, start, is_back, limit):
        """:return: ``[(segment, sort value, id)]``, away from the start"""
        if is_back:
            segments = segments[::-1]
        direction = SQL("DESC" if sort[1] != is_back else "ASC")
        get_sql = self._get_few_sql if len(found["ids"]) <= COUNT_LIMIT else self._get_many_sql
        rows = []
        for segment in self._skip_segments(segments, start) if found["ids"] else ():
            first = start if start and start[0] == segment["name"] else None
            bounds = self._get_bounds_sql(sort, segment, first, direction)
            if number := limit - len(rows):
                part = get_sql(found, sort, segment, bounds, direction, number)
                rows += [(segment["name"], *row) for row in self.env.execute_query(part)]
        return rows

    @api.model
    def _get_segments(self, sort, statuses):
        """Lines that stand together, one after the other: by status, or those without a value last.

        :return: ``[{'name': number, 'statuses', 'is_empty': bool or None}]``
        """
        key, descends = sort
        if key == "status":
            ordered = sorted(statuses, key=STATUSES.index, reverse=descends)
            return [
                {"name": STATUSES.index(status), "statuses": [status], "is_empty": None}
                for status in ordered
            ]
        if not self.env["sale.line.list"]._get_sorts()[key]["is_nullable"]:
            return [{"name": 0, "statuses": statuses, "is_empty": None}]
        return [
            {"name": int(is_empty), "statuses": statuses, "is_empty": is_empty}
            for is_empty in (False, True)
        ]

    @api.model
    def _skip_segments(self, segments, start):
        names = [segment["name"] for segment in segments]
        first = names.index(start[0]) if start and start[0] in names else 0
        return segments[first:]

    @api.model
    def _get_few_sql(self, found, sort, segment, bounds, direction, limit):
        """The first rows of a segment: all that match are sorted."""
        return SQL(
            """
            SELECT %(key)s AS key, sale_order_line.id
              FROM sale_order_line
             WHERE sale_order_line.id = ANY(%(ids)s)
               AND sale_order_line.customer_status = ANY(%(statuses)s) AND %(bounds)s
             ORDER BY key %(direction)s, id %(direction)s
             LIMIT %(limit)s
            """,
            key=self._get_key_sql(sort[0]),
            ids=found["ids"],
            statuses=segment["statuses"],
            bounds=bounds,
            direction=direction,
            limit=limit,
        )

    @api.model
    def _get_many_sql(self, found, sort, segment, bounds, direction, limit):
        """The first rows of a segment: read per customer and status in the order of an index."""
        return SQL(
            """
            SELECT line.key, line.id
              FROM (SELECT partner_id FROM unnest(%(partners)s) AS partner_id
                     WHERE EXISTS (
                           SELECT FROM sale_order_line l WHERE l.order_partner_id = partner_id)
                   ) own
             CROSS JOIN unnest(%(statuses)s::varchar[]) AS status
             CROSS JOIN LATERAL (
                   SELECT %(key)s AS key, sale_order_line.id
                     FROM %(tables)s
                    WHERE sale_order_line.order_partner_id = own.partner_id
                      AND sale_order_line.customer_status = status
                      AND %(where)s AND %(bounds)s
                    ORDER BY %(key)s %(direction)s, sale_order_line.id %(direction)s
                    LIMIT %(limit)s) line
             ORDER BY line.key %(direction)s, line.id %(direction)s
             LIMIT %(limit)s
            """,
            partners=list(self.env.user._get_access_partner_ids()),
            statuses=segment["statuses"],
            key=self._get_key_sql(sort[0]),
            tables=found["query"].from_clause,
            where=found["query"].where_clause,
            bounds=bounds,
            direction=direction,
            limit=limit,
        )

    @api.model
    def _get_bounds_sql(self, sort, segment, start, direction):
        """Where the rows of a segment begin."""
        key = self._get_key_sql(sort[0])
        bounds = [SQL("TRUE")]
        if segment["is_empty"] is not None:
            bounds.append(SQL("%s IS %s", key, SQL("NULL" if segment["is_empty"] else "NOT NULL")))
        sign = SQL("<" if direction.code == "DESC" else ">")
        if start and segment["is_empty"]:
            bounds.append(SQL("sale_order_line.id %s %s", sign, start[2]))
        elif start:
            bounds.append(SQL("(%s, sale_order_line.id) %s (%s, %s)", key, sign, *start[1:]))
        return SQL(" AND ").join(bounds)

    @api.model
    def _get_key_sql(self, key):
        """The value that lines are sorted by; what is not on the line is looked up per line."""
        if key == "customer_item":
            company_sudo = self.env.user.sudo().partner_id.commercial_partner_id
            return SQL(ITEM_SQL, company_sudo.id)
        if key == "description":
            name = SQL("COALESCE(t.name->>%s, t.name->>'en_US')", self.env.lang or "en_US")
            return SQL(PRODUCT_SQL, name)
        template, *parts = KEYS.get(key, (f"sale_order_line.{SORT_FIELDS.get(key)}",))
        return SQL(template, *(SQL(part) for part in parts))

    # --- tokens ---------------------------------------------------------------------------------

    @api.model
    def _write_token(self, sort, row):
        segment, value, line_id = row
        content = [sort[0], segment, None if value is None else str(value), line_id]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @api.model
    def _read_token(self, sort, token):
        """:return: ``(segment, sort value, id)``, or None when it is no token of this order"""
        with suppress(ValueError, TypeError, RecursionError):  # unreadable, of another shape
            text = str(token or "")[:MAX_TOKEN]
            content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            key, segment, value, line_id = content
            if key != sort[0] or not self._is_id(line_id) or not self._is_segment(segment):
                return None
            is_empty = self._is_nullable(key) and segment == 1
            if (value is None) == is_empty:
                return (segment, value if is_empty else self._read_value(key, value), line_id)
        return None

    @api.model
    def _is_id(self, value):
        return type(value) is int and 0 < value <= MAX_ID

    @api.model
    def _is_segment(self, value):
        return type(value) is int and 0 <= value < len(STATUSES)

    @api.model
    def _is_nullable(self, key):
        return self.env["sale.line.list"]._get_sorts()[key]["is_nullable"]

    @api.model
    def _read_value(self, key, text):
        """A sort value out of a token.

        :raise ValueError: when it is none
        """
        kind = self.env["sale.line.list"]._get_sorts()[key]["kind"]
        if kind == "number":
            if not NUMBER.fullmatch(text):
                raise ValueError(text)
            return Decimal(text)
        if kind == "day":
            return date.fromisoformat(text)
        if kind == "moment":
            return datetime.fromisoformat(text).replace(tzinfo=None)
        if not isinstance(text, str) or "\x00" in text or len(text) > MAX_TEXT:
            raise ValueError(text)
        text.encode()  # half a character is none
        return text
