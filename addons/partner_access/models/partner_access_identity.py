from odoo import api, fields, models


class PartnerAccessIdentity(models.Model):
    """The Microsoft 365 account of a user.

    It is noted once, at the first sign-in, by the address that Microsoft vouches for. From then on
    tenant and object id say who it is, whatever becomes of the address.
    """

    _name = "partner.access.identity"
    _description = "Microsoft 365 Account"
    _rec_name = "address"
    _order = "id desc"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    address = fields.Char(readonly=True, help="The address by which the account was recognised.")
    tenant = fields.Char("Tenant ID", required=True, readonly=True)
    object_id = fields.Char("Object ID", required=True, readonly=True)
    create_date = fields.Datetime("Linked On", readonly=True)

    _account_unique = models.UniqueIndex(
        "(tenant, object_id)", "This Microsoft account belongs to another person already."
    )
    _user_unique = models.UniqueIndex(
        "(user_id)", "This person has a Microsoft account already. Remove it first."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_end_sessions(self):
        """Who came in with the account is out at once."""
        for identity in self:
            self.env["partner.access.log"]._log(
                "microsoft_unlinked", user=identity.user_id, text=identity.address
            )
        # sudo: devices are read by their own users only
        devices_sudo = self.env["res.device"].sudo()
        devices_sudo.search([("user_id", "in", self.user_id.ids)])._revoke()

    @api.model
    def _find(self, account):
        """The identity (sudo) of an account that Microsoft vouched for.

        :param account: ``MicrosoftAccount``
        """
        # sudo: who comes in is not signed in
        return self.sudo().search(
            [("tenant", "=", account.tenant), ("object_id", "=", account.object_id)]
        )

    @api.model
    def _link(self, user, account, address):
        """Note the account of a user who has none yet.

        :param user: ``res.users``
        :param account: ``MicrosoftAccount``
        :param str address: by which the two belong together
        :return: the identity (sudo); empty when the user has another account
        """
        # sudo: who comes in is not signed in
        identities_sudo = self.sudo()
        if identities_sudo.search_count([("user_id", "=", user.id)], limit=1):
            return identities_sudo.browse()
        self.env["partner.access.log"]._log("microsoft_linked", user=user, text=address)
        return identities_sudo.create(
            {
                "user_id": user.id,
                "address": address,
                "tenant": account.tenant,
                "object_id": account.object_id,
            }
        )
