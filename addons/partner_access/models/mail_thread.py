from odoo import models

# Messages of a record, internal notes among them: core searches in them without asking who may
# read them, so that a search tells what a note says, letter by letter.
MESSAGE_FIELDS = {"message_ids", "website_message_ids"}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _has_field_access(self, field, operation):
        """As core; customers and visitors reach messages through the chatter only, which shows
        what is meant for them.
        """
        return super()._has_field_access(field, operation) and not (
            field.name in MESSAGE_FIELDS
            and self._name != "discuss.channel"
            and not self.env.su
            and self.env.user.share
        )
