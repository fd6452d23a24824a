from odoo import api, fields, models


class CsoAuthorise(models.TransientModel):
    _name = "cso.authorise"
    _inherit = ["cso.position.dialog"]
    _description = "Authorise Positions"

    line_ids = fields.One2many(
        "cso.authorise.line",
        "wizard_id",
        "Positions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    asks_goods = fields.Boolean(compute="_compute_asks")
    asks_fee = fields.Boolean(compute="_compute_asks")

    @api.depends("line_ids.position_id")
    def _compute_asks(self):
        for wizard in self:
            wizard.asks_goods = any(wizard.line_ids.mapped("asks_goods"))
            wizard.asks_fee = any(wizard.line_ids.mapped("asks_fee"))

    def action_authorise(self):
        """Authorise the positions as the reviewer decided on goods and fee.

        :raise UserError: where something that the reason leaves to the reviewer is not decided
        """
        self.ensure_one()
        positions = self.line_ids.position_id
        self._lock_positions(positions)
        positions._check_authorisable()
        for line in self.line_ids:
            line._decide()
        positions._authorise()
        positions._notify("authorised")
        return {"type": "ir.actions.act_window_close"}
