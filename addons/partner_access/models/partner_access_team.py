from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .partner_access_role import ADMINISTRATOR, DEFAULT_ROLES

SCOPE_ORDER = ["own", "branch", "company"]


class PartnerAccessTeam(models.AbstractModel):
    """What a customer's administrator does with the people of the company.

    All of it acts for the user of the environment, inside his access domain of the register, on
    which he has no right of his own: entries are handed around with sudo.
    """

    _name = "partner.access.team"
    _description = "Team of a Customer"

    # --- Who -------------------------------------------------------------------------------------

    @api.model
    def _get_register(self):
        # sudo: customers have no right on the register; the domain below is what they may see
        register_sudo = self.env["partner.access.entry"].sudo()
        return register_sudo.with_context(active_test=False, partner_access_source="customer")

    @api.model
    def _get_domain(self):
        return self.env.user._get_access_domain("partner.access.entry")

    @api.model
    def _find_entry(self, entry_id):
        """One of the team.

        :param int entry_id: as it stands in the address of a page
        :return: ``partner.access.entry`` (sudo)
        :raise MissingError: when it is none of the user's team
        """
        entry_sudo = self._get_register().search(self._get_domain() & Domain("id", "=", entry_id))
        if not entry_sudo:
            raise MissingError(self.env._("This person is not in your team."))
        return entry_sudo

    @api.model
    def _find_own_entry(self):
        return self._get_register().search(
            self._get_domain() & Domain("user_id", "=", self.env.uid)
        )

    @api.model
    def _get_people_domain(self, text="", company_id=None, state=None):
        """Domain of the people that a page shows.

        :param str text: part of a name or address
        :param int company_id: a company or branch only
        :param str state: invited or revoked
        :return: ``Domain`` of the register
        """
        domain = self._get_domain() & ~self._get_doubles_domain()
        if text:
            names = ("email", "name", "user_id.name")
            domain &= Domain.OR(Domain(name, "ilike", text) for name in names)
        if company_id:
            domain &= Domain("partner_id", "=", company_id)
        has_access = Domain("active", "=", True) | Domain("is_elsewhere", "=", True)
        if state == "invited":
            never = Domain("user_id", "=", False) | Domain("user_id.log_ids", "=", False)
            return domain & has_access & never
        return domain & ~has_access if state == "revoked" else domain

    @api.model
    def _get_doubles_domain(self):
        """Invitations of people who have come into the team since, from another branch."""
        people = self._get_register()._search(self._get_domain() & Domain("active", "=", True))
        addresses = people.subselect(SQL.identifier(people.table, "email"))
        return Domain("is_elsewhere", "=", True) & Domain("email", "in", addresses)

    # --- What can be chosen ----------------------------------------------------------------------

    @api.model
    def _get_companies(self):
        """Company and branches (sudo) that the user looks after, the company first."""
        company_sudo = self.env.user.sudo().partner_id.commercial_partner_id
        below = Domain("id", "in", company_sudo._get_ids_below()) & Domain("is_company", "=", True)
        return company_sudo | company_sudo.search(below, order="name, id")

    @api.model
    def _get_roles(self):
        roles_sudo = self.env["partner.access.role"].sudo()  # the same for all customers
        return roles_sudo.search([("code", "!=", False)])

    @api.model
    def _get_scopes(self, entry=None):
        """Scopes that the user may give: none that reaches further than what he sees himself.

        :param entry: whose scope stays possible, whatever it is
        :return: ``[(value, label)]``, the widest first
        :rtype: list
        """
        user = self.env.user
        is_branch = user.sudo().partner_id.commercial_partner_id.parent_id
        widest = user._get_access_scope() if is_branch else SCOPE_ORDER[-1]
        labels = dict(self._get_register()._fields["scope"]._description_selection(self.env))
        allowed = {*SCOPE_ORDER[: SCOPE_ORDER.index(widest) + 1], entry and entry.scope}
        return [(value, labels[value]) for value in reversed(SCOPE_ORDER) if value in allowed]

    @api.model
    def _prepare_access(self, roles, company_id=None, scope=False, entry=None):
        """Values of an entry from what was chosen in a form.

        :param roles: codes of roles
        :param int company_id: company or branch; without it the user's own
        :param scope: exception from the company's scope
        :param entry: whose choices it had before are not asked again
        :return: values of ``partner.access.entry``
        :raise UserError: for a choice that the user has not
        :raise MissingError: for a company that is none of the user's
        """
        if not self.env.user._may_administer_team():
            raise AccessError(self.env._("Only an administrator of your company can do this."))
        roles = self._get_roles().filtered(lambda role: role.code in roles)
        if not roles:
            raise UserError(self.env._("Choose at least one role."))
        companies_sudo = self._get_companies()
        company_id = company_id or companies_sudo[:1].id
        if company_id not in companies_sudo.ids:
            raise MissingError(self.env._("This branch is not in your company."))
        self._check_scope(scope, companies_sudo.browse(company_id), entry)
        return {
            "role_ids": [Command.set(roles.ids)],
            "partner_id": company_id,
            "scope": scope or False,
        }

    @api.model
    def _check_scope(self, scope, company_sudo, entry=None):
        """
        :raise UserError: when a scope reaches further than the user's own
        """
        if not self._is_scope_possible(scope, company_sudo, entry):
            raise UserError(self.env._("Nobody can be given more than what you see yourself."))

    @api.model
    def _is_scope_possible(self, scope, company_sudo, entry=None):
        """Whether a scope reaches no further than the user's own; none at all is what the company
        says. Who has it already keeps it.
        """
        given = scope or company_sudo._get_portal_scope()
        kept = entry and (entry.scope or entry.partner_id._get_portal_scope())
        return given == kept or given in dict(self._get_scopes())

    # --- Changing --------------------------------------------------------------------------------

    @api.model
    def _change(self, entry_sudo, roles, company_id=None, scope=False):
        """Give a person other roles, another branch or another scope; it counts at once.

        :param entry_sudo: of ``_find_entry``; for the others see ``_prepare_access``
        :raise UserError: when a choice is not possible, or no administrator would be left
        """
        values = self._prepare_access(roles, company_id, scope, entry_sudo)
        with self._keep_administrator(entry_sudo.partner_id, entry_sudo.company_id):
            entry_sudo.write(values)

    @api.model
    def _send_link(self, entry_sudo):
        """Mail a link for a password again.

        :raise UserError: for who has no access
        """
        if not entry_sudo.is_elsewhere and not entry_sudo._is_current():
            raise UserError(self.env._("%(email)s has no access.", email=entry_sudo.email))
        self.env["partner.access.invitation"]._queue(entry_sudo)

    @api.model
    def _end_sessions(self, entry_sudo):
        """Sign a person out everywhere, for a lost phone for example."""
        entry_sudo.user_id.with_env(self.env)._end_sessions()

    @api.model
    def _take_access(self, entry_sudo):
        """Let a person sign in no more, and end the sessions; documents stay with the company.

        :raise UserError: for oneself, and when no administrator would be left
        """
        if entry_sudo.user_id == self.env.user:
            raise UserError(
                self.env._("Nobody takes the own access away. Hand the administration over first.")
            )
        with self._keep_administrator(entry_sudo.partner_id, entry_sudo.company_id):
            entry_sudo.active = False

    @api.model
    def _give_access(self, entry_sudo):
        """Give a person back the access, with the roles as they were, and mail a link.

        :raise UserError: when we took it away, or the address is not allowed any more
        """
        if entry_sudo.active or entry_sudo.is_elsewhere:
            return
        self.env["partner.access.invitation"]._give_back(entry_sudo)

    @api.model
    def _hand_over(self, entry_sudo):
        """Make another person the administrator instead of the user.

        :raise UserError: for who has not signed in, and when the company would have nobody
        """
        if entry_sudo.state != "active":
            raise UserError(
                self.env._("Hand the administration over to somebody who has signed in already.")
            )
        own_sudo = self._find_own_entry()
        roles = self._get_roles()
        administrator = roles.filtered(lambda role: role.code == ADMINISTRATOR)
        default = roles.filtered(lambda role: role.code in DEFAULT_ROLES)
        with self._keep_administrator(own_sudo.partner_id, own_sudo.company_id):
            entry_sudo.role_ids |= administrator
            own_sudo.role_ids = own_sudo.role_ids - administrator or default

    # --- At least one administrator --------------------------------------------------------------

    @contextmanager
    def _keep_administrator(self, customer, company):
        """Refuse what leaves a company without an administrator, its own or one of a company above.

        :param customer: company or branch (``res.partner``)
        :param company: our company, whose register it is
        :raise UserError: when nobody is left
        """
        administrators_sudo = self._find_administrators(customer, company)
        self._lock(administrators_sudo)
        yield
        if not self._find_administrators(customer, company):
            raise UserError(
                self.env._(
                    "%(company)s needs an administrator who has signed in at least once. Name "
                    "another one first.",
                    company=customer.sudo().name,
                )
            )

    @api.model
    def _find_administrators(self, customer, company):
        domain = Domain(
            [
                ("partner_id", "parent_of", customer.id),
                ("company_id", "=", company.id),
                ("role_ids.code", "=", ADMINISTRATOR),
                ("active", "=", True),
                ("user_id.log_ids", "!=", False),
            ]
        )
        return self._get_register().search(domain).filtered(lambda entry: entry._is_current())

    @api.model
    def _lock(self, entries):
        """Two who take the role from each other meet here: PostgreSQL refuses the second, whose
        request is then done again with what the first one left."""
        query = "SELECT id FROM partner_access_entry WHERE id IN %s ORDER BY id FOR UPDATE"
        try:
            self.env.execute_query(SQL(query, tuple(entries.ids) or (0,)))
        except SerializationFailure:
            self.env.registry.clear_cache()  # what this transaction read was over already
            raise
