from odoo import api, fields, models, tools
from odoo.fields import Domain

from .partner_access_role import ADMINISTRATOR
from .res_company import FRAME_COMPANY_FIELDS


class PartnerAccessUserScope(models.AbstractModel):
    """What is theirs: the one access domain, roles and scope of a user."""

    _name = "partner.access.user.scope"
    _description = "User: Access"

    def _fetch_frame(self):
        """Read what every page of the portal asks of the user, the contact and the company.

        Each of them has a hundred columns: who asks for a field that was not read gets them all.
        """
        user_sudo = self.sudo()  # most of it is no business of who asks
        user_sudo.fetch(self._get_frame_fields())
        user_sudo.partner_id._fetch_scope()
        self.env.company.sudo().fetch(FRAME_COMPANY_FIELDS)

    @api.model
    @tools.ormcache("uid", "day")
    def _get_access_facts(self, uid, day):
        """Codes of the roles a user has today, and an exception from the company's scope; ``day``
        lets them be looked up anew each day.
        """
        entry_sudo = self.sudo().browse(uid).access_entry_ids
        if not entry_sudo or not entry_sudo._is_current():
            return frozenset(), False
        return frozenset(entry_sudo.role_ids.mapped("code")), entry_sudo.scope

    def _get_frame_fields(self):
        """Names of the fields of the user that pages of the portal ask for."""
        return ["active", "partner_id", "company_id"]

    def _has_access_role(self, code):
        """Whether a user has a role in the portal.

        :param str code: administrator, orders, prices or returns
        :return: True for employees; an administrator of a customer has all roles
        :rtype: bool
        """
        self.ensure_one()
        if self._is_internal():
            return True
        if not self._is_portal():
            return False
        codes, _scope = self._get_access_facts(self.id, fields.Date.today())
        return code in codes or ADMINISTRATOR in codes

    def _get_access_domain(self, model_name):
        """The one access domain of a model for a user.

        This floor knows partners; each floor above adds its models by override and asks super for
        the others. Lists, counters, pages, documents, exports, search and record rules use it.

        :param str model_name: technical name of the model
        :return: ``Domain``; everything for employees, nothing for a model that nobody opened
        """
        self.ensure_one()
        if self._is_superuser():
            return Domain.TRUE
        if not self.active:
            return Domain.FALSE
        if self._is_internal():
            return Domain.TRUE
        if self._is_portal() and model_name == "res.partner":
            return self._get_below_domain("id", self._get_access_root())
        return Domain.FALSE

    def _get_access_partner_domain(self, field_name):
        """What the scope of the user's company leaves of records that name a partner.

        :param str field_name: path to a many2one of ``res.partner``
        :return: ``Domain``
        """
        self.ensure_one()
        if self._get_access_scope() == "own":
            return Domain(field_name, "=", self.sudo().partner_id.id)
        return self._get_below_domain(field_name, self._get_access_root())

    def _get_below_domain(self, field_name, partner):
        """Records of a partner and of all below it.

        What a record rule answers is kept from one request to the next, so there the tree of
        partners is walked by each search; a page walks it once.

        :param str field_name: path to a many2one of ``res.partner``
        :param partner: ``res.partner`` at the top
        :return: ``Domain``
        """
        if self.env.context.get("partner_access_in_rule"):
            return Domain(field_name, "child_of", partner.id)
        return Domain(field_name, "in", partner._get_ids_below())

    def _get_access_scope(self):
        """branch, company or own: as the user's entry says, else the company."""
        _codes, scope = self._get_access_facts(self.id, fields.Date.today())
        return scope or self.sudo().partner_id._get_portal_scope()

    def _get_access_root(self):
        """The company (sudo) at the top of what the user may see."""
        partner_sudo = self.sudo().partner_id
        if self._get_access_scope() == "company":
            return partner_sudo._get_top_company()
        return partner_sudo.commercial_partner_id

    def _get_portal_contact(self):
        """The contact person of the user's company: the salesperson, as partner.

        :return: ``res.partner`` (sudo) of the salesperson of the user's own contact, else of their
            company; empty when there is none or for internal and public users
        """
        self.ensure_one()
        partner_sudo = self.sudo().partner_id
        if not self._is_portal():
            return partner_sudo.browse()
        salesperson = partner_sudo.user_id or partner_sudo.commercial_partner_id.user_id
        return salesperson.partner_id
