from contextlib import suppress

from odoo import api, models
from odoo.exceptions import AccessDenied, UserError
from odoo.tools import SQL

from ..tools import password_rules

DEFAULT_POLICY = "contract"
PASSWORD_POLICIES = [
    ("contract", "12 characters of four kinds"),
    ("nist", "15 characters, no kinds"),
]


class PartnerAccessUserPassword(models.AbstractModel):
    """Which passwords a user may have."""

    _name = "partner.access.user.password"
    _description = "User: Passwords"

    @api.model
    def get_password_policy(self):
        """As core, with the length that the policy of who is signed in asks.

        :return: ``{'minlength'}``
        """
        return dict(super().get_password_policy(), minlength=self.env.user._get_min_length())

    def _get_password_policy(self, partner=None):
        """The one policy that a password follows: the company's or that of the companies above,
        else the strictest of the user's groups, else the one of the settings.

        :param partner: contact of a link whose user is not made yet
        :return: contract or nist
        :rtype: str
        """
        companies_sudo = (partner or self.partner_id)._get_companies_upwards()
        policies = (company_sudo.portal_password_policy for company_sudo in companies_sudo)
        # sudo: who chooses a password reads no groups
        group_sudo = self.env.ref("base.group_portal").sudo()
        groups_sudo = self.sudo().all_group_ids or group_sudo | group_sudo.all_implied_ids
        of_groups = set(groups_sudo.mapped("portal_password_policy")) - {False}
        return (
            next(filter(None, policies), None)
            or max(of_groups, key=list(password_rules.POLICIES).index, default=None)
            or self._get_default_password_policy()
        )

    @api.model
    def _get_default_password_policy(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # a setting
        policy = params_sudo.get_param("partner_access.password_policy")
        return policy if policy in password_rules.POLICIES else DEFAULT_POLICY

    def _get_min_length(self, partner=None):
        """Characters that a password needs: of the policy, or of Odoo's own setting if more."""
        policy = password_rules.POLICIES[self._get_password_policy(partner)]
        return max(policy.min_length, self._get_configured_length())

    @api.model
    def _get_configured_length(self):
        params_sudo = self.env["ir.config_parameter"].sudo()  # a setting
        length = params_sudo.get_param("auth_password_policy.minlength") or ""
        return int(length) if length.isdigit() else 0

    def _get_password_rules(self, partner=None):
        """The rules of a user as they are shown, in order.

        :param partner: see ``_get_password_policy``
        :return: ``[{'code', 'label'}]``
        """
        labels = {
            "lower": self.env._("lower-case letter"),
            "upper": self.env._("upper-case letter"),
            "digit": self.env._("digit"),
            "special": self.env._("special character"),
            "length": self.env._(
                "at least %(count)s characters", count=self._get_min_length(partner)
            ),
            "common": self.env._("not a common password"),
            "personal": self.env._("no part of your name, your address, your company or ours"),
        }
        codes = password_rules.get_codes(self._get_password_policy(partner))
        return [{"code": code, "label": labels[code]} for code in codes]

    def _get_password_rules_text(self):
        return ", ".join(rule["label"] for rule in self._get_password_rules())

    def _get_password_failures(self, password, partner=None):
        """Which rules a password fails for this user.

        :param str password: as typed
        :param partner: whose name, address and company count; without it the user's own
        :return: codes of ``_get_password_rules``; empty when the password is good
        :rtype: list
        """
        return password_rules.get_failures(
            password,
            policy=self._get_password_policy(partner),
            min_length=self._get_configured_length(),
            personal_texts=self._get_personal_texts(partner or self.partner_id),
        )

    def _get_personal_texts(self, partner):
        # sudo: the head office is not readable for the users of a branch
        partner_sudo = partner.sudo()
        company_sudo = partner_sudo.commercial_partner_id
        addresses = [self.login, partner_sudo.email]
        texts = [partner_sudo.name, company_sudo.name, company_sudo.parent_id.name]
        texts.append((self.company_id or self.env.company).sudo().name)
        for address in filter(None, addresses):
            local, _at, domain = address.partition("@")
            texts += [local, domain.rpartition(".")[0]]
        return [text for text in texts if text]

    def _check_password_rules(self, password, partner=None):
        """Refuse a password, naming everything that is wrong with it.

        :raise UserError: with all failing rules
        """
        failures = self._get_password_failures(password, partner)
        if failures:
            rules = self._get_password_rules(partner)
            labels = [rule["label"] for rule in rules if rule["code"] in failures]
            raise UserError(
                self.env._(
                    "This password is not possible. It needs: %(rules)s.", rules=", ".join(labels)
                )
            )

    def _check_credentials(self, credential, env):
        """As core, in the one form in which a password is kept; else as it was typed, for one that
        was set before there was that form."""
        password = credential.get("password") or ""
        if credential.get("type") == "password" and not password_rules.is_password(password):
            raise AccessDenied
        normalized = password_rules.normalize(password)
        if credential.get("type") == "password" and normalized != password:
            with suppress(AccessDenied):
                return super()._check_credentials(dict(credential, password=normalized), env)
        return super()._check_credentials(credential, env)

    def _has_password(self):
        """Whether a password was ever set; what it is cannot be read."""
        self.ensure_one()
        query = SQL("SELECT password IS NOT NULL FROM res_users WHERE id = %s", self.id)
        return bool(self.env.execute_query(query)[0][0])

    def _check_password_policy(self, passwords):
        """As core, with the rules of each user whose password is set."""
        for password in filter(None, passwords):
            for user in self or [self]:
                user._check_password_rules(password)
        return super()._check_password_policy(passwords)

    def _change_password(self, new_passwd):
        """As core, which drops blanks around the password; ours keeps it exactly as typed."""
        result = super()._change_password(new_passwd)
        if new_passwd != new_passwd.strip():
            self.password = new_passwd
        return result

    def _set_password(self):
        """As core; the password is kept in the one form that all keyboards can be brought to, and
        a link that was mailed before leads nowhere."""
        users = self.filtered("password")
        for user in users:
            normalized = password_rules.normalize(user.password)
            if normalized != user.password:
                user._update_cache({"password": normalized})
        result = super()._set_password()
        # sudo: links are not visible to who changes the own password
        users.sudo().partner_id.filtered("signup_type").signup_cancel()
        for user in users:
            self.env["partner.access.log"]._log("password_set", user=user)
        return result
