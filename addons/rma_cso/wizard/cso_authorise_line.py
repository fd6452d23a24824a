from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoAuthoriseLine(models.TransientModel):
    _name = "cso.authorise.line"
    _description = "Authorise a Position"

    wizard_id = fields.Many2one("cso.authorise", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    asks_goods = fields.Boolean(compute="_compute_asks")
    asks_fee = fields.Boolean(compute="_compute_asks")
    goods = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        "Goods Expected",
        compute="_compute_goods",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether the customer has to send the goods.",
    )
    fee_percent = fields.Float(
        "Return Fee (%)",
        digits=(5, 2),
        compute="_compute_fee_percent",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_free = fields.Boolean("No Fee")

    _fee_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100)", "The fee must be between 0 and 100 %."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_asks(self):
        for line in self:
            line.asks_goods = line.position_id.asks_goods
            line.asks_fee = line.position_id.asks_fee

    @api.depends("position_id")
    def _compute_goods(self):
        for line in self:
            known = "yes" if line.position_id.is_goods_expected else "no"
            line.goods = not line.asks_goods and known

    @api.depends("position_id")
    def _compute_fee_percent(self):
        for line in self:
            line.fee_percent = line.position_id.fee_percent

    # ------------------------------------------------------------------ business
    def _decide(self):
        """Write what the reviewer decided on the position.

        :raise UserError: where something is left to the reviewer and not decided
        """
        self.ensure_one()
        self._check_decided()
        values = {}
        if self.asks_goods:
            values["is_goods_expected"] = self.goods == "yes"
        if self.asks_fee:
            values["fee_percent"] = 0.0 if self.is_free else self.fee_percent
        self.position_id.sudo().write(values)  # only together with authorising

    def _check_decided(self):
        name = self.position_id.display_name
        if self.asks_goods and not self.goods:
            text = self.env._("Choose whether the goods are expected: %(position)s.", position=name)
            raise UserError(text)
        if self.asks_fee and not (self.fee_percent or self.is_free):
            text = self.env._("Name the return fee, or choose No Fee: %(position)s.", position=name)
            raise UserError(text)
