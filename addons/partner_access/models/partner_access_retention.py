import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500


class PartnerAccessRetention(models.AbstractModel):
    """Personal data that is kept for a set time and then deleted.

    A model whose records are such data inherits this one, names its setting in
    ``_retention_kind`` (config parameter ``partner_access.keep_<kind>``, in days) and the days
    without it in ``_retention_days``. By default records are deleted so many days after they were
    made; ``_get_retention_domain`` says otherwise, ``_forget`` deletes less than the record.
    """

    _name = "partner.access.retention"
    _description = "Personal Data Kept for a Set Time"

    _retention_kind = ""
    _retention_days = 365

    @api.model
    def _get_retention_days(self):
        """For how many days records are kept; at least one.

        :rtype: int
        """
        # sudo: a setting
        params_sudo = self.env["ir.config_parameter"].sudo()
        days = params_sudo.get_param(f"partner_access.keep_{self._retention_kind}")
        return max(1, int(days or self._retention_days))

    @api.model
    def _get_retention_limit(self):
        """What is older than this is deleted (a datetime in UTC)."""
        return fields.Datetime.now() - timedelta(days=self._get_retention_days())

    @api.model
    def _get_retention_domain(self, limit):
        """What is to be deleted; what ``_forget`` was through with is no longer among it.

        :param limit: a datetime in UTC, see ``_get_retention_limit``
        :return: ``Domain``
        """
        return Domain("create_date", "<", limit)

    def _forget(self):
        """Delete what is personal in records of ``_get_retention_domain``: here, all of it."""
        self.unlink()

    @api.model
    def _get_retention_models(self):
        """Names of all models that keep something for a set time."""
        names = self.env.registry.descendants(["partner.access.retention"], "_inherit")
        return [name for name in names if not self.env[name]._abstract]

    @api.model
    def _cron_forget(self):
        """Delete what was kept long enough. A model that fails does not stop the others."""
        # sudo: whose data it is does not matter
        models_sudo = [self.env[name].sudo() for name in self._get_retention_models()]
        total = sum(model_sudo._count_old() for model_sudo in models_sudo)
        self.env["ir.cron"]._commit_progress(remaining=total)
        for model_sudo in models_sudo:
            if not model_sudo._forget_old():
                return

    @api.model
    def _search_old(self, after_id=0, limit=None):
        domain = self._get_retention_domain(self._get_retention_limit())
        records = self.with_context(active_test=False)
        return records.search(domain & Domain("id", ">", after_id), order="id", limit=limit)

    @api.model
    def _count_old(self):
        domain = self._get_retention_domain(self._get_retention_limit())
        return self.with_context(active_test=False).search_count(domain)

    @api.model
    def _forget_old(self):
        """Delete what was kept long enough, in batches.

        :return: whether there is time left for other models
        :rtype: bool
        """
        last_id, has_time = 0, True
        while has_time and (records := self._search_old(last_id, BATCH_SIZE)):
            last_id, count = records[-1].id, len(records)
            try:
                with self.env.cr.savepoint():
                    records._forget()
            except Exception:
                _logger.exception("Old records of %s could not be deleted", self._name)
            has_time = bool(self.env["ir.cron"]._commit_progress(count))
        return has_time
