from odoo import fields, models
from odoo.fields import Domain

from .partner_access_role import ADMINISTRATOR


class PartnerAccessUserTeam(models.AbstractModel):
    """A customer's administrator and the people of the company."""

    _name = "partner.access.user.team"
    _description = "User: Team"

    sessions_ended_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_erp_manager",
        help="Sessions that began before are over.",
    )

    def _get_session_token_fields(self):
        return super()._get_session_token_fields() | {"sessions_ended_on"}

    def _end_sessions(self):
        """Sign the users out everywhere, at their next click; the passwords stay as they are."""
        # sudo: a customer's administrator has no right on users
        users_sudo = self.sudo()
        users_sudo.sessions_ended_on = fields.Datetime.now()
        # Until the commit others may have read, and kept, that the sessions are alive.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        users_sudo.env["res.device.log"].search(
            [("user_id", "in", users_sudo.ids), ("revoked", "=", False)]
        ).revoked = True
        for user in self:
            self.env["partner.access.log"]._log("session_ended", user=user)

    def _may_administer_team(self):
        """Whether the user looks after the people of a customer.

        :rtype: bool
        """
        self.ensure_one()
        return self._is_portal() and self._has_access_role(ADMINISTRATOR)

    def _get_address_refusal(self, address_type):
        """Why a customer may not add an address to the company: goods are sent to where who orders
        or returns needs them; where invoices go is for an administrator to say.

        :param str address_type: billing or delivery
        :return: a text for the user; False when it may be added
        """
        self.ensure_one()
        if not self._is_portal() or self._has_access_role(ADMINISTRATOR):
            return False
        if address_type == "billing":
            return self.env._("Invoice addresses are added by an administrator of your company.")
        if self._has_access_role("orders") or self._has_access_role("returns"):
            return False
        return self.env._("Addresses are added by who orders or returns in your company.")

    def _get_access_domain(self, model_name):
        """As below; a customer's administrator also has the entries of the own company and of all
        below it, whatever the scope of documents is.
        """
        if model_name != "partner.access.entry" or not self._is_portal():
            return super()._get_access_domain(model_name)
        if not self.active or not self._may_administer_team():
            return Domain.FALSE
        # sudo: the own contact is not readable for everybody
        company_sudo = self.sudo().partner_id.commercial_partner_id
        ours = Domain("company_id", "in", self._get_company_ids())
        return ours & self._get_below_domain("partner_id", company_sudo)
