"""Rows that two requests want at the same moment."""

from odoo.tools import SQL


def hold_rows(records):
    """Hold rows until the transaction ends. Who wants them too waits, and is then run again by
    Odoo, so that it sees what was done meanwhile; core's own lock would refuse the second at once.

    :param records: stored records, with sudo
    """
    # a lock alone would start nobody anew
    query = "UPDATE %s SET write_date = write_date WHERE id IN %s"
    table, ids = SQL.identifier(records._table), tuple(records.ids) or (0,)
    records.env.cr.execute(SQL(query, table, ids))
