from odoo import models
from odoo.http import request


class PortalMixin(models.AbstractModel):
    _inherit = "portal.mixin"

    def _portal_ensure_token(self):
        """As core; who sees the portal as a customer does makes no link to share."""
        if request and not self.access_token and self.env["ir.http"]._get_view():
            return ""
        return super()._portal_ensure_token()
