from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CsoTest(models.TransientModel):
    """What the test bench does with what it received: note the result, and put it away.

    Units of one position that fare differently become positions of their own.
    """

    _name = "cso.test"
    _inherit = ["cso.position.dialog"]
    _description = "Test and Put Away"

    line_ids = fields.One2many(
        "cso.test.line",
        "wizard_id",
        "Units",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    position_id = fields.Many2one("cso.rma.line", compute="_compute_position_id")
    has_serials = fields.Boolean(compute="_compute_position_id")
    is_divisible = fields.Boolean(compute="_compute_position_id")

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.create({"position_id": position.id, "lot_id": lot.id, "quantity": quantity})
                for position in wizard.position_ids._origin
                for lot, quantity in position._get_received_units().items()
            ]

    @api.depends("position_ids")
    def _compute_position_id(self):
        for wizard in self:
            positions = wizard.position_ids._origin
            units = [(one, one._get_received_units()) for one in positions]
            wizard.position_id = positions if len(positions) == 1 else False
            wizard.has_serials = any(lot for _one, received in units for lot in received)
            wizard.is_divisible = any(
                not position._is_single(lot) for position, received in units for lot in received
            )

    # ------------------------------------------------------------------ actions
    def action_test(self):
        """Note the results of these units and move them where they go.

        :return: action that closes the dialog
        :raise UserError: where more is tested than was received, a decided position would be
            tested anew, or goods that are not here any more would be moved
        """
        self.ensure_one()
        positions = self.line_ids.position_id
        self._lock_positions(positions)
        for position in positions:
            lines = self.line_ids.filtered(lambda line, one=position: line.position_id == one)
            lines._check_units()
            lines._act_on_position()
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------ business
    @api.model
    def _lock_positions(self, positions):
        """Extend: the warehouse tests as well, which may only read positions.

        Who may open this dialog may test: that is its access right.
        """
        positions.check_access("read")
        if not self.has_access("create"):
            raise UserError(self.env._("You may not note results of tests."))
        positions._lock_for_decision()
