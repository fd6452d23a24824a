from odoo import fields, models


class PartnerAccessEntryMicrosoft(models.AbstractModel):
    """The Microsoft 365 account of who is registered."""

    _name = "partner.access.entry.microsoft"
    _description = "Portal Access: Microsoft 365"

    microsoft_identity_id = fields.Many2one(
        "partner.access.identity", "Microsoft Account", compute="_compute_microsoft_identity_id"
    )

    def _compute_microsoft_identity_id(self):
        identities = self.env["partner.access.identity"].search(
            [("user_id", "in", self.user_id.ids)]
        )
        by_user = identities.grouped("user_id")
        for entry in self:
            entry.microsoft_identity_id = by_user.get(entry.user_id, identities.browse())

    def action_remove_microsoft_account(self):
        """Forget the Microsoft account: the next sign-in with the registered address, by whatever
        account of the company, notes that one. Open sessions end.
        """
        self.microsoft_identity_id.unlink()
