"""Copy families of seed documents by SQL: one INSERT ... SELECT per table.

A copy `i` of a row gets the id `base + (i - 1) * span + (id - low)`, where low and span are the
range of the seeds of its table; so every reference between copied rows is arithmetic and needs no
lookup. Foreign keys and indexes of the tables are taken off meanwhile; putting the keys back lets
PostgreSQL itself prove that every reference of every copy is whole.
"""

import logging
from dataclasses import dataclass

from psycopg2.extras import execute_values

_logger = logging.getLogger(__name__)

# Conversations, configuration, people and what waits to be done are not copied. Quantities on hand
# are summed up again.
NOT_COPIED = (
    "mail_",
    "ir_",
    "bus_",
    "res_",
    "discuss_",
    "digest_",
    "sms_",
    "delivery_",
    "portal_",
    "sale_line_eta_",
    "stock_quant",
)
# Texts that name a document: copies get the number of the copy behind them.
NUMBERED = {
    "name": {
        "account_move",
        "account_payment",
        "purchase_order",
        "sale_order",
        "stock_lot",
        "stock_picking",
        "stock_reference",
    },
    "client_order_ref": {"sale_order"},
    "default_code": {"product_product", "product_template"},
    "invoice_origin": {"account_move"},
    "maker_part_number": {"product_template"},
    "move_name": {"account_move_line"},
    "origin": {"purchase_order", "stock_move", "stock_picking"},
    "payment_reference": {"account_move"},
    "reference": {"stock_move", "stock_move_line"},
    "carrier_tracking_ref": {"stock_picking"},
}
# SQL of what is made in another way; {maker} is the first of {makers}.
OWN_VALUES = {
    ("product_product", "barcode"): "(barcode::bigint + c.copy * 1000)::text",
    ("product_template", "maker_id"): "{maker} + mod(t.maker_id - {maker} + c.copy, {makers})",
    ("product_template", "name"): (
        "jsonb_build_object('en_US', (t.name->>'en_US') || ' ' || c.copy)"
    ),
    ("sale_order_line", "name"): (
        "CASE WHEN c.product_copy > 0"
        " THEN replace(t.name, ']', '-' || c.product_copy || ']') || ' ' || c.product_copy"
        " ELSE t.name END"
    ),
    ("sale_order_line", "article_number"): (
        "t.article_number || CASE WHEN c.product_copy > 0 THEN '-' || c.product_copy ELSE '' END"
    ),
    ("sale_order", "access_token"): "NULL",
    ("account_move", "access_token"): "NULL",
    ("purchase_order", "access_token"): "NULL",
}


@dataclass
class Range:
    """Ids of the seeds of one table in one family, and where its copies begin."""

    low: int
    high: int
    base: int

    @property
    def span(self):
        return self.high - self.low + 1

    def shift(self, column, copy):
        """Return SQL for the id of that copy of the row that `column` names; copy 0 is the seed."""
        copied = f"{self.base} + ({copy} - 1) * {self.span} + {column} - {self.low}"
        return (
            f"CASE WHEN {column} BETWEEN {self.low} AND {self.high} AND {copy} > 0"
            f" THEN {copied} ELSE {column} END"
        )


