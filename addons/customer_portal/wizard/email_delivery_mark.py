from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class EmailDeliveryMark(models.TransientModel):
    _name = "email.delivery.mark"
    _description = "Mark as Sent by E-mail"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    date = fields.Date("Sent On", required=True, default=fields.Date.context_today)
    line_ids = fields.One2many(
        "email.delivery.mark.line",
        "mark_id",
        string="Open Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("order_id")
    def _compute_line_ids(self):
        for mark in self:
            lines = mark.order_id._get_lines_to_email()
            mark.line_ids = [
                Command.clear(),
                *(
                    Command.create({"sale_line_id": line.id, "quantity": line.customer_open_qty})
                    for line in lines
                ),
            ]

    def action_mark(self):
        """Mark what has a quantity as sent.

        :return: action that closes the dialog
        :raise UserError: when nothing has a quantity, or a line cannot be marked
        """
        self.ensure_one()
        rows = [line._prepare_row() for line in self.line_ids if line.quantity]
        if not rows:
            raise UserError(self.env._("Enter the quantity of what was sent."))
        self.env["sale.order.line"].mark_email_delivered(rows)
        return {"type": "ir.actions.act_window_close"}
