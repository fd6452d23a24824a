from odoo import api, models


class PartnerAccessDemoTeam(models.AbstractModel):
    """Teams: allowed domains, a colleague who left, and one who sees the own orders only."""

    _name = "partner.access.demo.team"
    _inherit = "partner.access.demo"
    _description = "Demo World: Teams"

    @api.model
    def _install(self):
        """What the customers' administrators did with their teams."""
        if self.env.ref("partner_access.entry_koen", raise_if_not_found=False):
            return
        self = self.with_context(tracking_disable=True, no_reset_password=True)
        self._ref("customer_kade").portal_email_domains = "kade.example"
        self._ref("entry_yara").scope = "own"
        team = self.with_user(self._ref("entry_nadia").user_id).env["partner.access.team"]
        values = team._prepare_access(["orders"])
        koen = {"id": "entry_koen", "email": "koen@kade.example", "name": "Koen Prins"}
        company = {"company_id": self._ref("demo_company").id, "source": "customer"}
        self._load("partner.access.entry", [{**values, **koen, **company}])
        team._take_access(team._find_entry(self._ref("entry_koen").id))
