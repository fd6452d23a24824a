"""Factories for tests of applications of new customers."""

import base64

from odoo import fields

from .common import AccessCommon
from .file_common import make_pdf, make_photo

EMAIL = "tess@testman.example"
ANSWERS = {
    "company_name": "Testman Netwerken B.V.",
    "vat": "NL 0792.44.026 B01",
    "company_registry": "81230047",
    "street": "Oude Delft 1",
    "zip": "2611 AA",
    "city": "Delft",
    "contact_name": "Tess Testman",
    "contact_phone": "+31 15 555 00 01",
}
KINDS = ("vat_statement", "register_extract", "letterhead")
PDF = make_pdf(b"<< /Type /Catalog >>")
CONDITIONS = "<p>We sell to resellers only.</p>"


class ApplicationCommon(AccessCommon):
    """Mixin for TransactionCase and HttpCase."""

    def _create_conditions(self, **values):
        """Conditions of our company, in force: the page for new customers is open."""
        return self.env["partner.access.conditions"].create(
            {"name": "General terms", "version": "1", "text": CONDITIONS, **values}
        )

    def _create_application(self, documents=KINDS, **values):
        """An application that is complete but for its signature."""
        if not self.env["partner.access.conditions"]._get_current():
            self._create_conditions()
        country = self.env.ref("base.nl")
        values = {"email": EMAIL, "lang": "en_US", "country_id": country.id, **ANSWERS, **values}
        application = self.env["partner.access.application"].create(values)
        for kind in documents:
            application._add_document(f"{kind}.pdf", PDF, kind)
        return application

    def _submit(self, application, **values):
        """Sign and send; return what must be mended first."""
        conditions = application._get_conditions()
        values = {"signed_name": "Tess Testman", "accepted_id": str(conditions.id), **values}
        return application._submit(**values)

    def _create_submitted(self, **values):
        """An application that waits for its review."""
        application = self._create_application(**values)
        self.assertEqual(self._submit(application), {})
        return application

    def _create_clerk(self, login="klerk@noorder.example", **values):
        """An employee who reviews applications."""
        groups = "base.group_user,partner_access.group_application_clerk"
        return self._create_staff(login=login, groups=groups, **values)

    def _age(self, application, days):
        """Let an application look as if it was last touched, and decided, so long ago."""
        moment = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        application.flush_recordset()
        self.env.cr.execute(
            "UPDATE partner_access_application SET write_date = %s, create_date = %s,"
            " decided_on = CASE WHEN decided_on IS NULL THEN NULL ELSE %s END WHERE id = %s",
            (moment, moment, moment, application.id),
        )
        application.invalidate_recordset()

    def _run_application_job(self):
        """Do what the job does that a submission wakes; return the mails it made."""
        before = self.env["mail.mail"].search([])
        cron_class = type(self.env["ir.cron"])
        self.patch(cron_class, "_commit_progress", lambda *args, **kwargs: float("inf"))
        self.env["partner.access.application"]._cron_work()
        return self.env["mail.mail"].search([]) - before

    def _make_signature(self):
        """A small picture as base64 data URL."""
        return "data:image/png;base64," + base64.b64encode(make_photo("PNG")).decode()
