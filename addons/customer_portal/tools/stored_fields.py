"""Stored computed fields on tables that are full when the add-on is installed."""

from odoo.tools import SQL
from odoo.tools.misc import split_every
from odoo.tools.sql import column_exists, create_column

BATCH = 1000


def create_computed_columns(model, computes):
    """Make the columns of computed fields before Odoo does, in an ``_auto_init``.

    Odoo would compute all records at once, which takes more memory than a server has when there
    are a million.

    :param model: empty recordset
    :param computes: names of the methods that compute the fields
    :return: whether a column was made, which is to be filled by ``compute_in_batches``
    """
    cr, table = model.env.cr, model._table
    missing = [
        field for field in _get_fields(model, computes) if not column_exists(cr, table, field.name)
    ]
    for field in missing:
        create_column(cr, table, field.name, field.column_type[1])
    return bool(missing)


def compute_in_batches(model, computes):
    """Compute stored fields of all records of a table.

    What depends on these fields is not computed with them.

    :param model: empty recordset
    :param computes: names of the methods that compute the fields
    """
    env, fields = model.env, _get_fields(model, computes)
    rows = env.execute_query(SQL("SELECT id FROM %s ORDER BY id", SQL.identifier(model._table)))
    for ids in split_every(BATCH, [record_id for (record_id,) in rows]):
        for field in fields:
            env.add_to_compute(field, model.browse(ids))
        env.flush_all()
        env.invalidate_all()


def _get_fields(model, computes):
    return [field for field in model._fields.values() if field.store and field.compute in computes]
