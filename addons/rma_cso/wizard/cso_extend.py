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
            days = [position._get_valid_until() for position in dialog.position_ids._origin]
            dialog.until = max(days, default=fields.Date.context_today(dialog))

    def action_extend(self):
        """Move the last day of the positions; one that has expired is opened again.

        :raise UserError: where no goods are waited for, the day is not later than it was, or the
            units of an expired position are claimed elsewhere by now
        """
        self.ensure_one()
        self._lock_positions(self.position_ids)
        self.position_ids._extend(self.until, self.text)
        return {"type": "ir.actions.act_window_close"}
