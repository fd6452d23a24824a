from datetime import timedelta

from odoo import api, fields, models


class CsoExtend(models.TransientModel):
    _name = "cso.extend"
    _inherit = ["cso.text.dialog"]
    _description = "Extend an Authorisation"

    _text_kind = "extend"

    text = fields.Text("Reason")
    until = fields.Date(
        "New Last Day",
        compute="_compute_until",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The day is included.",
    )

    @api.depends("position_ids")
    def _compute_until(self):
        for dialog in self:
            days = [dialog._get_proposed_day(position) for position in dialog.position_ids._origin]
            dialog.until = max(days, default=False)

    def _get_proposed_day(self, position):
        """Return the day after as many days as the reason gives, from today or the old last day."""
        today = position.company_id._get_cso_date()
        days = timedelta(days=position.reason_id.validity_days)
        return max(today, position.valid_until or today) + days

    def action_extend(self):
        """Move the last day of the positions; one that has expired is opened again.

        :raise UserError: where no goods are waited for, the day is not later than it was, or the
            units of an expired position are claimed elsewhere by now
        """
        self.ensure_one()
        self._lock_positions(self.position_ids)
        for positions, text in self._get_texts():
            positions._extend(self.until, text)
        return {"type": "ir.actions.act_window_close"}
