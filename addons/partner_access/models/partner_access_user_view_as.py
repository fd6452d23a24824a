from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import format_time, hmac

from .partner_access_role import ADMINISTRATOR

VIEW_GROUP = "partner_access.group_view_as_customer"
DEFAULT_VIEW_MINUTES = 30
MAX_VIEW_MINUTES = 120  # less than a session lives before it is renewed


class PartnerAccessUserViewAs(models.AbstractModel):
    """Support staff who see the portal as a customer does: who may, whom, for how long."""

    _name = "partner.access.user.view.as"
    _description = "User: View as Customer"

    @api.model
    def _get_view_minutes(self):
        """After how many minutes a view of the portal ends."""
        params_sudo = self.env["ir.config_parameter"].sudo()  # a setting
        minutes = int(params_sudo.get_param("partner_access.view_minutes") or DEFAULT_VIEW_MINUTES)
        return min(max(1, minutes), MAX_VIEW_MINUTES)

    def _may_view_as_customer(self):
        """Whether a user is one of the employees who see the portal as a customer does."""
        self.ensure_one()
        user_sudo = self.sudo()  # whoever asks
        return user_sudo.active and user_sudo._is_internal() and user_sudo.has_group(VIEW_GROUP)

    def _get_viewable_domain(self):
        """Users as whom this employee may see the portal: of customers of the own companies, with
        access today. Never employees.

        :return: ``Domain`` of ``res.users``
        """
        self.ensure_one()
        if not self._may_view_as_customer():
            return Domain.FALSE
        today = fields.Date.today()
        entry_domain = (
            Domain("active", "=", True)
            & Domain("company_id", "in", self.sudo().company_ids.ids)
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", today))
        )
        return (
            Domain("active", "=", True)
            & Domain("share", "=", True)
            & Domain("all_group_ids", "in", self.env.ref("base.group_portal").ids)
            & Domain("access_entry_ids", "any", entry_domain)
        )

    def _get_viewable_users(self, partner):
        """Users (sudo) of a company or person as whom this employee may see the portal.

        :param partner: ``res.partner``; of a company, those of its branches too
        :return: ``res.users``
        """
        domain = self._get_viewable_domain() & Domain("partner_id", "child_of", partner.ids)
        # sudo: support staff need no right on users and on the register
        return self.env["res.users"].sudo().search(domain)

    def _view_as(self, user, reason):
        """Let the session of this employee see the portal as a user of a customer.

        :param user: ``res.users`` of the customer
        :param str reason: for the log, which the customer's administrator reads too
        :raise AccessError: without the right to do so, or outside a session of one's own
        :raise UserError: when the user cannot be viewed
        """
        self.ensure_one()
        self._check_view_as(user)
        user_sudo = user.sudo()  # the name of a customer's user, and the company
        minutes = self._get_view_minutes()
        log = self.env["partner.access.log"]
        # in a transaction of its own: there is no view without its row
        log._log_apart("view_started", user=user, text=reason)
        self._queue_view_mails(user_sudo, reason)
        ends_on = fields.Datetime.now() + timedelta(minutes=minutes)
        shown = {
            "staff": self.name,
            "name": user_sudo.name,
            "company": user_sudo.partner_id.commercial_partner_id.name,
            "partner_id": user_sudo.partner_id.id,
            "until": format_time(
                self.env, ends_on, tz=self.tz or str(self.env.tz), time_format="short"
            ),
        }
        # What the portal itself makes when a user first comes to a page with messages.
        self.env["res.users.settings"].sudo()._find_or_create_for_user(user_sudo)
        self.env["ir.http"]._start_view(user_sudo, minutes, shown)

    def _check_view_as(self, user):
        if not self._may_view_as_customer():
            raise AccessError(self.env._("You may not see the portal as a customer."))
        if not request or not request.session.can_save or request.session.uid != self.env.uid:
            raise AccessError(
                self.env._("The portal as a customer sees it is for the browser of an employee.")
            )
        domain = self._get_viewable_domain() & Domain("id", "=", user.id)
        # sudo: support staff need no right on users and on the register
        if not self.env["res.users"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "%(name)s has no access to the portal at present.", name=user.sudo().name
                )
            )

    def _get_view_key(self):
        """Changes when this user is archived or gets another password, as sessions end then.

        :return: a hash, or False for who cannot sign in
        """
        self.ensure_one()
        values = self._session_token_get_values()
        # sudo: the secret of the database
        return bool(values) and hmac(self.env(su=True), "partner_access_view", values)

    def _queue_view_mails(self, user_sudo, reason):
        """Tell the customer's administrators, where our company wants that."""
        if not user_sudo.company_id.portal_view_mail:
            return
        template_sudo = self.env.ref("partner_access.mail_template_view_as").sudo()
        view = {"name": user_sudo.name, "staff": self.name, "reason": reason}
        for entry_sudo in user_sudo._get_customer_administrators():
            template_sudo.with_context(view=view).send_mail(entry_sudo.id)

    def _get_customer_administrators(self):
        """Entries (sudo) of who looks after the users of this user's company: its administrators
        and those of the companies above it.
        """
        self.ensure_one()
        # sudo: who looks on reads neither the contact nor the register
        ids = [company_sudo.id for company_sudo in self.sudo().partner_id._get_companies_upwards()]
        entries_sudo = (
            self.env["partner.access.entry"]
            .sudo()
            .search(
                Domain("partner_id", "in", ids)
                & Domain("role_ids.code", "=", ADMINISTRATOR)
                & Domain("user_id", "!=", False)
            )
        )
        return entries_sudo.filtered(lambda entry: entry._is_current())
