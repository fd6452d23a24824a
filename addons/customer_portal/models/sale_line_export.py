from odoo import api, fields, models
from odoo.tools import SQL, format_datetime
from odoo.tools.misc import get_lang

from ..tools.table_file import MAX_ROWS, CsvTable, Memo, XlsxTable
from .sale_line_list import SORT_FIELDS, STATUSES
from .sale_order_line import INVOICE_TYPES

BATCH_SIZE = 2000
CURSOR_NAME = "sale_line_export"
# Columns that come along with one of the page: the page shows both in one cell.
COMPANIONS = {
    "confirmed_on": "order",
    "maker_part_number": "article",
    "description": "article",
    "unit": "quantity",
    "eta_first": "eta",
    "eta_last": "eta",
    "currency": "price_unit",
}


class SaleLineExport(models.AbstractModel):
    """Order lines as a table: one query, read by a cursor of the database in pieces.

    100,000 lines need no more memory than 1,000. The query is built on the domain that is given,
    which must hold the access domain; what it adds of invoices and shipments is narrowed by theirs.
    """

    _name = "sale.line.export"
    _description = "Export of Order Lines"

    @api.model
    def _get_columns(self):
        """All columns that the user may have, in order.

        :return: ``{key: {'label', 'kind'}}``; kinds are text, long, number, money, date
        :rtype: dict
        """
        env = self.env
        columns = {
            "order": (env._("Order"), "text"),
            "confirmed_on": (env._("Order date"), "date"),
            "reference": (env._("Your reference"), "text"),
            "customer_item": (env._("Your item number"), "text"),
            "article": (env._("Article"), "text"),
            "maker_part_number": (env._("Maker part number"), "text"),
            "ean": (env._("EAN"), "text"),
            "maker": (env._("Maker"), "text"),
            "description": (env._("Description"), "long"),
            **self._get_progress_columns(),
            "delivery_address": (env._("Delivery address"), "long"),
            "price_unit": (env._("Unit price"), "money"),
            "price_subtotal": (env._("Subtotal without taxes"), "money"),
            "currency": (env._("Currency"), "text"),
        }
        visible = env["sale.line.list"]._get_columns()
        return {
            key: {"label": label, "kind": kind}
            for key, (label, kind) in columns.items()
            if {key, COMPANIONS.get(key)} & visible.keys()
        }

    @api.model
    def _get_progress_columns(self):
        env = self.env
        return {
            "quantity": (env._("Ordered"), "number"),
            "shipped": (env._("Shipped"), "number"),
            "open": (env._("Open"), "number"),
            "invoiced": (env._("Invoiced"), "number"),
            "unit": (env._("Unit"), "text"),
            "status": (env._("Status"), "text"),
            "eta": (env._("ETA"), "text"),
            "eta_first": (env._("First ETA"), "date"),
            "eta_last": (env._("Last ETA"), "date"),
            "expected_ship": (env._("Expected shipment"), "date"),
            "shipped_on": (env._("Last shipped on"), "date"),
            "shipments": (env._("Delivery slips"), "text"),
            "invoices": (env._("Invoices"), "text"),
            "serials": (env._("Serial numbers"), "long"),
        }

    # --- what is exported -----------------------------------------------------------------------

    @api.model
    def _prepare_parameters(self, params):
        """What is exported, as the page of lines is asked for it.

        :param params: parameters of the page; ``columns=all`` for all columns, else those that
            the user chose on the page
        :return: ``{'filters', 'sort', 'keys'}``, ready for JSON
        :rtype: dict
        """
        lines = self.env["sale.line.list"]
        key, is_descending = lines._get_sort(params)
        columns = self._get_columns()
        if "all" not in lines._get_param(params, "columns"):
            chosen = lines._get_user_columns()
            columns = [one for one in columns if {one, COMPANIONS.get(one)} & set(chosen)]
        return {
            "filters": lines._get_filters(params),
            "sort": f"-{key}" if is_descending else key,
            "keys": list(columns),
        }

    @api.model
    def _get_selection(self, parameters):
        """Domain, sort and columns of what is exported, for the user as he is now.

        :param dict parameters: from ``_prepare_parameters``
        :return: ``(Domain with the access domain of the user, sort, list of keys)``
        :rtype: tuple
        """
        lines = self.env["sale.line.list"]
        domain = lines._get_domain(lines._get_filters(parameters["filters"]))
        columns = self._get_columns()
        return (
            domain,
            lines._get_sort(parameters),
            [key for key in parameters["keys"] if key in columns],
        )

    @api.model
    def _count(self, parameters, limit=None):
        """How many lines are exported, at most ``limit``.

        :rtype: int
        """
        # sudo: inside the access domain only
        lines_sudo = self.env["sale.order.line"].sudo()
        return lines_sudo.search_count(self._get_selection(parameters)[0], limit=limit)

    @api.model
    def _write_file(self, file_format, file, parameters, progress=None):
        """Write what is exported into a file.

        :param str file_format: csv or xlsx
        :param file: binary file
        :param dict parameters: from ``_prepare_parameters``
        :param progress: function that is told how many lines are written
        """
        write = self._write_csv if file_format == "csv" else self._write_xlsx
        facts = self._get_facts(parameters)
        write(file, *self._get_selection(parameters), facts, progress)

    @api.model
    def _get_file_name(self, file_format):
        """Name with the day, in the language of the user."""
        day = fields.Date.context_today(self).isoformat()
        name = self.env._("order-lines")
        return f"{name}-{day}.{file_format}"

    @api.model
    def _get_facts(self, parameters):
        """What a file holds: filters, time with its zone, user and customer.

        :param dict parameters: from ``_prepare_parameters``
        :return: ``[(label, text)]``
        :rtype: list
        """
        env = self.env
        filters = env["sale.line.list"]._describe_filters(parameters["filters"])
        now = format_datetime(env, fields.Datetime.now(), tz=str(env.tz), dt_format="short")
        return [
            (env._("Filter"), ", ".join(filters) or env._("all lines")),
            (env._("Made on"), f"{now} ({env.tz})"),
            (env._("User"), env.user.name),
            # sudo: the name of the user's own company
            (env._("Customer"), env.user.sudo().partner_id.commercial_partner_id.name or ""),
        ]

    # --- files ----------------------------------------------------------------------------------

    @api.model
    def _iterate_csv(self, domain, sort, keys, facts=()):
        """A CSV file in pieces. The last label says what the file holds, so the first line is the
        head for whoever imports it.

        :param domain: ``Domain`` of order lines that holds the access domain of the user
        :param tuple sort: key and whether descending, from ``sale.line.list``
        :param keys: columns, of ``_get_columns``
        :param facts: ``[(label, text)]`` about the file
        :return: generator of bytes; one piece per batch of lines
        """
        columns = [self._get_columns()[key] for key in keys]
        table = CsvTable([one["kind"] for one in columns], get_lang(self.env))
        head = table.head([one["label"] for one in columns] + self._get_note(facts))
        for rows in self._iterate_rows(domain, sort, keys):
            yield head + table.rows(rows)
            head = b""
        if head:
            yield head

    @api.model
    def _get_note(self, facts):
        return [" · ".join(f"{label}: {text}" for label, text in facts)] if facts else []

    @api.model
    def _write_csv(self, file, domain, sort, keys, facts=(), progress=None):
        """Write a CSV file.

        :param file: binary file
        :param progress: function that is told how many lines are written; see ``_iterate_csv``
        """
        for count, piece in enumerate(self._iterate_csv(domain, sort, keys, facts), start=1):
            file.write(piece)
            if progress:
                progress(count * BATCH_SIZE)

    @api.model
    def _write_xlsx(self, file, domain, sort, keys, facts=(), progress=None):
        """Write an XLSX file with a second sheet that says what it holds.

        :param file: path or binary file; see ``_write_csv``
        """
        columns = [self._get_columns()[key] for key in keys]
        table = XlsxTable(file, [one["kind"] for one in columns])
        table.head(self.env._("Order lines"), [one["label"] for one in columns])
        for rows in self._iterate_rows(domain, sort, keys, limit=MAX_ROWS - 1):
            table.rows(rows)
            if progress:
                progress(table.row)
        table.facts(self.env._("Filter"), facts)
        table.close()

    # --- rows -----------------------------------------------------------------------------------

    @api.model
    def _iterate_rows(self, domain, sort, keys, limit=None):
        """Lines as typed values, in batches, by a cursor of the database.

        The environment must not be committed meanwhile.

        :return: generator of lists of rows; str, float, date or None per column
        """
        query = self._get_export_query(domain, sort, keys, limit)
        cursor = SQL.identifier(CURSOR_NAME)
        converters = [self._get_converters().get(key) for key in keys]
        self.env.flush_query(query)
        # all rows are wanted, not the first ones soon
        self.env.cr.execute("SET LOCAL cursor_tuple_fraction = 1")
        self.env.cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, query))
        fetch = SQL("FETCH %s FROM %s", BATCH_SIZE, cursor)
        self.env.cr.execute(fetch)
        while rows := self.env.cr.fetchall():
            yield self._convert_rows(rows, converters)
            self.env.cr.execute(fetch)
        self.env.cr.execute(SQL("CLOSE %s", cursor))

    @api.model
    def _convert_rows(self, rows, converters):
        columns = [
            map(convert, column) if convert else column
            for convert, column in zip(converters, zip(*rows, strict=True), strict=True)
        ]
        return zip(*columns, strict=True)

    @api.model
    def _get_converters(self):
        """How codes of the database become texts in the language of the user."""
        statuses = self.env["sale.line.list"]._get_status_labels()
        return {
            "status": lambda value: statuses.get(value, ""),
            "eta": Memo(self._get_eta_text).__getitem__,
        }

    @api.model
    def _get_eta_text(self, value):
        """The ETA cell in one text, of ``state|first|last``."""
        state, first, last = value.split("|") if value else ("", "", "")
        pattern = get_lang(self.env).date_format
        days = [fields.Date.to_date(day).strftime(pattern) for day in (first, last) if day]
        if state == "in_stock":
            return self.env._("In stock")
        if state == "unknown":
            return "\N{HORIZONTAL ELLIPSIS}"
        if state == "partial":
            return f"{days[0]} \N{EN DASH} \N{HORIZONTAL ELLIPSIS}" if days else ""
        return " \N{EN DASH} ".join(dict.fromkeys(days)) if state == "known" else ""

    @api.model
    def _get_export_query(self, domain, sort, keys, limit=None):
        """The one query of an export: what is copied, streamed and written.

        :rtype: SQL
        """
        order = self.env["sale.line.list"]._get_search_order(*sort)
        # sudo: joins what customers have no rights on; the domain holds the access domain
        query = self.env["sale.order.line"].sudo()._search(domain, order=order)
        line = SQL.identifier(query.table)
        columns = self._get_sql_columns(line)
        needed = {*keys, sort[0]}
        return SQL(
            "%s SELECT %s FROM %s %s WHERE %s ORDER BY %s %s",
            self._get_sql_owners() if "customer_item" in needed else SQL(),
            SQL(", ").join(columns[key] for key in keys),
            query.from_clause,
            self._get_sql_joins(line, needed),
            query.where_clause or SQL("TRUE"),
            self._get_sql_order(query, line, columns, sort),
            SQL("LIMIT %s", limit) if limit else SQL(),
        )

    @api.model
    def _get_sql_order(self, query, line, columns, sort):
        """By a field of lines, or by a column that is none; a query for nothing has no order."""
        key, is_descending = sort
        if key in SORT_FIELDS:
            return query.order or SQL("%s.id", line)
        value = columns[key]
        if key == "status":
            value = SQL("array_position(%s, %s::text)", list(STATUSES), value)
        direction = SQL("DESC") if is_descending else SQL("ASC")
        return SQL("%s %s NULLS LAST, %s.id %s", value, direction, line, direction)

    @api.model
    def _get_sql_columns(self, line):
        """SQL of each column; ``line`` is the alias of the lines, the others are of the joins."""
        return {
            "order": SQL("xo.name"),
            "confirmed_on": self._get_sql_day(SQL("%s.confirmed_on", line)),
            "reference": SQL("xo.client_order_ref"),
            "customer_item": SQL("xi.code"),
            "article": SQL("xp.default_code"),
            "maker_part_number": SQL("xt.maker_part_number"),
            "ean": SQL("xp.barcode"),
            "maker": SQL("xm.name"),
            "description": SQL("COALESCE(%s, %s.name)", self._get_sql_term("xt", "name"), line),
            "quantity": SQL("%s.product_uom_qty", line),
            "shipped": SQL("%s.customer_shipped_qty", line),
            "open": SQL("%s.customer_open_qty", line),
            "invoiced": SQL("%s.customer_invoiced_qty", line),
            "unit": self._get_sql_term("xu", "name"),
            "status": SQL("%s.customer_status", line),
            **self._get_sql_dates(line),
            "shipments": SQL("xs.names"),
            "invoices": SQL("xv.names"),
            "serials": SQL("xs.serials"),
            "delivery_address": SQL(
                "concat_ws(', ', xd.complete_name, xd.street, "
                "NULLIF(concat_ws(' ', xd.zip, xd.city), ''))"
            ),
            "price_unit": SQL("%s.price_unit", line),
            "price_subtotal": SQL("%s.price_subtotal", line),
            "currency": SQL("xc.name"),
        }

    @api.model
    def _get_sql_dates(self, line):
        today = fields.Date.context_today(self)
        return {
            "eta": SQL(
                "concat(%(line)s.eta_state, '|', %(line)s.eta_first, '|', %(line)s.eta_last)",
                line=line,
            ),
            "eta_first": SQL("%s.eta_first", line),
            "eta_last": SQL("%s.eta_last", line),
            # as the page: nothing ships in the past, and what is in stock at once
            "expected_ship": SQL(
                "CASE WHEN %(line)s.eta_state = 'in_stock' OR %(line)s.eta_ship_last IS NOT NULL "
                "THEN GREATEST(%(line)s.eta_ship_last, %(today)s::date) END",
                line=line,
                today=today,
            ),
            "shipped_on": SQL("GREATEST(%s, xe.sent_on)", self._get_sql_day(SQL("xs.shipped_on"))),
        }

    @api.model
    def _get_sql_day(self, moment):
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, str(self.env.tz))

    @api.model
    def _get_sql_term(self, alias, column):
        """A translated name, in the language of the user."""
        name = SQL.identifier(alias, column)
        return SQL("COALESCE(%s->>%s, %s->>'en_US')", name, self.env.lang or "en_US", name)

    @api.model
    def _get_sql_joins(self, line, keys):
        """The tables that these columns need."""
        keys = set(keys)
        joins = [
            SQL(
                """
                JOIN sale_order xo ON xo.id = %(line)s.order_id
                LEFT JOIN product_product xp ON xp.id = %(line)s.product_id
                LEFT JOIN product_template xt ON xt.id = xp.product_tmpl_id
                LEFT JOIN res_partner xm ON xm.id = xt.maker_id
                LEFT JOIN uom_uom xu ON xu.id = %(line)s.product_uom_id
                LEFT JOIN res_partner xd ON xd.id = xo.partner_shipping_id
                LEFT JOIN res_currency xc ON xc.id = %(line)s.currency_id
                """,
                line=line,
            )
        ]
        if "customer_item" in keys:
            joins.append(self._get_sql_items(line))
        if keys & {"shipments", "serials", "shipped_on"}:
            joins += [self._get_sql_shipped(line), self._get_sql_emailed(line)]
        if "invoices" in keys:
            joins.append(self._get_sql_invoices(line))
        return SQL(" ").join(joins)

    @api.model
    def _get_sql_owners(self):
        """Who uses a customer's item numbers: the customer and all below it, by their distance."""
        return SQL(
            """
            WITH RECURSIVE export_owner (owner_id, member_id, distance) AS (
                SELECT DISTINCT partner_id, partner_id, 0 FROM product_customer_code
                 UNION ALL
                SELECT above.owner_id, partner.id, above.distance + 1
                  FROM export_owner above
                  JOIN res_partner partner ON partner.parent_id = above.member_id
            )
            """
        )

    @api.model
    def _get_sql_items(self, line):
        """The item number of the nearest customer above each line's."""
        return SQL(
            """
            LEFT JOIN (
                SELECT DISTINCT ON (code.product_id, owner.member_id)
                       code.product_id, owner.member_id, code.code
                  FROM product_customer_code code
                  JOIN export_owner owner ON owner.owner_id = code.partner_id
                 ORDER BY code.product_id, owner.member_id, owner.distance
            ) xi ON xi.product_id = %(line)s.product_id
                AND xi.member_id = %(line)s.order_partner_id
            """,
            line=line,
        )

    @api.model
    def _get_sql_shipped(self, line):
        """What of a line left for the customer, and the serials that did not come back."""
        user = self.env.user
        # sudo: the access domain of the user narrows it
        pickings = (
            self.env["stock.picking"].sudo()._search(user._get_access_domain("stock.picking"))
        )
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT stock_picking.name, ', ') AS names,
                       max(stock_picking.date_done) AS shipped_on,
                       string_agg(DISTINCT lot.name, ', ') FILTER (WHERE NOT EXISTS (
                           SELECT FROM stock_move back
                             JOIN stock_move_line item ON item.move_id = back.id
                            WHERE back.sale_line_id = %(line)s.id
                              AND back.state = 'done'
                              AND back.location_id = ANY(%(places)s)
                              AND item.lot_id = lot.id AND item.id > part.id
                       )) AS serials
                  FROM %(pickings)s
                  JOIN stock_move move ON move.picking_id = stock_picking.id
                  LEFT JOIN stock_move_line part ON part.move_id = move.id
                  LEFT JOIN stock_lot lot ON lot.id = part.lot_id
                 WHERE move.sale_line_id = %(line)s.id
                   AND move.state = 'done'
                   AND move.location_dest_id = ANY(%(places)s)
                   AND NOT move.location_id = ANY(%(places)s)
                   AND %(access)s
            ) xs ON TRUE
            """,
            line=line,
            places=self._get_customer_places(),
            pickings=pickings.from_clause,
            access=pickings.where_clause or SQL("TRUE"),
        )

    @api.model
    def _get_sql_emailed(self, line):
        """When something of a line was last sent by e-mail."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT max(delivery.date) AS sent_on
                  FROM sale_line_delivery delivery
                 WHERE delivery.sale_line_id = %s.id
            ) xe ON TRUE
            """,
            line,
        )

    @api.model
    def _get_customer_places(self):
        """Ids of the locations where goods have left for a customer."""
        locations_sudo = self.env["stock.location"].sudo().with_context(active_test=False)
        found_sudo = locations_sudo.search([("usage", "in", ("customer", "transit"))])
        return found_sudo.filtered(lambda location: location._is_outgoing()).ids

    @api.model
    def _get_sql_invoices(self, line):
        access = self.env.user._get_access_domain("account.move")
        # sudo: the access domain of the user narrows it
        moves = self.env["account.move"].sudo()._search(access)
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT account_move.name, ', ') AS names
                  FROM %(moves)s
                  JOIN account_move_line item ON item.move_id = account_move.id
                  JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
                 WHERE link.order_line_id = %(line)s.id
                   AND account_move.state = 'posted'
                   AND account_move.move_type = ANY(%(types)s)
                   AND %(access)s
            ) xv ON TRUE
            """,
            line=line,
            types=list(INVOICE_TYPES),
            moves=moves.from_clause,
            access=moves.where_clause or SQL("TRUE"),
        )
