import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request

_logger = logging.getLogger(__name__)

MAX_ADDRESS_LENGTH = 254
MAX_REQUESTS_PER_HOUR = 60  # of one network address; a company behind one address has many people
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
        "res.users", ondelete="cascade", help="The customer's administrator who invited the address."
    )
    sent_on = fields.Datetime()

    @api.model
    def _queue(self, address):
        """Note an address and wake the job; nothing is noted for who asks too often.

        :param str address: as typed
        """
        network_address = request.httprequest.remote_addr if request else False
        if self._is_too_often(network_address):
            _logger.warning("Too many requests for a password link from %s", network_address)
            return
        email = self.env["partner.access.entry"]._normalize_address(address)
        self.create(
            {
                "email": email[:MAX_ADDRESS_LENGTH],
                "lang": self.env.lang,
                "network_address": network_address,
            }
        )
        self.env.ref("partner_access.ir_cron_send_links")._trigger()

    @api.model
    def _queue_invitations(self, emails):
        """Note addresses that the user invites, and wake the job.

        :param emails: normalised addresses
        """
        inviter = {"inviter_id": self.env.uid, "lang": self.env.lang}
        self.create([{"email": email, **inviter} for email in emails])
        self.env.ref("partner_access.ir_cron_send_links")._trigger()

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
        if not user_sudo:
            _logger.info("No password link for %s: nobody current has this address", self.email)
        elif self._has_link_already(user_sudo):
            _logger.info("No password link for %s: one was sent just now", self.email)
        else:
            user_sudo._send_link(self.inviter_id)
            self.write({"user_id": user_sudo.id, "sent_on": fields.Datetime.now()})

    @api.model
    def _is_too_often(self, network_address):
        if not network_address:
            return False
        since = fields.Datetime.now() - timedelta(hours=1)
        domain = [("network_address", "=", network_address), ("create_date", ">", since)]
        requests = self.with_context(active_test=False)
        return requests.search_count(domain, limit=MAX_REQUESTS_PER_HOUR) >= MAX_REQUESTS_PER_HOUR

    def _has_link_already(self, user):
        since = fields.Datetime.now() - LINK_PAUSE
        domain = [("user_id", "=", user.id), ("sent_on", ">", since)]
        return bool(self.with_context(active_test=False).search_count(domain, limit=1))