class Multiplier:
    """Makes the copies that `plan` asks for: rows (family, copy, partner, delivery address,
    product copy, days before the seeds, days by which suppliers' dates come later).
    """

    def __init__(self, env, world):
        self.env = env
        self.cr = env.cr
        self.customer = world.customer
        self.address = world.address
        makers = {"maker": world.makers[0].id, "makers": len(world.makers)}
        self.own_values = {key: sql.format(**makers) for key, sql in OWN_VALUES.items()}
        self.product_ranges = {}
        self.columns = self._read_columns()
        self.references = self._read_references()
        self.families = {
            name: self._select_tables(name, ids) for name, ids in world.families.items()
        }

    def copy(self, plan):
        """Insert all copies, then put keys, indexes and sequences back."""
        self._create_plan(plan)
        tables = self._get_tables()
        keys, indexes = self._read_keys(tables), self._read_indexes(tables)
        self._drop(keys, indexes)
        for family in self.families:
            self._copy_family(family)
        self._sum_up_quants()
        for statement in [*indexes.values(), *keys.values()]:
            self.cr.execute(statement)
        self.cr.execute("DROP TABLE bench_copy")
        self.cr.execute("ANALYZE")
        self.env.invalidate_all()

    # -- what there is -----------------------------------------------------------------------------

    def _read_columns(self):
        self.cr.execute(
            """
            SELECT table_name, column_name, data_type
              FROM information_schema.columns
             WHERE table_schema = current_schema AND is_generated = 'NEVER'
            """
        )
        columns = {}
        for table, column, data_type in self.cr.fetchall():
            columns.setdefault(table, {})[column] = data_type
        return columns

    def _read_references(self):
        self.cr.execute(
            """
            SELECT owner.relname, attname, target.relname
              FROM pg_constraint
              JOIN pg_class owner ON owner.oid = conrelid
              JOIN pg_class target ON target.oid = confrelid
              JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
             WHERE contype = 'f'
            """
        )
        references = {}
        for table, column, target in self.cr.fetchall():
            references.setdefault(table, {})[column] = target
        return references

    def _select_tables(self, name, family):
        """Drop what is not copied; wizards are not either, nor products together with documents."""
        wizards = {model._table for model in self.env.registry.values() if model._transient}
        other = NOT_COPIED if name == "products" else (*NOT_COPIED, "product_")
        return {
            table: ids
            for table, ids in family.items()
            if not table.startswith(other) and table not in wizards and table in self.columns
        }

    def _get_links(self, family):
        """Return the tables of many2many relations that have rows of the family."""
        return {
            table: [column for column, target in references.items() if target in family]
            for table, references in self.references.items()
            if "id" not in self.columns[table]
            and not table.startswith(NOT_COPIED)
            and set(references.values()) & set(family)
        }

    def _get_tables(self):
        """Return all tables that get rows."""
        tables = {"stock_quant"}
        for family in self.families.values():
            tables |= {*family, *self._get_links(family)}
        return tables

    # -- keys and indexes --------------------------------------------------------------------------

    def _read_keys(self, tables):
        self.cr.execute(
            """
            SELECT relname, conname,
                   format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', relname, conname,
                          pg_get_constraintdef(pg_constraint.oid))
              FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
             WHERE contype = 'f' AND relname = ANY(%s)
            """,
            [list(tables)],
        )
        return {(table, name): statement for table, name, statement in self.cr.fetchall()}

    def _read_indexes(self, tables):
        # Odoo keeps the definition it made an index of as its comment.
        self.cr.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
                   || format('; COMMENT ON INDEX %%s IS %%L', indexrelid::regclass,
                             obj_description(indexrelid, 'pg_class'))
              FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
             WHERE NOT indisunique AND relname = ANY(%s)
            """,
            [list(tables)],
        )
        return dict(self.cr.fetchall())

    def _drop(self, keys, indexes):
        self.cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for table, name in keys:
            self.cr.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        for index in indexes:
            self.cr.execute(f"DROP INDEX {index}")

    # -- copies ------------------------------------------------------------------------------------

    def _create_plan(self, plan):
        self.cr.execute(
            """
            CREATE TABLE bench_copy (
                family varchar, copy int, partner_id int, address_id int, product_copy int,
                days int, eta_days int, PRIMARY KEY (family, copy)
            )
            """
        )
        execute_values(self.cr._obj, "INSERT INTO bench_copy VALUES %s", plan, page_size=10000)
        self.cr.execute("ANALYZE bench_copy")

    def _copy_family(self, name):
        self.cr.execute("SELECT count(*) FROM bench_copy WHERE family = %s", [name])
        copies = self.cr.fetchone()[0]
        ranges = {
            table: Range(low, high, self._get_last_id(table) + 1)
            for table, (low, high) in self.families[name].items()
        }
        if name == "products":
            self.product_ranges = ranges
        for table, range_ in ranges.items():
            self._insert(name, table, ranges, f"t.id BETWEEN {range_.low} AND {range_.high}")
            last = range_.base + copies * range_.span
            self.cr.execute(f"SELECT setval('{table}_id_seq', {last})")
        for table, columns in self._get_links(ranges).items():
            self._insert(name, table, ranges, self._get_link_condition(table, columns, ranges))

    def _get_last_id(self, table):
        self.cr.execute(f"SELECT last_value FROM {table}_id_seq")
        return self.cr.fetchone()[0]

    def _get_link_condition(self, table, columns, ranges):
        parts = []
        for column in columns:
            range_ = ranges[self.references[table][column]]
            parts.append(f't."{column}" BETWEEN {range_.low} AND {range_.high}')
        return " OR ".join(parts)

    def _insert(self, family, table, ranges, condition):
        columns = self.columns[table]
        values = [self._get_value(family, table, column, ranges) for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        self.cr.execute(
            f"""
            INSERT INTO "{table}" ({names})
            SELECT {", ".join(values)}
              FROM "{table}" t CROSS JOIN bench_copy c
             WHERE c.family = %s AND ({condition})
             ORDER BY c.copy
            """,
            [family],
        )
        _logger.debug("%s: %s rows of %s", family, self.cr.rowcount, table)

    def _get_value(self, family, table, column, ranges):
        """Return the SQL of a column of a copy."""
        quoted = f't."{column}"'
        if (table, column) in self.own_values:
            return self.own_values[table, column]
        if column == "id":
            return ranges[table].shift(quoted, "c.copy")
        if column in self.references.get(table, {}):
            return self._get_reference(self.references[table][column], quoted, ranges)
        if table in NUMBERED.get(column, ()):
            number = f"CASE WHEN {quoted} IN ('', '/') THEN '' ELSE '-' || c.copy END"
            return f"{quoted} || {number}"
        if family == "products":
            return quoted
        return self._get_day(table, column, quoted)

    def _get_day(self, table, column, quoted):
        """Documents are older than the seeds, suppliers' dates later."""
        data_type = self.columns[table][column]
        if data_type == "date" and ("eta" in column or "eta" in table):
            return f"{quoted} + c.eta_days"
        if data_type.startswith(("date", "timestamp")):
            return f"{quoted} - c.days * interval '1 day'"
        return quoted

    def _get_reference(self, target, quoted, ranges):
        if target in ranges:
            return ranges[target].shift(quoted, "c.copy")
        if target in self.product_ranges:
            return self.product_ranges[target].shift(quoted, "c.product_copy")
        if target == "res_partner":
            return (
                f"CASE {quoted} WHEN {self.customer.id} THEN c.partner_id"
                f" WHEN {self.address.id} THEN c.address_id ELSE {quoted} END"
            )
        return quoted

    # -- stock -------------------------------------------------------------------------------------

    def _sum_up_quants(self):
        """Make the quantities on hand of the seeds' products and their copies from the moves."""
        seeds = self.product_ranges["product_product"]
        products = f"(SELECT id FROM product_product WHERE id >= {seeds.low})"
        self.cr.execute(f"DELETE FROM stock_quant WHERE product_id IN {products}")
        self.cr.execute(
            f"""
            WITH change AS (
                SELECT product_id, lot_id, location_dest_id AS location_id, date,
                       quantity_product_uom AS quantity, 0 AS reserved
                  FROM stock_move_line WHERE state = 'done' AND product_id IN {products}
                UNION ALL
                SELECT product_id, lot_id, location_id, date, -quantity_product_uom, 0
                  FROM stock_move_line WHERE state = 'done' AND product_id IN {products}
                UNION ALL
                SELECT product_id, lot_id, location_id, date, 0, quantity_product_uom
                  FROM stock_move_line
                 WHERE state NOT IN ('done', 'cancel', 'draft') AND product_id IN {products}
            )
            INSERT INTO stock_quant (product_id, lot_id, location_id, company_id, in_date,
                                     quantity, reserved_quantity,
                                     create_uid, write_uid, create_date, write_date)
            SELECT change.product_id, change.lot_id, change.location_id, location.company_id,
                   min(change.date), sum(change.quantity),
                   coalesce(
                       sum(reserved) FILTER (WHERE location.usage IN ('internal', 'transit')), 0
                   ),
                   1, 1, now(), now()
              FROM change
              JOIN stock_location location ON location.id = change.location_id
              JOIN product_product product ON product.id = change.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE template.is_storable
             GROUP BY change.product_id, change.lot_id, change.location_id, location.company_id
            HAVING sum(change.quantity) <> 0 OR sum(change.reserved) <> 0
            """
        )
