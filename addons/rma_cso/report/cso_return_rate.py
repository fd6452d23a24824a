from odoo import fields, models
from odoo.tools import SQL


class CsoReturnRate(models.Model):
    """What of the delivered units came back or was claimed, by order line."""

    _name = "cso.return.rate"
    _description = "Return Rate"
    _auto = False
    _order = "ordered_on desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    maker_id = fields.Many2one("res.partner", readonly=True)
    vendor_id = fields.Many2one("res.partner", "Main Vendor", readonly=True)
    ordered_on = fields.Datetime(readonly=True)
    shipped_qty = fields.Float("Delivered Units", readonly=True)
    claimed_qty = fields.Float(
        "Claimed Units", readonly=True, help="Without what was refused, withdrawn or expired."
    )
    return_rate = fields.Float(
        "Return Rate (%)", readonly=True, aggregator="avg", help="Claimed of delivered units."
    )

    # ------------------------------------------------------------------ CRUD
    def _read_group_select(self, aggregate_spec, query):
        """Extend: the rate of a group is that of its units, not the mean of its order lines."""
        if aggregate_spec != "return_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%(claimed)s) / NULLIF(SUM(%(shipped)s), 0)",
            claimed=self._field_to_sql(self._table, "claimed_qty", query),
            shipped=self._field_to_sql(self._table, "shipped_qty", query),
        )

    # ------------------------------------------------------------------ business
    @property
    def _table_query(self):
        """Return the rows: one per order line of which something was delivered."""
        return SQL(QUERY)


QUERY = """
    WITH vendor AS (
         SELECT DISTINCT ON (product_tmpl_id) product_tmpl_id, partner_id
           FROM product_supplierinfo
       ORDER BY product_tmpl_id, sequence, min_qty DESC, price, id
         ),
         claim AS (
         SELECT sale_line_id, SUM(quantity) AS quantity
           FROM cso_rma_line
          WHERE submitted_on IS NOT NULL
            AND takes_units
            AND state NOT IN ('refused', 'withdrawn', 'expired')
       GROUP BY sale_line_id
         )
    SELECT line.id,
           line.order_id,
           line.company_id,
           line.order_partner_id AS partner_id,
           line.product_id,
           template.categ_id,
           template.maker_id,
           vendor.partner_id AS vendor_id,
           line.confirmed_on AS ordered_on,
           line.customer_shipped_qty AS shipped_qty,
           COALESCE(claim.quantity, 0) AS claimed_qty,
           100 * COALESCE(claim.quantity, 0) / line.customer_shipped_qty AS return_rate
      FROM sale_order_line line
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
 LEFT JOIN vendor ON vendor.product_tmpl_id = template.id
 LEFT JOIN claim ON claim.sale_line_id = line.id
     WHERE line.customer_shipped_qty > 0
"""
