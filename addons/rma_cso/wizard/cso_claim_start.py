from odoo import fields, models


class CsoClaimStart(models.TransientModel):
    """Asks at whom positions are claimed whose vendor or carrier is not known."""

    _name = "cso.claim.start"
    _inherit = ["cso.position.dialog"]
    _description = "Claim at a Vendor or Carrier"

    kind = fields.Selection([("vendor", "Vendor"), ("carrier", "Carrier")], required=True)
    partner_id = fields.Many2one("res.partner", "Claimed At", required=True)

    # ------------------------------------------------------------------ actions
    def action_claim(self):
        """Claim the positions: at the partner named here where none is known.

        :return: action that shows the claims
        :raise UserError: where one of them cannot be claimed (any more)
        """
        self.ensure_one()
        positions = self.position_ids
        self._lock_positions(positions)
        positions._check_claimable(self.kind)
        partners = positions._get_claim_partners(self.kind)
        chosen = {position: partner or self.partner_id for position, partner in partners.items()}
        return positions._make_claims(self.kind, chosen)._get_list_action()
