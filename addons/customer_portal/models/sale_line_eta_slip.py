from odoo import fields, models
from odoo.tools import SQL

from .sale_line_eta import ETA_STATES
from .sale_order import CUSTOMER_STATUSES


class SaleLineEtaSlip(models.Model):
    """One row per order line and week in which its date became later, or was taken back.

    What moved to and fro within a week counts once, from the first date to the last one.
    """

    _name = "sale.line.eta.slip"
    _description = "Order Line whose ETA Slipped"
    _auto = False
    _rec_name = "sale_line_id"
    _order = "week desc, days desc, id desc"
    _depends = {
        "sale.order.line.eta.change": ["sale_line_id", "changed_on", "old_last", "new_last"],
        "sale.order.line": [
            "order_id",
            "order_partner_id",
            "salesman_id",
            "company_id",
            "product_id",
            "customer_open_qty",
            "customer_status",
            "eta_state",
        ],
    }

    sale_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", "Article", readonly=True)
    open_qty = fields.Float("Open", digits="Product Unit", aggregator=None, readonly=True)
    customer_status = fields.Selection(CUSTOMER_STATUSES, "Customer's Status", readonly=True)
    eta_state = fields.Selection(ETA_STATES, "ETA Status", readonly=True)
    week = fields.Date("Week of", readonly=True, help="The Monday of the week it slipped in.")
    changed_on = fields.Datetime("Last Changed On", readonly=True)
    old_date = fields.Date("Old ETA", readonly=True)
    new_date = fields.Date("New ETA", readonly=True, help="Empty when the date was taken back.")
    days = fields.Integer("Days Later", aggregator="avg", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT slip.*, slip.new_date - slip.old_date AS days,
                   line.order_id, line.order_partner_id AS partner_id,
                   line.salesman_id AS user_id, line.company_id, line.product_id,
                   line.customer_open_qty AS open_qty, line.customer_status, line.eta_state
              FROM (%s) slip
              JOIN sale_order_line line ON line.id = slip.sale_line_id
             WHERE slip.old_date IS NOT NULL
               AND (slip.new_date > slip.old_date OR slip.new_date IS NULL)
            """,
            self._get_weeks(),
        )

    def _get_weeks(self):
        """First and last date of each line and week; weeks begin on Monday, in UTC."""
        return SQL(
            """
            SELECT min(id) AS id, sale_line_id, max(changed_on) AS changed_on,
                   date_trunc('week', changed_on)::date AS week,
                   (array_agg(old_last ORDER BY changed_on, id)
                       FILTER (WHERE old_last IS NOT NULL))[1] AS old_date,
                   (array_agg(new_last ORDER BY changed_on DESC, id DESC))[1] AS new_date
              FROM sale_order_line_eta_change
             GROUP BY sale_line_id, date_trunc('week', changed_on)::date
            """
        )

    def action_open_order(self):
        """Open the order of the line.

        :return: action
        """
        self.ensure_one()
        return self.order_id.get_formview_action()
