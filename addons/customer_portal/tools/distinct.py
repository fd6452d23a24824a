"""SQL for the few different values of a column with an index, without reading all rows."""

from odoo.tools import SQL


def get_distinct_sql(table, column, condition=None):
    """Each value once: from one value the index leads to the next one.

    :param str table: name of a table
    :param str column: one with an index, led by what the condition holds to one value
    :param SQL condition: rows that count
    :return: a query of one column
    :rtype: SQL
    """
    return SQL(
        """
        WITH RECURSIVE found(value) AS (
            (SELECT min(%(column)s) FROM %(table)s WHERE %(condition)s)
             UNION ALL
            SELECT (SELECT min(%(column)s) FROM %(table)s
                     WHERE %(column)s > found.value AND %(condition)s)
              FROM found
             WHERE found.value IS NOT NULL
        )
        SELECT value FROM found WHERE value IS NOT NULL
        """,
        table=SQL.identifier(table),
        column=SQL.identifier(table, column),
        condition=condition or SQL("TRUE"),
    )
