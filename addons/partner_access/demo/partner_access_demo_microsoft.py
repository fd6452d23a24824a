from odoo import api, models

# Invented: no tenant of Microsoft has these ids.
TENANTS = {
    "customer_kade": "0a1b2c3d-0000-4000-8000-00000000ca0e",
    "customer_lindenhof": "0a1b2c3d-0000-4000-8000-0000000011de",
}


class PartnerAccessDemoMicrosoft(models.AbstractModel):
    """Tenants of two customers. Lindenhof wants nothing but Microsoft 365: that counts as soon as
    the settings name our own application at Microsoft.
    """

    _name = "partner.access.demo.microsoft"
    _inherit = "partner.access.demo"
    _description = "Demo World: Microsoft 365"

    @api.model
    def _install(self):
        """How customers want to sign in."""
        if self._ref("customer_kade").portal_microsoft_tenants:
            return
        for name, tenant in TENANTS.items():
            self._ref(name).portal_microsoft_tenants = tenant
        self._ref("customer_lindenhof").is_portal_microsoft_only = True
