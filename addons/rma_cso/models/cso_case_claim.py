from odoo import api, fields, models

from .cso_position_claim import STAFF


class CsoCaseClaim(models.AbstractModel):
    """What we claim back for a return case from vendors and carriers."""

    _name = "cso.case.claim"
    _description = "Claims for a Return Case"

    claim_count = fields.Integer(
        "Number of Claims", compute="_compute_claim_count", compute_sudo=False, groups=STAFF
    )

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.claim_line_ids")
    def _compute_claim_count(self):
        for case in self:
            case.claim_count = len(case.line_ids.claim_line_ids.claim_id)

    # ------------------------------------------------------------------ actions
    def action_view_claims(self):
        """Open the claims of the positions of these cases."""
        return self.line_ids.action_view_claims()
