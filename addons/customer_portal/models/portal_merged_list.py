from odoo import api, models
from odoo.tools import SQL


class PortalMergedList(models.AbstractModel):
    """Records of several models in one list by date: documents, shipments.

    A part is ``(key, model, domain, date_field)``. Each part is read in the order of its own index
    and no further than the page reaches.
    """

    _name = "portal.merged.list"
    _description = "Records of Several Models by Date"

    @api.model
    def _search_parts(self, parts, limit, offset=0, oldest_first=False):
        """One page of the list.

        :param parts: list of ``(key, model, domain, date_field)``; the domain holds the access
            domain of the user
        :param limit: how many
        :param offset: how many are left out
        :return: ``[(key, id)]``, the newest first unless the oldest were asked for
        :rtype: list
        """
        direction = SQL("ASC" if oldest_first else "DESC")
        selects = [
            SQL("(%s)", self._select_part(part, limit + offset, oldest_first)) for part in parts
        ]
        if not selects:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT part, id FROM (%(rows)s) AS found(part, id, moment) "
                "ORDER BY moment %(direction)s, part, id %(direction)s "
                "LIMIT %(limit)s OFFSET %(offset)s",
                rows=SQL(" UNION ALL ").join(selects),
                direction=direction,
                limit=limit,
                offset=offset,
            )
        )

    @api.model
    def _count_parts(self, parts, cap):
        """How many the list holds, counted no further than one more than ``cap``."""
        # in no order: the first ones that are found are enough
        queries = [
            self.env[model].sudo()._search(domain, limit=cap + 1)
            for _key, model, domain, _date_field in parts
        ]
        if not queries:
            return 0
        rows = SQL(" UNION ALL ").join(SQL("(%s)", query.select()) for query in queries)
        query = SQL("SELECT COUNT(*) FROM (SELECT 1 FROM (%s) AS part LIMIT %s)", rows, cap + 1)
        return self.env.execute_query(query)[0][0]

    @api.model
    def _select_part(self, part, limit, oldest_first):
        key, model, domain, date_field = part
        records_sudo = self.env[model].sudo()  # the domain holds the access domain of the user
        direction = "asc" if oldest_first else "desc"
        query = records_sudo._search(
            domain, order=f"{date_field} {direction}, id {direction}", limit=limit
        )
        return query.select(
            SQL("%s::varchar", key),
            SQL.identifier(query.table, "id"),
            SQL("%s::timestamp", SQL.identifier(query.table, date_field)),
        )
