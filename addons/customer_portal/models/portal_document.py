import logging
import re
import zipfile
from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain

from ..tools.period import get_moment_domain
from ..tools.record_id import MAX_ID

_logger = logging.getLogger(__name__)

MAX_DOCUMENTS = 500
NAME_LENGTH = 80
MONTH = re.compile(r"(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])", re.ASCII)
REFERENCE = re.compile(r"([a-z_]+)-([0-9]{1,10})", re.ASCII)
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class PortalDocument(models.AbstractModel):
    """Invoices, credit notes, delivery slips and order confirmations of a customer as PDF.

    A document is named by its kind and the id of its record. Every look-up goes through the access
    domain of the user; what is not in it does not exist.
    """

    _name = "portal.document"
    _description = "Documents of a Customer"

    # --- which documents there are --------------------------------------------------------------

    @api.model
    def _get_kinds(self):
        """Kinds of documents that the user's roles open.

        :return: ``{kind: {'label', 'plural', 'model', 'date', 'domain'}}``; the domain holds the
            access domain of the user
        :rtype: dict
        """
        kinds = {}
        if self.env.user._has_access_role("prices"):
            kinds |= self._get_invoice_kinds()
        if self.env.user._has_access_role("orders"):
            kinds["slip"] = self._prepare_slip_kind()
            if self.env.user._has_access_role("prices"):
                kinds["confirmation"] = self._prepare_confirmation_kind()
        return kinds

    @api.model
    def _get_invoice_kinds(self):
        domain = self.env.user._get_access_domain("account.move")
        invoice = {
            "label": self.env._("Invoice"),
            "plural": self.env._("Invoices"),
            "model": "account.move",
            "date": "invoice_date",
            "domain": domain & Domain("move_type", "=", "out_invoice"),
        }
        credit = {
            **invoice,
            "label": self.env._("Credit note"),
            "plural": self.env._("Credit notes"),
            "domain": domain & Domain("move_type", "=", "out_refund"),
        }
        return {"invoice": invoice, "credit_note": credit}

    @api.model
    def _prepare_slip_kind(self):
        domain = self.env.user._get_access_domain("stock.picking") & Domain("state", "=", "done")
        return {
            "label": self.env._("Delivery slip"),
            "plural": self.env._("Delivery slips"),
            "model": "stock.picking",
            "date": "date_done",
            "domain": domain & Domain("location_id.usage", "!=", "customer"),
        }

    @api.model
    def _prepare_confirmation_kind(self):
        domain = self.env.user._get_access_domain("sale.order") & Domain("state", "=", "sale")
        return {
            "label": self.env._("Order confirmation"),
            "plural": self.env._("Order confirmations"),
            "model": "sale.order",
            "date": "confirmed_on",
            "domain": domain & Domain("confirmed_on", "!=", False),
        }

    @api.model
    def _get_parts(self, kind=None, month=None):
        """Parts of ``portal.merged.list``.

        :param str kind: one kind; all that the user may see when empty
        :param str month: ``YYYY-MM``, of the day where the user is; all when empty
        """
        return [
            (key, one["model"], one["domain"] & self._get_month_domain(one, month), one["date"])
            for key, one in self._get_kinds().items()
            if not kind or key == kind
        ]

    @api.model
    def _get_month_domain(self, kind, month):
        if not month:
            return Domain.TRUE
        first = fields.Date.to_date(f"{month}-01")
        last = fields.Date.end_of(first, "month")
        if self.env[kind["model"]]._fields[kind["date"]].type == "datetime":
            return get_moment_domain(self.env, kind["date"], first, last)
        return Domain(kind["date"], ">=", first) & Domain(kind["date"], "<=", last)

    @api.model
    def _get_months(self):
        """Months from the oldest document to the newest, newest first.

        :return: list of days, the first of each month (date)
        """
        merged = self.env["portal.merged.list"]
        parts = self._get_parts()
        ends = [
            self._get_day(*found)
            for oldest_first in (True, False)
            for found in merged._search_parts(parts, 1, oldest_first=oldest_first)
        ]
        if not ends:
            return []
        months, month = [], ends[-1].replace(day=1)
        while month >= ends[0].replace(day=1):
            months.append(month)
            month -= relativedelta(months=1)
        return months

    # --- which of them were asked for -----------------------------------------------------------

    @api.model
    def _check_choice(self, kind=None, month=None):
        """:raise UserError: for a kind or month that there is not"""
        if kind and kind not in self._get_kinds():
            raise UserError(self.env._("There are no documents of this kind for you."))
        if month and not MONTH.fullmatch(month):
            raise UserError(self.env._("This is no month. Choose one from the list."))

    @api.model
    def _search_documents(self, references=(), kind=None, month=None):
        """Documents by reference, or all of a month, a kind, or both.

        :param references: ``<kind>-<id>`` of each chosen one; when there are any, the rest is
            ignored
        :return: ``[(kind, id)]``, newest first; at most one more than may be asked for
        :raise MissingError: when one of the references is not the user's; then none is given
        :raise UserError: for a kind or month that there is not, when nothing was chosen or too
            much
        """
        if references:
            return self._resolve_references(references)
        self._check_choice(kind, month)
        if not kind and not month:
            raise UserError(self.env._("Choose documents first, or a month or a kind."))
        parts = self._get_parts(kind, month)
        return self.env["portal.merged.list"]._search_parts(parts, MAX_DOCUMENTS + 1)

    @api.model
    def _resolve_references(self, references):
        references = list(dict.fromkeys(references))
        self._check_count(references)
        kinds, ids = self._get_kinds(), {}
        for reference in references:
            found = REFERENCE.fullmatch(reference)
            if not found or found[1] not in kinds or int(found[2]) > MAX_ID:
                raise MissingError(self.env._("One of these documents does not exist."))
            ids.setdefault(found[1], []).append(int(found[2]))
        parts = [
            (key, model, domain & Domain("id", "in", ids[key]), date)
            for key, model, domain, date in self._get_parts()
            if key in ids
        ]
        found = self.env["portal.merged.list"]._search_parts(parts, len(references))
        if len(found) != sum(len(set(one)) for one in ids.values()):
            raise MissingError(self.env._("One of these documents does not exist."))
        return found

    @api.model
    def _check_count(self, documents):
        """:raise UserError: when there are none or too many for one file"""
        if not documents:
            raise UserError(self.env._("There are no documents in this choice."))
        if len(documents) > MAX_DOCUMENTS:
            raise UserError(
                self.env._(
                    "One file holds at most %(count)s documents. Choose a month, or one kind.",
                    count=MAX_DOCUMENTS,
                )
            )

    # --- one document ---------------------------------------------------------------------------

    @api.model
    def _browse(self, kind, record_id):
        """The record (sudo) of a document found before, in its company."""
        record_sudo = self.env[self._get_kinds()[kind]["model"]].sudo().browse(record_id)
        return record_sudo.with_company(record_sudo.company_id)

    @api.model
    def _get_day(self, kind, record_id):
        """The day of a document where the user is (date)."""
        moment = self._browse(kind, record_id)[self._get_kinds()[kind]["date"]]
        if isinstance(moment, datetime):
            return fields.Datetime.context_timestamp(self.env.user, moment).date()
        return moment

    @api.model
    def _render(self, kind, record_sudo):
        """The PDF of a document: an invoice that was printed for the customer before is not
        printed again.
        """
        if record_sudo._name == "account.move":
            return record_sudo._get_invoice_legal_documents("pdf", allow_fallback=True)["content"]
        reports = {
            "slip": "stock.action_report_delivery",
            "confirmation": "sale.action_report_saleorder",
        }
        # sudo: reports read products, taxes and terms that customers have no rights on
        reports_sudo = self.env["ir.actions.report"].sudo().with_company(record_sudo.company_id)
        return reports_sudo._render_qweb_pdf(reports[kind], record_sudo.ids)[0]

    @api.model
    def _get_file_name(self, kind, record_sudo):
        """Month, kind and number: "2026-11 Invoice INV-2026-0042.pdf"."""
        month = self._get_day(kind, record_sudo.id).strftime("%Y-%m")
        label = self._get_kinds()[kind]["label"]
        return f"{month} {self._get_safe_name(label)} {self._get_safe_name(record_sudo.name)}.pdf"

    @api.model
    def _get_safe_name(self, name):
        """A part of a file name that is one on every system and leads nowhere else."""
        return UNSAFE.sub("-", name or "").strip(" .-")[:NAME_LENGTH]

    # --- many in one file -----------------------------------------------------------------------

    @api.model
    def _write_zip(self, file, documents, set_progress=None):
        """Write documents into a ZIP, one after the other; one that cannot be printed is named
        in a text instead.

        :param file: path, or file that is open for writing
        :param documents: ``[(kind, id)]`` of ``_search_documents``
        :param set_progress: called with the number that is done
        """
        names, failed = set(), []
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for count, (kind, record_id) in enumerate(documents, 1):
                record_sudo = self._browse(kind, record_id)
                name = self._get_unique_name(self._get_file_name(kind, record_sudo), names)
                content = self._try_render(kind, record_sudo)
                if content:
                    archive.writestr(name, content)
                else:
                    failed.append(name)
                if set_progress:
                    set_progress(count)
                self.env.invalidate_all()  # hundreds of documents need no more memory
            if failed:
                archive.writestr(self.env._("Missing documents") + ".txt", self._get_note(failed))

    @api.model
    def _try_render(self, kind, record_sudo):
        try:
            with self.env.cr.savepoint():
                return self._render(kind, record_sudo)
        except Exception:
            _logger.exception("Document %s of %s cannot be printed", kind, record_sudo)
            return None

    @api.model
    def _get_unique_name(self, name, names):
        """The name, with a number when it is taken; case does not make two names different."""
        stem, number, unique = name.removesuffix(".pdf"), 1, name
        while unique.lower() in names:
            number += 1
            unique = f"{stem} ({number}).pdf"
        names.add(unique.lower())
        return unique

    @api.model
    def _get_note(self, failed):
        intro = self.env._("These documents could not be printed. Please ask us for them.")
        return "\r\n".join([intro, "", *failed, ""])

    @api.model
    def _get_zip_name(self, references=(), kind=None, month=None):
        """Name of the file for a choice of documents."""
        kinds = self._get_kinds()
        plural = kinds[kind]["plural"] if kind in kinds else self.env._("Documents")
        words = [plural] if references else [month, plural]
        return " ".join(filter(None, map(self._get_safe_name, words))) + ".zip"
