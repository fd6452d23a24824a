import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError


class PartnerAccessFeedUpload(models.TransientModel):
    """A file of a feed that a person has at hand."""

    _name = "partner.access.feed.upload"
    _description = "Upload of a Feed's File"

    def _default_feed_id(self):
        feeds = self.env["partner.access.feed"].search(
            [("company_id", "=", self.env.company.id)], limit=2
        )
        return feeds if len(feeds) == 1 else feeds.browse()

    feed_id = fields.Many2one(
        "partner.access.feed",
        required=True,
        default=lambda self: self._default_feed_id(),
        ondelete="cascade",
    )
    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    made_on = fields.Datetime(
        help="When the other system made the file. Empty: it is not compared with others."
    )

    def action_preview(self):
        """Show what the file would change; nothing is changed yet.

        :return: an action that shows the report
        :raise UserError: when there is no file, or the feed is being imported at the moment
        """
        self.ensure_one()
        try:
            content = base64.b64decode(self.file or b"", validate=True)
        except binascii.Error:
            content = b""
        if not self.file_name and not content:
            raise UserError(self.env._("Choose a file first."))
        run = self.feed_id._start_run(
            content, "upload", file_name=self.file_name, made_on=self.made_on, dry_run=True
        )
        return run._get_action()
