import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_datetime

from ..tools.request_address import get_address
from ..tools.row_lock import hold_rows
from .partner_access_request import MAX_ADDRESS_LENGTH

TOKEN_BYTES = 24
LINK_HOURS = 24
MAX_A_DAY = 5


class PartnerAccessEmailChange(models.Model):
    """Somebody wants to sign in with another e-mail address.

    A link goes to the new address, and the old one is told at once. The link opens a page for who
    is signed in as the same person: a mistyped address gives the account to nobody. Whether the
    address is somebody else's is looked at then only, and so told to nobody but its owner.
    """

    _name = "partner.access.email.change"
    _inherit = ["partner.access.retention"]
    _description = "Change of an E-mail Address"
    _rec_name = "new_email"
    _order = "id desc"
    _retention_kind = "requests"
    _retention_days = 1

    active = fields.Boolean(default=True, help="Waits for the click on its link.")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    old_email = fields.Char(required=True, readonly=True)
    new_email = fields.Char(required=True, readonly=True)
    token_hash = fields.Char(readonly=True, groups="base.group_system")
    expires_on = fields.Datetime(required=True, readonly=True)
    network_address = fields.Char(readonly=True)

    _user_unique = models.UniqueIndex("(user_id) WHERE active", "One change waits already.")
    _token_unique = models.UniqueIndex("(token_hash)")

    # --- Asking ----------------------------------------------------------------------------------

    @api.model
    def _ask(self, address, password):
        """Send a link to the address that the user wants, and tell the present one.

        :param str address: as typed
        :param str password: the present one, as typed
        :return: the change (sudo)
        :raise UserError: when it cannot be asked for like this
        """
        user = self.env.user
        # sudo: customers write no users; of two at once the second waits, and counts the first
        hold_rows(user.sudo())
        address = self.env["partner.access.entry"]._normalize_address(address)
        if refusal := user._get_email_change_refusal() or self._get_refusal(user, address):
            raise UserError(refusal)
        user._check_current_password(password)
        self._cancel(user)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        # sudo: customers have no right on these rows
        change_sudo = self.sudo().create(self._prepare_change(user, address, token))
        change_sudo._tell("confirm", address, token=token)
        change_sudo._tell("asked", change_sudo.old_email)
        self.env["partner.access.log"]._log("email_asked", user=user, text=address)
        return change_sudo

    @api.model
    def _prepare_change(self, user, address, token):
        return {
            "user_id": user.id,
            "old_email": user._get_link_address(),
            "new_email": address,
            "token_hash": self._hash(token),
            "expires_on": fields.Datetime.now() + timedelta(hours=LINK_HOURS),
            "network_address": get_address(),
        }

    @api.model
    def _get_refusal(self, user, address):
        """Why an address cannot be asked for, by what everybody may know; False when it can."""
        if not email_normalize(address) or len(address) > MAX_ADDRESS_LENGTH:
            return self.env._("This is not an e-mail address.")
        if address == email_normalize(user._get_link_address()):
            return self.env._("This is your address already.")
        entry_sudo = user._get_access_entry()
        domains = entry_sudo.partner_id._get_portal_email_domains()
        if domains and address.rpartition("@")[2] not in domains:
            return self.env._("Only addresses of %(domains)s.", domains=", ".join(domains))
        since = fields.Datetime.now() - timedelta(days=1)
        recent = Domain("user_id", "=", user.id) & Domain("create_date", ">", since)
        # sudo: as above
        if self.sudo().with_context(active_test=False).search_count(recent) >= MAX_A_DAY:
            return self.env._("You asked for this often today. Try again tomorrow.")
        return False

    @api.model
    def _get_open(self, user):
        """The change (sudo) of a user that waits for the click; empty when there is none."""
        # sudo: as above
        changes_sudo = self.sudo().search([("user_id", "=", user.id)])
        return changes_sudo.filtered(lambda one: one.expires_on > fields.Datetime.now())

    @api.model
    def _cancel(self, user):
        """Forget what the user asked for before; its link leads nowhere."""
        # sudo: as above
        changes_sudo = self.sudo().search([("user_id", "=", user.id)])
        changes_sudo.active = False
        changes_sudo.flush_recordset(["active"])  # the unique index must see it

    # --- Confirming ------------------------------------------------------------------------------

    @api.model
    def _find(self, token):
        """The change (sudo) that a link opens for the user; empty for anybody else."""
        change_sudo = self._get_open(self.env.user)
        return change_sudo.filtered(lambda one: one.token_hash == self._hash(token))

    @api.model
    def _hash(self, token):
        # The token is random and long: a plain hash of it cannot be turned back.
        return hashlib.sha256(str(token).encode("utf-8", "replace")).hexdigest()

    def _confirm(self):
        """From now on the person signs in with the new address; all other sessions are over, and
        links for a password that were mailed to the old address lead nowhere.

        :raise UserError: when it was done meanwhile, or the address is not free
        """
        self.ensure_one()
        user_sudo = self.user_id
        hold_rows(user_sudo)
        self.invalidate_recordset(["active"])
        refusal = user_sudo._get_email_change_refusal()
        if not self.active or self.old_email != user_sudo._get_link_address():
            refusal = self.env._("This link no longer works.")
        if refusal := refusal or self._get_taken_text():
            raise UserError(refusal)
        self.active = False
        entry_sudo = user_sudo.access_entry_ids.with_context(partner_access_told=True)
        entry_sudo.email = self.new_email
        user_sudo.partner_id.signup_cancel()
        text = f"{self.old_email} → {self.new_email}"
        self.env["partner.access.log"]._log("email_changed", user=user_sudo, text=text)
        self._tell("done", self.old_email)

    def _get_taken_text(self):
        """Why the address cannot be used, for who has its mailbox; False when it is free."""
        address, entries = self.new_email, self.env["partner.access.entry"]
        users = self.env["res.users"].with_context(active_test=False)
        others = users.search([("login", "=", address)]) | entries.search(
            [("email", "=", address)]
        ).user_id.with_env(users.env)
        waiting = entries.search_count([("email", "=", address), ("user_id", "=", False)], limit=1)
        if others - self.user_id or waiting or entries._get_employee_addresses([address]):
            return self.env._(
                "%(email)s has access of its own already. Ask us which one is to stay.",
                email=address,
            )
        return False

    # --- Mails -----------------------------------------------------------------------------------

    def _tell(self, occasion, address, **context):
        """Queue a mail.

        :param str occasion: confirm, asked or done
        :param str address: whom
        :param context: of the mail, as the token of its link
        """
        self.ensure_one()
        template = self.env.ref(f"partner_access.mail_template_email_{occasion}")
        template.with_context(**context).send_mail(self.id, email_values={"email_to": address})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _get_link(self):
        """Address of the page that the mail to the new address leads to."""
        token = self.env.context.get("token", "")
        return f"{self.get_base_url()}/my/account/email/confirm/{token}"

    def _get_deadline_text(self):
        """Until when the link works, in the language and time zone of the person."""
        self.ensure_one()
        env = self.with_context(lang=self.env.lang or self.user_id.lang).env
        return format_datetime(env, self.expires_on, tz=self.user_id.tz or "UTC", dt_format="short")
