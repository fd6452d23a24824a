from odoo import fields, models


class CsoParcel(models.TransientModel):
    _name = "cso.parcel"
    _inherit = ["cso.position.dialog"]
    _description = "Parcel Announced"

    carrier = fields.Char()
    tracking_ref = fields.Char("Tracking Number")

    def action_note(self):
        """Note that the parcel is on its way: the authorisation does not end before it is here.

        :raise UserError: where no goods are waited for (any more)
        """
        self.ensure_one()
        self._lock_positions(self.position_ids)
        self.position_ids._check_to_send()
        self.position_ids._mark_sent(self.carrier or "", self.tracking_ref or "")
