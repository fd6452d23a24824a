from odoo import models


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    def _send_email(self):
        """Send the link of the register instead of core's, which would live for days.

        :return: True
        """
        self.ensure_one()
        # sudo: who gives access may not read users
        user_sudo = self.user_id.sudo()
        message = self.wizard_id.welcome_message
        user_sudo.with_context(welcome_message=message)._send_access_link()
        self.env["partner.access.log"]._log("link_sent", user=user_sudo)
        return True
