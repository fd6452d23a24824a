from odoo import fields, models

from .sale_line_eta import ETA_STATES


class SaleOrderLineEtaChange(models.Model):
    _name = "sale.order.line.eta.change"
    _description = "Change of a Supplier's Date on an Order Line"
    _order = "changed_on desc, id desc"
    _rec_name = "sale_line_id"

    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, index=True, ondelete="cascade"
    )
    changed_on = fields.Datetime(required=True, default=lambda self: fields.Datetime.now())
    user_id = fields.Many2one(
        "res.users",
        string="Changed By",
        default=lambda self: self.env.user,
        groups="base.group_user",
        ondelete="set null",
    )
    old_first = fields.Date("Old First Date")
    old_last = fields.Date("Old Last Date")
    old_state = fields.Selection(ETA_STATES, "Old ETA Status")
    new_first = fields.Date("New First Date")
    new_last = fields.Date("New Last Date")
    new_state = fields.Selection(ETA_STATES, "New ETA Status")

    def _has_field_access(self, field, operation):
        """Who wrote a record is the company's business, not the customer's."""
        if field.name in ("create_uid", "write_uid") and not self.env.su:
            return not self.env.user.share
        return super()._has_field_access(field, operation)
