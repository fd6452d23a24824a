from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools.addresses import CONTROL_CHARACTERS, read_email
from .partner_access_role import DEFAULT_ROLES
from .res_partner import SCOPES


class PartnerAccessEntry(models.Model):
    """One address that may sign in, for one company or branch.

    The entry is there before the user: the first "reset password" of its address makes the user.
    From then on the two are kept alike (archived, address, company).
    """

    _name = "partner.access.entry"
    _inherit = ["partner.access.entry.trail", "partner.access.entry.microsoft"]
    _description = "Portal Access"
    _rec_name = "email"
    _order = "partner_id, email"
    _check_company_auto = True

    def _default_role_ids(self):
        return self.env["partner.access.role"].search([("code", "in", DEFAULT_ROLES)])

    active = fields.Boolean(default=True)
    email = fields.Char(
        "E-mail",
        required=True,
        help="The address, in small letters. For a user made in Odoo without an address, the "
        "sign-in name.",
    )
    name = fields.Char(
        help="The person's name; taken for the contact that is made at first sign-in."
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Company or Branch",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    role_ids = fields.Many2many(
        "partner.access.role", string="Roles", default=lambda self: self._default_role_ids()
    )
    source = fields.Selection(
        [
            ("feed", "Feed"),
            ("staff", "Staff"),
            ("customer", "Customer's administrator"),
            ("application", "Application"),
        ],
        required=True,
        default="staff",
    )
    feed_id = fields.Many2one(
        "partner.access.feed",
        "From Feed",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="Whose files say what this entry is. Another source takes it out of the feed's hands.",
    )
    scope = fields.Selection(
        SCOPES,
        "Sees",
        help="An exception for this person. Empty: as the company says.",
    )
    seen_on = fields.Date(
        "In the Feed Until", readonly=True, help="The last day on which a feed named this address."
    )
    valid_until = fields.Date(help="The last day on which this address can sign in.")
    ended_by = fields.Selection(
        [
            ("feed", "Feed"),
            ("staff", "Staff"),
            ("customer", "Customer's administrator"),
        ],
        "Taken Away By",
        readonly=True,
        copy=False,
        help="The customer's administrator gives back what we did not take away.",
    )
    is_elsewhere = fields.Boolean(
        "Access Elsewhere",
        readonly=True,
        copy=False,
        help="The customer's administrator invited this address, but it has access already, with "
        "another customer or as an employee. It waits here until somebody decides; the customer "
        "is not told.",
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="set null", copy=False
    )
    login_date = fields.Datetime(related="user_id.login_date", string="Last Sign-in")
    state = fields.Selection(
        [
            ("invited", "Not signed in yet"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("elsewhere", "Access elsewhere"),
            ("revoked", "No access"),
        ],
        compute="_compute_state",
    )

    _email_unique = models.UniqueIndex(
        "(email) WHERE active", "This address has access already. Open its entry instead."
    )
    _user_unique = models.UniqueIndex(
        "(user_id) WHERE user_id IS NOT NULL", "This user has an entry already."
    )

    @api.depends("active", "is_elsewhere", "valid_until", "user_id.login_date")
    def _compute_state(self):
        for entry in self:
            if entry.is_elsewhere:
                entry.state = "elsewhere"
            elif not entry.active:
                entry.state = "revoked"
            elif not entry._is_current():
                entry.state = "expired"
            else:
                entry.state = "active" if entry.user_id.login_date else "invited"

    @api.constrains("email", "user_id")
    def _check_email(self):
        entries = self.filtered(lambda entry: not entry.user_id)
        employees = self._get_employee_addresses(entries.mapped("email"))
        for entry in entries:
            if not read_email(entry.email):
                raise ValidationError(
                    entry.env._("%(email)s is not an e-mail address.", email=entry.email)
                )
            if entry.is_elsewhere:
                continue
            if entry.email in employees:
                raise ValidationError(
                    entry.env._(
                        "%(email)s is an employee's address and needs no portal access.",
                        email=entry.email,
                    )
                )

    @api.constrains("user_id")
    def _check_user(self):
        for entry in self.filtered("user_id"):
            # sudo: who looks after access need not see all users
            if not entry.sudo().user_id._is_external():
                raise ValidationError(
                    entry.env._(
                        "%(email)s is an employee's address and needs no portal access.",
                        email=entry.email,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Normalise the addresses, and attach each entry to the user its address has already."""
        self.flush_model(["active", "email"])  # the unique index must see what was archived before
        entries = super().create([self._prepare_normalized(vals) for vals in vals_list])
        entries._attach_users()
        self.env.registry.clear_cache()
        return entries

    def write(self, vals):
        """Normalise the address, and carry what changed over to the users. An entry of another
        source than a feed is no feed's any more."""
        if vals.get("source", "feed") != "feed":
            vals = dict(vals, feed_id=False)
        result = super().write(self._prepare_normalized(vals))
        if vals.get("active"):
            self._attach_users()  # with another entry in between, the user is there
        if {"active", "email", "partner_id"} & vals.keys():
            self._sync_users()
        if {"active", "role_ids", "scope", "valid_until", "user_id"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered("user_id"):
            raise UserError(
                self.env._("A person signs in with this entry. Archive it to take the access away.")
            )

    def action_send_link(self):
        """Mail a one-time link for a password to each address.

        :return: a notification for the backend
        :raise UserError: when one of the entries is archived or expired
        """
        for entry in self:
            if not entry._is_current():
                raise UserError(
                    self.env._("%(email)s has no access at present.", email=entry.email)
                )
            # sudo: the queue has no access rights of its own
            self.env["partner.access.request"].sudo()._queue(entry.email)
        return self._prepare_sent_notification()

    def action_view_as_customer(self):
        """A dialog to see the portal as this person does.

        :return: an action
        :raise UserError: when the person never signed in, or cannot at present
        """
        self.ensure_one()
        user_sudo = self.sudo().user_id  # users are for who looks after users
        if not user_sudo:
            raise UserError(
                self.env._(
                    "%(email)s has never signed in. There is nothing to see yet.",
                    email=self.email,
                )
            )
        return user_sudo.partner_id.with_env(self.env).action_view_as_customer()

    @api.model
    def _prepare_sent_notification(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("A link for a password is on its way."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _is_current(self):
        """Whether the entry opens the door today, by the clock of the server, for all alike."""
        self.ensure_one()
        return self.active and (not self.valid_until or self.valid_until >= fields.Date.today())

    @api.model
    def _prepare_normalized(self, vals):
        if not vals.get("email"):
            return vals
        return dict(vals, email=self._normalize_address(vals["email"]))

    @api.model
    def _normalize_address(self, address):
        """The one way an address is written in the register: small letters, no blanks around, no
        control characters."""
        address = CONTROL_CHARACTERS.sub("", address or "")
        return read_email(address) or address.strip().lower()

    def _attach_users(self):
        """A person whose access was taken away earlier gets the old user back."""
        entries = self.filtered(lambda entry: entry.active and not entry.user_id)
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users_sudo = users_sudo.search([("login", "in", entries.mapped("email"))])
        users_by_login = users_sudo.grouped("login")
        entries = entries.filtered(lambda entry: entry.email in users_by_login)
        if entries:
            # sudo: the old entry may be of another of our companies
            old_entries_sudo = self.sudo().with_context(active_test=False)
            old_entries_sudo.search([("user_id", "in", users_sudo.ids)]).user_id = False
        for entry in entries:
            entry.user_id = users_by_login[entry.email]
        entries._sync_users()

    @api.model
    def _get_employee_addresses(self, addresses):
        """Which of the addresses are those of employees: sign-in names, or e-mails.

        :param addresses: normalised
        :rtype: set
        """
        addresses = list(addresses)
        # sudo: who looks after access need not see all users
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        employees_sudo = users_sudo.search_fetch(
            Domain("share", "=", False)
            & (
                Domain("login", "in", addresses)
                | Domain("active", "=", True) & Domain("email_normalized", "in", addresses)
            ),
            ["login", "email_normalized"],
        )
        found = set(employees_sudo.mapped("login")) | set(employees_sudo.mapped("email_normalized"))
        return found.intersection(addresses)

    def _sync_users(self):
        """Make the users as their entries say; only what differs is written."""
        # sudo: who looks after access needs no right on users and contacts
        entries_sudo = self.sudo().with_context(partner_access_syncing=True)
        gone_sudo = entries_sudo.filtered(lambda entry: not entry.active).user_id
        gone_sudo.filtered(lambda user: user.active and user._is_external()).active = False
        for entry_sudo in entries_sudo.filtered("user_id"):
            user_sudo = entry_sudo.user_id
            if not user_sudo._is_external():
                continue
            vals = {}
            if user_sudo.active != entry_sudo.active:
                vals["active"] = entry_sudo.active
            if read_email(entry_sudo.email) and user_sudo.login != entry_sudo.email:
                vals.update(login=entry_sudo.email, email=entry_sudo.email)
            if vals:
                user_sudo.write(vals)
            entry_sudo._sync_contact()

    def _sync_contact(self):
        """Within one company the contact moves along; in another company the person becomes a new
        contact, so that the old company's documents stay where they are."""
        contact = self.user_id.partner_id
        if not self.active or contact.commercial_partner_id == self.partner_id:
            return
        if contact._get_top_company() == self.partner_id._get_top_company() != contact:
            contact.parent_id = self.partner_id
        else:
            self.user_id.partner_id = self._get_contact() or self._create_contact(contact.lang)

    def _ensure_user(self, lang=None):
        """The user of a current entry; made from the portal template when there is none.

        :param lang: code of the language a new user gets
        :return: ``res.users`` (sudo)
        """
        self.ensure_one()
        if not self.user_id:
            # sudo: an address of the register makes its own user, whoever asks for the link
            entry_sudo = self.sudo()
            users_sudo = entry_sudo.env["res.users"].with_company(self.company_id)
            values = entry_sudo._prepare_user_values(lang)
            entry_sudo.user_id = users_sudo._create_user_from_template(values)
        return self.sudo().user_id

    def _prepare_user_values(self, lang=None):
        contact = self._get_contact() or self._create_contact(lang)
        return {
            "login": self.email,
            "email": self.email,
            "partner_id": contact.id,
            "company_id": self.company_id.id,
            "company_ids": [Command.set(self.company_id.ids)],
        }

    def _get_contact(self):
        """The person of the company with this address who has no user yet."""
        return self.env["res.partner"].search(
            Domain("parent_id", "=", self.partner_id.id)
            & Domain("email_normalized", "=", self.email)
            & Domain("user_ids", "=", False)
            & Domain("is_company", "=", False),
            limit=1,
        )

    def _create_contact(self, lang=None):
        installed = dict(self.env["res.lang"].get_installed())
        return self.env["res.partner"].create(
            {
                "name": self.name or self.email.split("@")[0],
                "email": self.email,
                "parent_id": self.partner_id.id,
                "company_id": self.partner_id.company_id.id,
                "lang": lang if lang in installed else self.partner_id.lang,
            }
        )
