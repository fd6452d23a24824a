import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

TOKEN_BYTES = 24
KEPT_DAYS = 1


class CsoUploadLink(models.Model):
    """Lets a phone add photos to one draft for some minutes, without signing in.

    The token in the address is the only secret; it is not kept, only its hash. An ended link stays
    for a day, so that the phone is told in its user's language.
    """

    _name = "cso.upload.link"
    _description = "Phone Link of a Return Form"
    _order = "id desc"

    draft_id = fields.Many2one(
        "cso.form.draft", ondelete="set null", help="Empty: the link was closed."
    )
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    lang = fields.Char("Language", required=True)
    token_hash = fields.Char(required=True, groups="base.group_system")
    expires_on = fields.Datetime(required=True)
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Received Files", bypass_search_access=True
    )

    _token_unique = models.UniqueIndex("(token_hash)")
    _one_per_draft = models.UniqueIndex(
        "(draft_id) WHERE draft_id IS NOT NULL", "There is one phone link per draft."
    )

    @api.model
    def _open(self, draft):
        """Make the link of a draft; the one before it ends.

        :param draft: cso.form.draft of the current user
        :return: the link and its token, which cannot be read again
        """
        draft._lock()
        self._close(draft)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        minutes = draft.sale_line_id.company_id.cso_link_minutes
        link = self.create(
            {
                "draft_id": draft.id,
                "user_id": draft.user_id.id,
                "lang": self.env.lang or "en_US",
                "token_hash": self._hash(token),
                "expires_on": fields.Datetime.now() + timedelta(minutes=minutes),
            }
        )
        return link, token

    @api.model
    def _close(self, draft):
        """End the link of a draft, if there is one."""
        links = self.search([("draft_id", "in", draft.ids)])
        links.draft_id = False
        links.flush_recordset()  # before a new one takes its place

    @api.model
    def _find(self, token):
        """Return the link with this token, also when it ended, or an empty recordset."""
        token_hash = self._hash(token)
        link = self.search([("token_hash", "=", token_hash)], limit=1)
        return link.filtered(lambda one: consteq(one.token_hash, token_hash))

    @api.model
    def _get_link(self, draft):
        """Return the open link of a draft, or an empty recordset."""
        link = self.search([("draft_id", "in", draft.ids)], limit=1)
        return link.filtered(lambda one: one._get_seconds() > 0)

    @api.model
    def _hash(self, token):
        # The token is random and long: a plain hash of it cannot be turned back.
        return hashlib.sha256(str(token).encode("utf-8", "replace")).hexdigest()

    def _get_seconds(self):
        """Return for how many seconds the link is open yet, 0 when it ended or there is none."""
        if not self.draft_id:
            return 0
        return max(0, int((self.expires_on - fields.Datetime.now()).total_seconds()))

    def _is_usable(self):
        """Return whether files may be added now: its user must still be allowed to, by a form."""
        return self._get_seconds() > 0 and self._is_user_allowed()

    def _is_user_allowed(self):
        user, line = self.user_id, self.draft_id.sale_line_id
        if self.draft_id.reason_id.form not in self.env:
            return False
        if not user.active or user._get_access_domain("cso.rma").is_false():
            return False
        domain = user._get_access_domain("sale.order.line") & Domain("id", "=", line.id)
        return bool(line.search_count(domain, limit=1))

    def _get_slots(self):
        """Return the slots of the form with the files that this link received, nothing else."""
        self.ensure_one()
        draft = self.draft_id
        return draft._place_files(draft._get_photo_slots(), self.attachment_ids)

    def _add_file(self, name, content, kind="other"):
        """Add a file to the draft.

        :param name: file name as the phone gave it
        :param content: bytes
        :param kind: photo slot
        :return: the ir.attachment
        :raise UserError: with what is wrong with the file, or which limit is reached
        """
        self.ensure_one()
        file = self.draft_id._add_file(name, content, kind)
        self.attachment_ids += file
        return file

    @api.autovacuum
    def _gc_links(self):
        """Forget links that ended."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("expires_on", "<", limit)], limit=1000).unlink()
