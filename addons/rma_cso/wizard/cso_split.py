from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoSplit(models.TransientModel):
    _name = "cso.split"
    _inherit = ["cso.position.dialog"]
    _description = "Split a Position"

    position_id = fields.Many2one("cso.rma.line", compute="_compute_position_id")
    possible_lot_ids = fields.Many2many("stock.lot", compute="_compute_position_id")
    is_partly_received = fields.Boolean(compute="_compute_position_id")
    product_uom_id = fields.Many2one(related="position_id.product_uom_id")
    whole_qty = fields.Float(related="position_id.quantity", string="Units")
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Serial Numbers",
        domain="[('id', 'in', possible_lot_ids)]",
        help="They become a position of their own.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="So many units become a position of their own.",
    )
    received_qty = fields.Float(
        "Of Which Received",
        digits="Product Unit",
        compute="_compute_received_qty",
        store=True,
        readonly=False,
        precompute=True,
        help="How many of these units have arrived.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_position_id(self):
        for wizard in self:
            position = wizard.position_ids._origin[:1]
            wizard.position_id = position
            wizard.possible_lot_ids = position._get_splittable_lots()
            wizard.is_partly_received = 0 < position.received_qty < position.quantity

    @api.depends("lot_ids", "position_ids")
    def _compute_quantity(self):
        for wizard in self:
            position = wizard.position_ids._origin[:1]
            wizard.quantity = len(wizard.lot_ids) * position.sale_line_id._get_cso_lot_size()

    @api.depends("quantity", "position_ids")
    def _compute_received_qty(self):
        for wizard in self:
            received = wizard.position_ids._origin[:1].received_qty
            wizard.received_qty = min(wizard.quantity, received)

    # ------------------------------------------------------------------ actions
    def action_split(self):
        """Make a position of its own of the chosen units.

        :return: action that closes the dialog
        :raise UserError: where no unit would be left, or it is decided meanwhile
        """
        self.ensure_one()
        position = self.position_ids
        if len(position) != 1:
            raise UserError(self.env._("This dialog is over: open it again."))
        self._lock_positions(position)
        position._split(self.quantity, self._get_received(), self.lot_ids)
        self.unlink()  # asked twice, it splits once
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------ business
    def _get_received(self):
        """Return the received ones of the chosen units: quantity by serial."""
        units = self.position_ids._get_received_units()
        if self.lot_ids:
            return {lot: quantity for lot, quantity in units.items() if lot in self.lot_ids}
        received = min(self.received_qty, self.quantity, self.position_ids.received_qty)
        return {self.env["stock.lot"]: received} if received > 0 else {}
