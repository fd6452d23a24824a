from odoo import fields, models

ETA_SOURCES = [
    ("typed", "Typed"),
    ("import", "Imported"),
    ("vendor", "Entered by the vendor"),
    ("buyer", "Planned date edited by a buyer"),
    ("receipt", "Receipt rescheduled by the warehouse"),
]


class PurchaseOrderLineEtaChange(models.Model):
    _name = "purchase.order.line.eta.change"
    _description = "Change of a Supplier's Date on a Purchase Line"
    _order = "changed_on desc, id desc"
    _rec_name = "purchase_line_id"

    purchase_line_id = fields.Many2one(
        "purchase.order.line", required=True, index=True, ondelete="cascade"
    )
    changed_on = fields.Datetime(required=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one(
        "res.users", string="Changed By", default=lambda self: self.env.user, ondelete="set null"
    )
    old_eta = fields.Date("Old ETA")
    new_eta = fields.Date("New ETA", help="Empty when the date was taken back.")
    source = fields.Selection(ETA_SOURCES, required=True)
