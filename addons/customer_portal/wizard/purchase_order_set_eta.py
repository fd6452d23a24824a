from odoo import api, fields, models


class PurchaseOrderSetEta(models.TransientModel):
    _name = "purchase.order.set.eta"
    _description = "One Supplier's Date for All Lines"

    order_ids = fields.Many2many(
        "purchase.order",
        string="Purchase Orders",
        default=lambda self: self._get_orders(),
        readonly=True,
    )
    supplier_eta = fields.Date("Supplier's ETA", required=True)
    line_count = fields.Integer("Open Lines", compute="_compute_line_count")

    @api.depends("order_ids")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.order_ids._get_open_eta_lines())

    @api.model
    def _get_orders(self):
        if self.env.context.get("active_model") != "purchase.order":
            return self.env["purchase.order"]
        return self.env["purchase.order"].browse(self.env.context.get("active_ids", []))

    def action_set_eta(self):
        """Write the date on every open line that has another one, as typed.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.order_ids.check_access("write")
        self.order_ids._get_open_eta_lines()._set_typed_eta(self.supplier_eta)
        return {"type": "ir.actions.act_window_close"}
