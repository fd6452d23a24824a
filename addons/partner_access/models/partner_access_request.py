import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

MAX_ADDRESS_LENGTH = 254


class PartnerAccessRequest(models.Model):
    """Somebody typed an address to get a link for a password.

    The web request only inserts this row, whatever the address is, so that neither the answer nor
    its time tells who is registered. A job, started at once, looks the address up and mails.
    """

    _name = "partner.access.request"
    _description = "Request for a Password Link"
    _rec_name = "email"
    _order = "id"

    email = fields.Char(required=True)
    lang = fields.Char()

    @api.model
    def _queue(self, address):
        """Note an address and wake the job.

        :param str address: as typed
        """
        email = self.env["partner.access.entry"]._normalize_address(address)
        self.create({"email": email[:MAX_ADDRESS_LENGTH], "lang": self.env.lang})
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
            same.unlink()
            if not self.env["ir.cron"]._commit_progress(count):
                break

    def _send_link(self):
        user_sudo = self.env["res.users"]._get_user_for_link(self.email, self.lang)
        if user_sudo:
            user_sudo._send_access_link()
        else:
            _logger.info("No password link for %s: nobody current has this address", self.email)
