from odoo import api, fields, models


class PartnerAccessAccept(models.TransientModel):
    _name = "partner.access.accept"
    _description = "Acceptance of an Applicant"

    application_id = fields.Many2one(
        "partner.access.application", required=True, ondelete="cascade", readonly=True
    )
    email = fields.Char("Administrator", related="application_id.email")
    partner_id = fields.Many2one(
        "res.partner",
        "Existing Company",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        domain=[("is_company", "=", True)],
        help="Empty: a new company is made from the application.",
    )
    administrators = fields.Char("Administrators so Far", compute="_compute_administrators")
    user_id = fields.Many2one(
        "res.users",
        "Account Manager",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        help="The contact person whom the customer sees in the portal.",
    )

    @api.depends("application_id")
    def _compute_partner_id(self):
        for accept in self:
            found = accept.application_id.duplicate_partner_ids
            accept.partner_id = found if len(found) == 1 else False

    @api.depends("partner_id")
    def _compute_administrators(self):
        role = self.env.ref("partner_access.role_administrator")
        for accept in self:
            # sudo: who accepts customers may not read the register
            entries_sudo = accept.partner_id.sudo().access_entry_ids
            found_sudo = entries_sudo.filtered(lambda entry: role in entry.role_ids)
            accept.administrators = ", ".join(found_sudo.mapped("email"))

    def action_accept(self):
        """Make the applicant a customer.

        :return: an action that shows the company
        :raise UserError: see ``partner.access.application._accept``
        """
        self.ensure_one()
        company = self.application_id._accept(self.partner_id, self.user_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": company.id,
            "views": [(False, "form")],
        }
