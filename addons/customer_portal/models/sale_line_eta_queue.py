import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 200


class SaleLineEtaQueue(models.Model):
    """Order lines whose dates are computed by a job, not in the request that changed them.

    Rows are only ever added and taken away: two requests that touch the same line do not wait for
    each other, and what a killed server left is still here.
    """

    _name = "sale.line.eta.queue"
    _description = "Order Line whose ETA Is to Be Computed"
    _order = "id"
    _rec_name = "sale_line_id"
    _log_access = False

    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", string="Changed By", ondelete="set null")
    is_check = fields.Boolean(help="Of the nightly pass: a difference is a drift and is reported.")

    @api.model
    def _enqueue(self, lines):
        """Have the dates of order lines computed soon, in the name of the user.

        :param lines: ``sale.order.line``
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sale_line_eta_queue (sale_line_id, user_id, is_check)
                     SELECT line_id, %s, FALSE FROM unnest(%s) AS line_id
                """,
                self.env.uid,
                lines.ids,
            )
        )
        # not there yet while the add-on is being installed
        if cron := self.env.ref("customer_portal.cron_eta_queue", raise_if_not_found=False):
            cron._trigger()

    @api.model
    def _enqueue_all(self):
        """The nightly pass: look at every open line, and at lines that claim to be open."""
        lines = self.env["sale.order.line"]
        lines.flush_model(["state", "customer_open_qty", "eta_state"])
        self.env.cr.execute(
            """
            INSERT INTO sale_line_eta_queue (sale_line_id, user_id, is_check)
                 SELECT id, NULL, TRUE
                   FROM sale_order_line
                  WHERE (state = 'sale' AND customer_open_qty > 0)
                     OR eta_state IN ('unknown', 'partial', 'known', 'in_stock')
               ORDER BY id
            """
        )
        self.env.ref("customer_portal.cron_eta_queue")._trigger()

    @api.model
    def _run(self):
        """Compute what is queued, a batch at a time; each batch is committed."""
        drifts = self.env["sale.line.eta.drift"]
        while rows := self.search([], limit=BATCH):
            rows |= self.search([("sale_line_id", "in", rows.sale_line_id.ids)])
            count = len(rows)
            drifts |= rows._try_work()
            if not self.env["ir.cron"]._commit_progress(count, remaining=self.search_count([])):
                break
        drifts._notify()

    def _try_work(self):
        """Compute all; when that fails, line by line, so that one bad line stops no other.

        A line that cannot be computed is logged and left to the nightly pass.

        :return: as ``_work``
        """
        try:
            with self.env.cr.savepoint():
                return self._work()
        except OperationalError:
            raise  # the job starts again from here
        except Exception:
            lines = self.sale_line_id
            if len(lines) > 1:
                parts = [self.filtered_domain([("sale_line_id", "=", line.id)]) for line in lines]
                return self.env["sale.line.eta.drift"].union(*(part._try_work() for part in parts))
            _logger.exception("The ETA of order line %s could not be computed", lines.id)
            self.unlink()
            return self.env["sale.line.eta.drift"]

    def _work(self):
        """Compute the lines of these rows and remove the rows.

        :return: what differed although nothing had changed (``sale.line.eta.drift``)
        """
        pending = self.filtered(lambda row: not row.is_check)
        checked = self.sale_line_id - pending.sale_line_id
        stored = checked._get_stored_eta()
        for user, rows in self.grouped("user_id").items():
            # the history names who caused the change; he needs no rights on the lines
            lines_sudo = rows.sale_line_id.with_user(user or self.env.user).sudo()
            lines_sudo._refresh_eta()
            lines_sudo.env.flush_all()
        self.unlink()
        return self.env["sale.line.eta.drift"]._report(checked, stored)
