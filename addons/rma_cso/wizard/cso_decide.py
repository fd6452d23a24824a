from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoDecide(models.AbstractModel):
    """A dialog that decides positions: it shows what will be made, and makes it.

    Who inherits it gives ``_get_preview``, ``_make_documents`` and, where something is to be
    opened afterwards, ``_get_result_action``.
    """

    _name = "cso.decide"
    _inherit = ["cso.position.dialog"]
    _description = "Decide Positions"

    outcome_id = fields.Many2one(
        "cso.outcome",
        compute="_compute_outcome_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    preview = fields.Text("What Will Be Made", compute="_compute_preview")

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_outcome_id(self):
        """Where no outcome is named: the first one of this dialog that fits the positions."""
        first = self.env["cso.outcome"].search([("form", "=", self._name)], limit=1)
        for wizard in self:
            fitting = wizard.position_ids._origin._get_possible_outcomes()
            own = fitting.filtered(lambda outcome: outcome.form == self._name)
            wizard.outcome_id = wizard.outcome_id or own[:1] or first

    @api.depends("position_ids")
    def _compute_preview(self):
        for wizard in self:
            try:
                wizard.preview = wizard._get_preview()
            except UserError as error:
                wizard.preview = str(error)

    # ------------------------------------------------------------------ actions
    def action_decide(self):
        """Make what the preview shows, once; a second clerk is told that it is decided.

        :return: action that opens what was made, or closes the dialog
        :raise UserError: where a position is not ready, decided already, or something is missing
        """
        self.ensure_one()
        positions = self._get_decided_positions()
        self._lock_positions(positions)
        self._check_positions()
        self._check_outcome()
        for position, promises in self._make_documents().items():
            position._settle(self.outcome_id, promises)
        positions._notify("decided")
        return self._get_result_action()

    # ------------------------------------------------------------------ business
    def _get_decided_positions(self):
        """Return the positions (``cso.rma.line``) that this dialog decides."""
        return self.position_ids

    def _check_positions(self):
        """Refuse positions that are not ready, and answers that are missing."""
        self._get_decided_positions()._check_decidable()

    def _check_outcome(self):
        """Refuse an outcome of another dialog or that does not fit, and goods that go back.

        :raise UserError: that names the outcome, or the position whose goods go back
        """
        positions, outcome = self._get_decided_positions(), self.outcome_id
        if outcome.form != self._name or outcome not in positions._get_possible_outcomes():
            raise UserError(
                self.env._("%(outcome)s does not fit all of these positions.", outcome=outcome.name)
            )
        if not outcome.frees_units:
            positions._check_goods_stay()

    def _get_preview(self):
        """Return a text that names each document with its amounts, before it is made."""
        raise NotImplementedError

    def _make_documents(self):
        """Make the documents.

        :return: dict by position of the kinds of documents that it is promised, as of
            ``cso.position.settlement``
        """
        raise NotImplementedError

    def _get_drafts_action(self):
        """Return the action that shows drafts of these positions to whom may see them."""
        positions = self._get_decided_positions()
        moves_sudo = positions.sudo().refund_line_ids.move_id  # shown to accountants only
        drafts_sudo = moves_sudo.filtered(lambda move: move.state == "draft")
        return positions.rma_id._get_credit_note_action(drafts_sudo)

    def _get_result_action(self):
        """Return the action that follows."""
        return {"type": "ir.actions.act_window_close"}
