from odoo import api, fields, models
from odoo.fields import Command


class CsoPositionDialog(models.AbstractModel):
    """What every dialog about positions has: which ones, and one clerk at a time."""

    _name = "cso.position.dialog"
    _description = "Dialog About Positions"

    @api.model
    def _get_positions(self):
        """Return the positions from which the dialog was opened."""
        positions = self.env["cso.rma.line"]
        if self.env.context.get("active_model") != positions._name:
            return positions
        return positions.browse(self.env.context.get("active_ids", []))

    position_ids = fields.Many2many(
        "cso.rma.line", string="Chosen Positions", default=lambda self: self._get_positions()
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_line_ids(self):
        """Give each position a line, in dialogs that have lines."""
        for wizard in self:
            positions = wizard._get_line_positions()
            wizard.line_ids = [
                Command.clear(),
                *(Command.create({"position_id": position.id}) for position in positions),
            ]

    # ------------------------------------------------------------------ business
    def _get_line_positions(self):
        """Return the positions (``cso.rma.line``) that have a line in this dialog."""
        return self.position_ids._origin

    @api.model
    def _lock_positions(self, positions):
        """Let who may change these positions act on them; a second clerk waits and is run again.

        :raise AccessError: where the user may not change one of them
        """
        positions.check_access("write")
        positions._lock_for_decision()
