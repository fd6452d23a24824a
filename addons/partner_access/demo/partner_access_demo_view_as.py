from odoo import api, models
from odoo.fields import Command

SUPPORT = ("user_joost", "user_bram")


class PartnerAccessDemoViewAs(models.AbstractModel):
    _name = "partner.access.demo.view.as"
    _inherit = "partner.access.demo"
    _description = "Demo World: View as Customer"

    @api.model
    def _install(self):
        """Support who sees the portal as customers do, and did so once."""
        group = self.env.ref("partner_access.group_view_as_customer")
        bram = self.env.ref("partner_access.user_bram", raise_if_not_found=False)
        if not bram or group in bram.group_ids:
            return
        for name in SUPPORT:
            self._ref(name).group_ids = [Command.link(group.id)]
        mira = self._ref("entry_mira").user_id
        log = self.env["partner.access.log"].with_user(bram)
        reason = self.env._("Mira asks where the delivery slip of her last order is")
        log._log("view_started", user=mira, text=reason)
        log._log("view_ended", user=mira, change={"end": ["by_hand"]})
