import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

BATCH = 200


class PortalMailQueue(models.AbstractModel):
    """Mails to customers: a row is noted when something happens, a job makes the mail afterwards.

    Mail and row are written in one transaction, so that nobody gets a mail twice or not at all.
    Who inherits it gives ``_send``, and an index of what is pending.
    """

    _name = "portal.mail.queue"
    _description = "Queue of Mails to Customers"
    _order = "id"

    sent_on = fields.Datetime()
    error = fields.Text()

    @api.model
    def _get_pending_domain(self):
        """Return the domain of the mails that are to be made."""
        return Domain("sent_on", "=", False) & Domain("error", "=", False)

    @api.model
    def _get_queued_domain(self):
        """Return the domain of what this transaction has noted already."""
        return self._get_pending_domain() & Domain("create_date", ">=", self.env.cr.now())

    @api.model
    def _cron_send(self):
        """Make the mails that are due, each in its own transaction."""
        pending = self.search(self._get_pending_domain(), limit=BATCH)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(self._get_pending_domain()))
        printed = {}
        for row in pending:
            row._try_send(printed)
            if not cron._commit_progress(1):
                break
        if pending:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _try_send(self, printed):
        """Make the mail; a failure is noted and holds up no other mail.

        :param dict printed: documents that several mails of a run share, by id; it is added to
        """
        try:
            with self.env.cr.savepoint():
                self._send(printed)
        except OperationalError:
            _logger.info("%s is being written; its mail goes out later", self)
        except UserError as error:
            self._note_failure(str(error))
        except Exception as error:
            _logger.exception("The mail of %s could not be made", self)
            self._note_failure(str(error) or type(error).__name__)

    def _note_failure(self, text):
        """Keep why the mail could not be made."""
        self.error = text

    def _send(self, printed):
        """Queue the mail and note when, or drop it when nothing of it is left to say.

        :param dict printed: as of ``_try_send``
        """
        raise NotImplementedError
