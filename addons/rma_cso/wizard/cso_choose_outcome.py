from odoo import api, fields, models


class CsoChooseOutcome(models.TransientModel):
    _name = "cso.choose.outcome"
    _inherit = ["cso.position.dialog"]
    _description = "Choose an Outcome"

    possible_ids = fields.Many2many("cso.outcome", compute="_compute_possible_ids")
    outcome_id = fields.Many2one(
        "cso.outcome",
        "What Is Decided",
        compute="_compute_outcome_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('id', 'in', possible_ids)]",
    )
    description = fields.Text(related="outcome_id.description")

    @api.depends("position_ids")
    def _compute_possible_ids(self):
        for wizard in self:
            wizard.possible_ids = wizard.position_ids._origin._get_possible_outcomes()

    @api.depends("position_ids")
    def _compute_outcome_id(self):
        for wizard in self:
            wizard.outcome_id = wizard.position_ids._origin._get_default_outcome()

    def action_continue(self):
        """Open the dialog of the chosen outcome.

        :return: the action
        """
        self.ensure_one()
        return self.position_ids._get_decision_dialog(self.outcome_id)
