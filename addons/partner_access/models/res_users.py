from odoo import api, fields, models, tools
from odoo.exceptions import AccessDenied, UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..tools.addresses import CONTROL_CHARACTERS


class ResUsers(models.Model):
    _name = "res.users"
    # The themes stand before core's own methods, which they extend.
    _inherit = [
        "partner.access.user.throttle",
        "partner.access.user.microsoft",
        "partner.access.user.password",
        "partner.access.user.session",
        "partner.access.user.team",
        "partner.access.user.account",
        "partner.access.user.scope",
        "partner.access.user.view.as",
        "res.users",
    ]

    access_entry_ids = fields.One2many(
        "partner.access.entry",
        "user_id",
        "Portal Access",
        groups="partner_access.group_access_administrator",
    )

    _login_unique = models.UniqueIndex(
        "(lower(login))", "Somebody signs in with this name already (case does not matter)."
    )

    # --- Sign-in names ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Normalise sign-in names; enter portal users into the register."""
        users = super().create([self._prepare_login(vals) for vals in vals_list])
        users._sync_access_entries()
        return users

    def write(self, vals):
        """Normalise the sign-in name; keep the register in step."""
        if "email" in vals:
            self._check_email_change(vals["email"])
        result = super().write(self._prepare_login(vals))
        if {"active", "group_ids", "login", "email", "partner_id"} & vals.keys():
            self._sync_access_entries()
        if "partner_id" in vals:
            self.env.registry.clear_cache()
        return result

    def _check_email_change(self, email):
        """A customer's e-mail is the address of the register; it is not changed on the side.

        :raise UserError: when a portal user changes an e-mail
        """
        if self.env.su or not self.env.user._is_portal():
            return
        if any(user._is_other_email(email) for user in self):
            raise UserError(self._get_email_refusal())

    def _is_other_email(self, email):
        """Whether a portal user wrote another e-mail than that of the register."""
        self.ensure_one()
        known = {email_normalize(self.sudo().email), email_normalize(self._get_link_address())}
        return any(known) and email_normalize(email) not in known

    @api.model
    def _get_email_refusal(self):
        return self.env._("You sign in with your e-mail address. Change it under My details.")

    @api.ondelete(at_uninstall=False)
    def _unlink_revoke_access(self):
        # sudo: who may delete a user may not be who looks after access
        self.sudo().access_entry_ids.filtered("active").active = False

    @api.model
    def _prepare_login(self, vals):
        if not vals.get("login"):
            return vals
        return dict(vals, login=self._normalize_login(vals["login"]))

    @api.model
    def _normalize_login(self, login):
        """Blanks around a sign-in name never matter; the case of an e-mail address neither.
        Control characters, which no keyboard types, are dropped."""
        login = CONTROL_CHARACTERS.sub("", login or "").strip()
        return login.lower() if "@" in login else login

    @api.model
    def _get_login_domain(self, login):
        """As core, whatever the case and the blanks; never with wildcards."""
        domain = super()._get_login_domain(self._normalize_login(login))
        return domain.map_conditions(self._prepare_login_condition)

    @api.model
    def _prepare_login_condition(self, condition):
        """A condition on the sign-in name that uses the unique index, whatever the case."""
        if condition.field_expr != "login" or condition.operator != "=":
            return condition
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "lower(%s) = lower(%s)", SQL.identifier(alias, "login"), condition.value
            )
        )

    @api.model
    def _get_email_domain(self, email):
        """As core, whatever the case and the blanks."""
        domain = super()._get_email_domain(email)
        normalized = email_normalize(email)
        return domain | Domain("email_normalized", "=", normalized) if normalized else domain

    @api.model
    def _find_by_address(self, address):
        """Users, archived ones too, who sign in with an address or are registered under it; else
        employees who have it as e-mail. What customers write as their e-mail counts for nothing.
        """
        # sudo: who types an address is not signed in
        entries_sudo = self.env["partner.access.entry"].sudo()
        address = entries_sudo._normalize_address(address)
        users = self.with_context(active_test=False)
        return (
            users.search(self._get_login_domain(address))
            or entries_sudo.search([("email", "=", address)]).user_id.with_env(users.env)
            or self.search(self._get_email_domain(address)).filtered(lambda u: u._is_internal())
        )

    def _is_external(self):
        """Portal users, and former ones: everybody but employees and the public user."""
        self.ensure_one()
        return self.share and self.id not in self._get_technical_user_ids()

    @api.model
    def _get_technical_user_ids(self):
        xmlids = ["base.public_user", "base.template_portal_user_id"]
        return [self.env["ir.model.data"]._xmlid_to_res_id(xmlid) for xmlid in xmlids]

    # --- The register ----------------------------------------------------------------------------

    def _sync_access_entries(self):
        """Portal users have an entry, whoever made them; it is archived with them."""
        if self.env.context.get("partner_access_syncing"):
            return  # the entry is what is written from at the moment
        # sudo: who makes a portal user in Odoo may not be who looks after access
        for user_sudo in self.sudo():
            if not user_sudo._is_external():
                continue
            entry_sudo = user_sudo.with_context(active_test=False).access_entry_ids
            has_access = user_sudo.active and user_sudo._is_portal()
            if has_access and not entry_sudo:
                user_sudo._make_access_entry()
            elif entry_sudo:
                user_sudo._update_access_entry(entry_sudo, has_access)

    def _make_access_entry(self):
        entries_sudo = self.env["partner.access.entry"]
        address = self._get_entry_address()
        entry_sudo = entries_sudo.search([("email", "=", address)], limit=1)
        if entry_sudo and not entry_sudo.user_id:
            entry_sudo.user_id = self
            return
        entries_sudo.create(
            {
                "email": address if not entry_sudo else self.login.lower(),
                "name": self.name,
                "partner_id": self.partner_id.commercial_partner_id.id,
                "company_id": self.company_id.id,
                "source": "staff",
                "user_id": self.id,
            }
        )

    def _get_entry_address(self):
        """The address a user is registered under: the sign-in name, else the e-mail."""
        return email_normalize(self.login) or email_normalize(self.email) or self.login.lower()

    def _update_access_entry(self, entry_sudo, has_access):
        vals = {}
        if entry_sudo.active != has_access:
            vals["active"] = has_access
        if email_normalize(self.login) and entry_sudo.email != self.login:
            vals["email"] = self.login
        commercial = self.partner_id.commercial_partner_id
        if has_access and entry_sudo.partner_id != commercial:
            vals["partner_id"] = commercial.id
        if vals:
            entry_sudo.write(vals)

    def _get_access_entry(self):
        """The entry (sudo) that lets a portal user in today; empty when there is none."""
        self.ensure_one()
        # sudo: portal users have no right on the register
        self.sudo()._sync_access_entries()
        entry_sudo = self.sudo().access_entry_ids
        return entry_sudo if entry_sudo and entry_sudo._is_current() else entry_sudo.browse()

    # --- Sign-in, links --------------------------------------------------------------------------

    def _check_credentials(self, credential, env):
        """As core, and a portal user needs an entry of the register that is valid today."""
        auth_info = super()._check_credentials(credential, env)
        user = self.env.user
        if user._is_portal() and not user._is_registered():
            raise AccessDenied
        return auth_info

    def _is_registered(self):
        """Whether an entry of the register lets a portal user in today."""
        self.ensure_one()
        is_current = self._is_registered_on(self.id, fields.Date.today())
        return is_current or bool(self._get_access_entry())

    @api.model
    @tools.ormcache("uid", "day")
    def _is_registered_on(self, uid, day):
        # sudo: portal users have no right on the register
        entry_sudo = self.sudo().browse(uid).access_entry_ids
        return bool(entry_sudo) and entry_sudo._is_current()

    def reset_password(self, login):
        """Queue a link for whoever has this address; nothing tells whether somebody has.

        :param str login: sign-in name or e-mail address
        """
        # sudo: the queue has no access rights of its own
        self.env["partner.access.request"].sudo()._queue(login)

    @api.model
    def _get_signup_invitation_scope(self):
        """Nobody makes an account for himself, whatever Odoo's own setting says: access comes from
        the register.

        :return: core's word for it
        """
        return "b2b"

    def _action_reset_password(self, signup_type="reset"):
        """Portal users get the link of the register; employees core's mail."""
        portal_users = self.filtered(lambda user: user.active and user._is_portal())
        if not portal_users or self.env.context.get("install_mode"):
            return super()._action_reset_password(signup_type)
        for user in portal_users:
            user.reset_password(user.login)
        if self - portal_users:
            super(ResUsers, self - portal_users)._action_reset_password(signup_type)
        return self.env["partner.access.entry"]._prepare_sent_notification()

    @api.model
    def _get_user_for_link(self, address, lang=None):
        """Who gets the link for an address that was typed.

        :param str address: normalised
        :param lang: language of the page, for a user that is made now
        :return: one ``res.users`` (sudo), or none: unknown, archived, expired, or two of them
        """
        # sudo: the address was typed by somebody who is not signed in
        users_sudo = self.sudo()._find_by_address(address)
        if len(users_sudo) > 1:
            return users_sudo.browse()
        if users_sudo and users_sudo._is_internal():
            return users_sudo.filtered("active")
        if users_sudo.active:
            entry_sudo = users_sudo._get_access_entry()
        else:
            entries_sudo = users_sudo.env["partner.access.entry"]
            entry_sudo = entries_sudo.search([("email", "=", address)], limit=1)
        if not entry_sudo or not entry_sudo._is_current():
            return users_sudo.browse()
        return entry_sudo._ensure_user(lang)

    def _send_access_link(self, inviter=None):
        """Queue the mail with a one-time link, and wake the mail queue. Who signs in with Microsoft
        365 only gets the way to it instead.

        :param inviter: ``res.users`` in whose name it is sent; none when the user asked himself
        """
        self.ensure_one()
        name = "invitation" if inviter else "access_link"
        if self._is_microsoft_only():
            name = "microsoft_way"
        else:
            self.partner_id.signup_prepare(signup_type="reset")
        template = self.env.ref(f"partner_access.mail_template_{name}")
        values = {"email_to": self._get_link_address()}
        template.with_context(inviter=inviter).send_mail(self.id, email_values=values)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _get_link_address(self):
        """The address a link goes to: the register's, never what a customer wrote himself."""
        self.ensure_one()
        # sudo: users do not read the register
        user_sudo = self.sudo()
        if user_sudo._is_internal():
            return user_sudo.email
        return email_normalize(user_sudo.access_entry_ids.email) or user_sudo.email

    @api.model
    def _get_link_hours(self):
        """How long a link for a password lives, in hours."""
        params_sudo = self.env["ir.config_parameter"].sudo()
        return int(params_sudo.get_param("auth_signup.reset_password.validity.hours") or 1)
