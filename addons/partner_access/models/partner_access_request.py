import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request

_logger = logging.getLogger(__name__)

MAX_ADDRESS_LENGTH = 254
# Of one network address, within an hour: a branch behind one address has many people.
MAX_ADDRESSES_PER_HOUR = 100
MAX_REQUESTS_PER_ADDRESS = 12
LINK_PAUSE = timedelta(minutes=5)  # between two links of one user


class PartnerAccessRequest(models.Model):
    """Somebody typed an address to get a link for a password.

    The web request only inserts this row, whatever the address is, so that neither the answer nor
    its time tells who is registered. A job, started at once, looks the address up and mails.
    Rows that are done are archived, and kept for some time to see who asks too often.
    """

    _name = "partner.access.request"
    _inherit = ["partner.access.retention"]
    _description = "Request for a Password Link"
    _rec_name = "email"
    _order = "id"
    _retention_kind = "requests"
    _retention_days = 1

    active = fields.Boolean(default=True)
    email = fields.Char(required=True)
    lang = fields.Char()
    network_address = fields.Char(index="btree_not_null")
    user_id = fields.Many2one("res.users", index="btree_not_null", ondelete="cascade")
    inviter_id = fields.Many2one(
        "res.users",
        ondelete="cascade",
        help="The customer's administrator who invited the address.",
    )
    sent_on = fields.Datetime()

    @api.model
    def _queue(self, address):
        """Note an address and wake the job; nothing is noted for a visitor who asks too often.

        :param str address: as typed
        """
        is_visitor = request and not self.env.user._is_internal()  # or a customer, by RPC
        network_address = request.httprequest.remote_addr if is_visitor else False
        email = self.env["partner.access.entry"]._normalize_address(address)[:MAX_ADDRESS_LENGTH]
        if self._is_too_often(network_address, email):
            _logger.warning("Too many requests for a password link from %s", network_address)
            return
        self.create(
            {
                "email": email,
                "lang": self.env.lang,
                "network_address": network_address,
            }
        )
        self._wake_job()

    @api.model
    def _queue_invitations(self, emails):
        """Note addresses that the user invites, and wake the job.

        :param emails: normalised addresses
        """
        inviter = {"inviter_id": self.env.uid, "lang": self.env.lang}
        self.create([{"email": email, **inviter} for email in emails])
        self._wake_job()

    @api.model
    def _wake_job(self):
        # By its id, which is remembered: whether it is there still would be one query more.
        job_id = self.env["ir.model.data"]._xmlid_to_res_id("partner_access.ir_cron_send_links")
        self.env["ir.cron"].browse(job_id)._trigger()

    @api.model
    def _cron_send_links(self):
        """Work through the queue; a request that fails is logged and does not stop the others."""
        requests = self.search([], limit=200)
        self.env["ir.cron"]._commit_progress(remaining=len(requests))
        for email, same in requests.grouped("email").items():
            try:
                with self.env.cr.savepoint():
                    same[0]._send_link()
            except Exception:
                _logger.exception("No password link could be made for %s", email)
            count = len(same)
            same.active = False
            if not self.env["ir.cron"]._commit_progress(count):
                break

    def _send_link(self):
        user_sudo = self.env["res.users"]._get_user_for_link(self.email, self.lang)
        self._log("reset_asked", user_sudo)
        if not user_sudo:
            _logger.info("No password link for %s: nobody current has this address", self.email)
        elif self._has_link_already(user_sudo):
            _logger.info("No password link for %s: one was sent just now", self.email)
        else:
            user_sudo._send_access_link(self.inviter_id)
            self.write({"user_id": user_sudo.id, "sent_on": fields.Datetime.now()})
            self._log("link_sent", user_sudo)

    def _log(self, kind, user):
        """Note in the log what became of a request, with the network that it came from."""
        log = self.env["partner.access.log"].with_user(self.inviter_id or self.env.user)
        values = log._prepare_row(kind, user, self.email, None, None)
        # sudo: nobody else writes there
        log.sudo().create({**values, "network_address": self.network_address})

    @api.model
    def _is_too_often(self, network_address, email):
        """Whether a network asked for too many addresses, or for this one too often. Who asks for
        one address again and again keeps nobody else behind the same network from a link."""
        if not network_address:
            return False
        since = fields.Datetime.now() - timedelta(hours=1)
        domain = [("network_address", "=", network_address), ("create_date", ">", since)]
        requests = self.with_context(active_test=False)
        counts = dict(requests._read_group(domain, ["email"], ["__count"]))
        if email in counts:
            return counts[email] >= MAX_REQUESTS_PER_ADDRESS
        return len(counts) >= MAX_ADDRESSES_PER_HOUR

    def _has_link_already(self, user):
        since = fields.Datetime.now() - LINK_PAUSE
        domain = [("user_id", "=", user.id), ("sent_on", ">", since)]
        return bool(self.with_context(active_test=False).search_count(domain, limit=1))
