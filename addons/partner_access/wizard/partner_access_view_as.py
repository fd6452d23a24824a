from odoo import api, fields, models
from odoo.exceptions import UserError


class PartnerAccessViewAs(models.TransientModel):
    _name = "partner.access.view.as"
    _description = "View the Portal as a Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    viewable_user_ids = fields.Many2many("res.users", compute="_compute_viewable_user_ids")
    user_id = fields.Many2one(
        "res.users",
        "See the Portal as",
        required=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', viewable_user_ids)]",
    )
    reason = fields.Char(
        required=True, help="Kept in the access log; the customer's administrators can read it."
    )
    minutes = fields.Integer(compute="_compute_minutes")

    @api.depends("partner_id")
    def _compute_viewable_user_ids(self):
        for wizard in self:
            wizard.viewable_user_ids = self.env.user._get_viewable_users(wizard.partner_id)

    @api.depends("viewable_user_ids")
    def _compute_user_id(self):
        for wizard in self:
            users = wizard.viewable_user_ids
            wizard.user_id = users if len(users) == 1 else False

    def _compute_minutes(self):
        self.minutes = self.env["res.users"]._get_view_minutes()

    def action_view(self):
        """Go on in the portal, as the user sees it.

        :return: an action that leads to the portal
        :raise AccessError: without the right, or outside of a browser's session
        :raise UserError: without a reason, or when the user has no access at present
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why you look at the portal as this customer."))
        self.env.user._view_as(self.user_id, self.reason.strip())
        return {"type": "ir.actions.act_url", "url": "/my", "target": "self"}
