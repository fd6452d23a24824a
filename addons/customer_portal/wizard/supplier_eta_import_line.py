from odoo import fields, models

RESULTS = [("change", "Changes"), ("unchanged", "Unchanged"), ("error", "Not used")]


class SupplierEtaImportLine(models.TransientModel):
    _name = "supplier.eta.import.line"
    _description = "Row of an Import of Suppliers' Dates"
    _order = "row_number, id"

    import_id = fields.Many2one(
        "supplier.eta.import", required=True, index=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row", help="Number of the line in the file, the header is one.")
    order_name = fields.Char("Purchase Order Number")
    article = fields.Char()
    quantity = fields.Char()
    date = fields.Char()
    result = fields.Selection(RESULTS, required=True)
    reason = fields.Char()
    purchase_line_id = fields.Many2one("purchase.order.line", ondelete="cascade")
    order_id = fields.Many2one(related="purchase_line_id.order_id")
    partner_id = fields.Many2one(related="purchase_line_id.partner_id")
    product_id = fields.Many2one(related="purchase_line_id.product_id")
    product_qty = fields.Float("Ordered", related="purchase_line_id.product_qty")
    old_date = fields.Date("Old ETA")
    new_date = fields.Date("New ETA")
