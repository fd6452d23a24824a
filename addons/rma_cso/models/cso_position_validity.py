import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class CsoPositionValidity(models.AbstractModel):
    """The end of an authorisation: its last day, the reminder before it, and what follows."""

    _name = "cso.position.validity"
    _description = "Validity of a Return Position"

    # ------------------------------------------------------------------ business
    @api.model
    def _cron_expire(self):
        """End authorisations whose last day is over, where no goods came or were sent."""
        self._search_to_send()._filter_ended()._act_by_case("_expire")

    @api.model
    def _cron_remind(self):
        """Remind of authorisations that end tomorrow or today, once each, where it is wanted."""
        self._search_to_send()._filter_to_remind()._act_by_case("_remind")

    @api.model
    def _search_to_send(self):
        """Return the positions to send whose last day is tomorrow or earlier, anywhere on earth."""
        limit = fields.Date.today() + timedelta(days=2)
        return self.search([("is_to_send", "=", True), ("valid_until", "<=", limit)])

    def _filter_ended(self):
        return self.filtered(
            lambda line: line.is_to_send and line.valid_until < line.company_id._get_cso_date()
        )

    def _filter_to_remind(self):
        return self.filtered(
            lambda line: (
                line.is_to_send
                and line.company_id.cso_sends_reminder
                and line.reminded_for != line.valid_until
                and line._is_near_end()
            )
        )

    def _is_near_end(self):
        """Return whether this is the day before the last one, or the last one.

        Not on the day of the authorisation: the customer has just been told.
        """
        self.ensure_one()
        today = self.company_id._get_cso_date()
        is_told = self.company_id._get_cso_date(self.authorised_on) >= today
        return not is_told and today <= self.valid_until <= today + timedelta(days=1)

    def _act_by_case(self, act):
        """Call a method on these positions, each case in a transaction of its own.

        :param str act: name of the method
        """
        cron, cases = self.env["ir.cron"], self.grouped("rma_id")
        cron._commit_progress(remaining=len(cases))
        for lines in cases.values():
            lines._try(act)
            if not cron._commit_progress(1):
                break

    def _try(self, act):
        """Call a method; a failure is logged and must not hold up the other cases."""
        try:
            with self.env.cr.savepoint():
                getattr(self, act)()
        except OperationalError:
            _logger.info("Case %s is being written; it is looked at later", self.rma_id.name)
        except Exception:
            _logger.exception("Case %s: %s failed", self.rma_id.name, act)

    def _expire(self):
        """End the authorisations of those of these whose last day is over; units become free."""
        ended = self._filter_ended()
        ended._close("expired")
        ended._notify("expired")

    def _remind(self):
        """Have the customer reminded of those of these that end, once per last day."""
        ending = self._filter_to_remind()
        for line in ending:
            line.reminded_for = line.valid_until
        ending._notify("reminder")
