from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    cso_rma_id = fields.Many2one(
        "cso.rma", "Return Case", index="btree_not_null", copy=False, check_company=True
    )
