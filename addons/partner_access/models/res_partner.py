import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .partner_access_role import ADMINISTRATOR
from .partner_access_user_password import PASSWORD_POLICIES

SCOPES = [
    ("branch", "Their branch"),
    ("company", "The whole company"),
    ("own", "Only their own"),
]
DEFAULT_SCOPE = "branch"
ACCESS_FIELDS = {"parent_id", "is_company", "portal_scope"}
# What every page asks of the companies above a user; the many other fields are not read.
SCOPE_FIELDS = ["name", "portal_scope", "parent_id", "commercial_partner_id", "user_id"]
IDS_BELOW = "partner_access.ids_below"


class ResPartner(models.Model):
    _name = "res.partner"
    # The themes stand before core's own methods, which they extend.
    _inherit = ["partner.access.partner.microsoft", "res.partner"]

    portal_scope = fields.Selection(
        SCOPES,
        "Portal Users See",
        groups="base.group_user",
        help="What the portal users of this company see of its orders, shipments, invoices and "
        "cases. Empty: as the company above says, at the top their branch. A head office always "
        "sees its branches.",
    )
    portal_password_policy = fields.Selection(
        PASSWORD_POLICIES,
        "Password Policy",
        groups="partner_access.group_access_administrator",
        help="Empty: as the company above says, at the top as the user's groups say.",
    )
    portal_email_domains = fields.Char(
        "Allowed E-mail Domains",
        groups="partner_access.group_access_administrator",
        help="Domains separated by commas: the company's administrators invite no other addresses. "
        "Empty: as the company above says, at the top any.",
    )
    access_entry_ids = fields.One2many(
        "partner.access.entry",
        "partner_id",
        "Portal Access",
        groups="partner_access.group_access_administrator",
    )
    access_entry_count = fields.Integer(
        compute="_compute_access_entry_count",
        groups="partner_access.group_access_administrator",
    )

    @api.depends("access_entry_ids")
    def _compute_access_entry_count(self):
        counts = dict(
            self.env["partner.access.entry"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.access_entry_count = counts.get(partner, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """A new contact or branch belongs to its company at once."""
        partners = super().create(vals_list)
        self._forget_ids_below()
        return partners

    def write(self, vals):
        """Let a changed place in the company tree count at once for those who sign in below it.

        What a customer writes on the own contact or an address stays there: core would carry it
        over to the company.
        """
        written = self
        if self.env.context.get("partner_access_keep_companies"):
            written = self.filtered(lambda partner: not partner.is_company)
        moved_ids = written._get_ids_of_moved(vals)
        result = super(ResPartner, written).write(vals)
        if "parent_id" in vals:
            self._forget_ids_below()
        if ACCESS_FIELDS & vals.keys():
            self._update_access_below()
            self.env["partner.access.shared.link"]._rotate(moved_ids)
        return result

    def unlink(self):
        """As core; the tree of partners is read again afterwards."""
        result = super().unlink()
        self._forget_ids_below()
        return result

    def action_open_access_entries(self):
        """The register of this company, its branches included.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_access.partner_access_entry_action"
        )
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        return action

    def action_give_access(self):
        """A dialog that gives one address access to this company's portal.

        :return: an action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give portal access"),
            "res_model": "partner.access.entry",
            "view_mode": "form",
            "views": [
                (self.env.ref("partner_access.partner_access_entry_view_form_give").id, "form")
            ],
            "target": "new",
            "context": self._prepare_give_access_context(),
        }

    def action_view_as_customer(self):
        """A dialog to see the portal as this person, or as one of this company's people, does.

        :return: an action
        :raise UserError: when nobody of them can sign in at present
        """
        self.ensure_one()
        if not self.env.user._get_viewable_users(self):
            raise UserError(
                self.env._(
                    "%(name)s: nobody here can sign in to the portal at present.",
                    name=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("View the portal as a customer"),
            "res_model": "partner.access.view.as",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _prepare_give_access_context(self):
        company = self.commercial_partner_id
        context = {"default_partner_id": company.id}
        if not self.is_company:
            context.update(default_email=self.email, default_name=self.name)
        if not company.access_entry_ids:  # the first one looks after the others
            context["default_role_ids"] = self.env.ref("partner_access.role_administrator").ids
        return context

    def _can_be_edited_by_current_customer(self, **kwargs):
        """As core; a portal user edits the own contact, and as administrator the addresses of the
        company, but neither a company nor another person.

        :return: whether the portal's address pages may write on this partner
        :rtype: bool
        """
        user = self.env.user
        if not user._is_portal():
            return super()._can_be_edited_by_current_customer(**kwargs)
        # sudo: who signs in with a partner is no portal user's to read
        if self.is_company or self.sudo().with_context(active_test=False).user_ids - user:
            return False
        if self != user.partner_id and not user._has_access_role(ADMINISTRATOR):
            return False
        return super()._can_be_edited_by_current_customer(**kwargs)

    def _generate_signup_token(self, expiration=None):
        """As core; whatever mail a customer's link is in, it lives for the hours of the setting.

        :param expiration: hours; of an employee's invitation core's own
        :return: as core
        """
        users_sudo = self.sudo().user_ids  # sudo: who sends a mail may not read users
        if not any(user._is_internal() for user in users_sudo):
            expiration = expiration or users_sudo._get_link_hours()
        return super()._generate_signup_token(expiration=expiration)

    def _update_access_below(self):
        """Rule domains are cached per user with the company frozen in: drop them, and let the
        entries follow their contacts."""
        # sudo: users are not readable for everybody who edits contacts
        users_sudo = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "child_of", self.ids), ("share", "=", True)])
        )
        if users_sudo:
            self.env.registry.clear_cache()
            users_sudo._sync_access_entries()

    def _get_ids_of_moved(self, vals):
        """Whose documents somebody may no longer see after ``vals`` are written: those of what
        moves, and all that people who move with it could see.
        """
        partner_ids = set()
        for partner in self.filtered(lambda partner: partner._is_moved_by(vals)):
            partner_ids.update(partner._get_ids_below())
        # sudo: the register is not readable for everybody who edits contacts
        entries_sudo = self.env["partner.access.entry"].sudo()
        if partner_ids:
            entries_sudo = entries_sudo.search([("partner_id", "in", list(partner_ids))])
        reaches = entries_sudo._get_link_reach().values()
        return partner_ids.union(*(reached_ids for _codes, _scope, reached_ids in reaches))

    def _is_moved_by(self, vals):
        """Whether ``vals`` change the place in the company tree, or the scope."""
        partner_sudo = self.sudo()  # the scope is not readable for everybody
        return any(
            (partner_sudo._fields[name].convert_to_write(partner_sudo[name], partner_sudo) or False)
            != (vals[name] or False)
            for name in ACCESS_FIELDS & vals.keys()
        )

    def _get_portal_email_domains(self):
        """Domains of the addresses that the company's administrators may invite, as the company
        says, else those above it; empty for all.

        :return: domains in small letters
        :rtype: list
        """
        companies_sudo = self._get_companies_upwards()
        domains = next(filter(None, (one.portal_email_domains for one in companies_sudo)), "")
        texts = re.split(r"[,;\s]+", domains.lower())
        return [text.lstrip("@") for text in texts if text.lstrip("@")]

    def _get_portal_scope(self):
        """What users of this partner's company see: branch, company or own."""
        self.ensure_one()
        # sudo: the head office is not readable for the users of a branch
        partner_sudo = self.sudo()._fetch_scope()
        while not partner_sudo.portal_scope and partner_sudo.parent_id:
            partner_sudo = partner_sudo.parent_id._fetch_scope()
        return partner_sudo.portal_scope or DEFAULT_SCOPE

    def _fetch_scope(self):
        """Read what says how far a contact of this company sees, and no other field.

        :return: the company (``res.partner``)
        """
        self.fetch(SCOPE_FIELDS)
        company = self.commercial_partner_id
        company.fetch(SCOPE_FIELDS)
        return company

    def _get_companies_upwards(self):
        """The company (sudo) of a contact, and those above it."""
        # sudo: the head office is not readable for the users of a branch
        company_sudo = self.sudo().commercial_partner_id
        while company_sudo:
            yield company_sudo
            company_sudo = company_sudo.parent_id.commercial_partner_id

    def _get_top_company(self):
        """The head office of the head offices."""
        self.ensure_one()
        partner_sudo = self.sudo().commercial_partner_id
        while partner_sudo.parent_id:
            partner_sudo = partner_sudo.parent_id.commercial_partner_id
        return partner_sudo.with_env(self.env)

    def _get_ids_below(self):
        """Ids of this partner and of all below it, archived ones too; read once a transaction."""
        self.ensure_one()
        known = self.env.cr.cache.setdefault(IDS_BELOW, {})
        if self.id not in known:
            rows = self.env.execute_query(
                SQL(
                    """
                    WITH RECURSIVE below(id) AS (
                        VALUES (%(top)s)
                        UNION
                        SELECT child.id
                          FROM res_partner child
                          JOIN below ON child.parent_id = below.id
                    )
                    SELECT id FROM below
                    """,
                    top=self.id,
                    to_flush=self._fields["parent_id"],
                )
            )
            known[self.id] = tuple(sorted(partner_id for (partner_id,) in rows))
        return known[self.id]

    @api.model
    def _forget_ids_below(self):
        self.env.cr.cache.pop(IDS_BELOW, None)
