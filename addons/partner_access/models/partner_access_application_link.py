import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

TOKEN_BYTES = 24
LINK_DAYS = 30
MAX_LINKS_PER_HOUR = 10  # of one network address
LINK_PAUSE = timedelta(minutes=5)  # between two mails that one address asked for
KEPT = timedelta(days=1)


class PartnerAccessApplicationLink(models.Model):
    """A link that opens one application, and the wish to get one by mail.

    The token in the address is the only secret; it is not kept, only its hash. Each mail to the
    applicant makes a link of its own, so that older mails go on working until they expire.

    Who lost the link types an address. The web request only inserts a row, whatever the address is,
    so that neither the answer nor its time tells who applied; a job, started at once, mails.
    """

    _name = "partner.access.application.link"
    _description = "Link of an Application"
    _order = "id"

    application_id = fields.Many2one("partner.access.application", index=True, ondelete="cascade")
    email = fields.Char()
    lang = fields.Char()
    network_address = fields.Char(index="btree_not_null")
    token_hash = fields.Char(groups="base.group_system")
    expires_on = fields.Datetime(required=True, index=True)
    is_sent = fields.Boolean(help="The mail that was wished for is written.")

    _token_unique = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.model
    def _open(self, application):
        """Make a link.

        :param application: ``partner.access.application``
        :return: its token, which cannot be read again
        :rtype: str
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.create(
            {
                "application_id": application.id,
                "network_address": request.httprequest.remote_addr if request else False,
                "token_hash": self._hash(token),
                "expires_on": fields.Datetime.now() + timedelta(days=self._get_days()),
            }
        )
        return token

    @api.model
    def _get_days(self):
        """For how many days a link works, and what was begun is kept."""
        params_sudo = self.env["ir.config_parameter"].sudo()
        return int(params_sudo.get_param("partner_access.application_link_days") or LINK_DAYS)

    @api.model
    def _find_application(self, token):
        """The application that a link opens; empty when there is none (any more)."""
        token_hash = self._hash(token)
        link = self.search([("token_hash", "=", token_hash)], limit=1)
        is_open = link.expires_on and link.expires_on > fields.Datetime.now()
        if is_open and consteq(link.token_hash, token_hash):
            return link.application_id
        return link.application_id.browse()

    @api.model
    def _hash(self, token):
        # The token is random and long: a plain hash of it cannot be turned back.
        return hashlib.sha256(str(token).encode("utf-8", "replace")).hexdigest()

    @api.model
    def _queue(self, address):
        """Note that somebody wants the link of an application by mail, and wake the job.

        :param str address: as typed
        """
        self.create(
            {
                "email": self.env["partner.access.entry"]._normalize_address(address)[:254],
                "lang": self.env.lang,
                "network_address": request.httprequest.remote_addr if request else False,
                "expires_on": fields.Datetime.now() + KEPT,
            }
        )
        self.env.ref("partner_access.ir_cron_applications")._trigger()

    @api.model
    def _is_too_often(self):
        """Whether the network of this request made too many applications and links this hour."""
        network_address = request.httprequest.remote_addr if request else False
        since = fields.Datetime.now() - timedelta(hours=1)
        domain = [("network_address", "=", network_address), ("create_date", ">", since)]
        count = network_address and self.search_count(domain, limit=MAX_LINKS_PER_HOUR)
        return bool(count) and count >= MAX_LINKS_PER_HOUR

    def _send(self):
        """Mail a link for each application of the address; none when it just got one."""
        self.ensure_one()
        self.is_sent = True
        applications = self.env["partner.access.application"].search([("email", "=", self.email)])
        since = fields.Datetime.now() - LINK_PAUSE
        domain = Domain("application_id", "in", applications.ids)
        recent = self.search(domain & Domain("create_date", ">", since))
        for application in applications - recent.application_id:
            application._tell_applicant("link")

    @api.autovacuum
    def _gc_links(self):
        """Forget links that expired a day ago."""
        limit = fields.Datetime.now() - KEPT
        self.search([("expires_on", "<", limit)], limit=10_000).unlink()
