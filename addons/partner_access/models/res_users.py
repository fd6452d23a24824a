from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_portal_contact(self):
        """The contact person of the user's company: the salesperson, as partner.

        :return: ``res.partner`` of the salesperson of the user's own contact, else of their
            company; empty when there is none or for internal and public users
        """
        self.ensure_one()
        if not self._is_portal():
            return self.env["res.partner"]
        partner = self.partner_id
        salesperson = partner.user_id or partner.commercial_partner_id.user_id
        return salesperson.partner_id
