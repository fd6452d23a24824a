import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

OPEN_STATES = ("queued", "running")
LIMIT = 100  # files on the page
OPEN_LIMIT = 5  # files that a user may wait for at once
ATTEMPT_LIMIT = 3  # a file that stops the server that often is given up
PROGRESS_SECONDS = 1.0
ACCESS_ROLES = ("administrator", "orders", "prices", "returns")
BLOCK_SIZE = 1024 * 1024


class PortalDownload(models.Model):
    """A file too large to be made while somebody waits: queued, made by a job, kept for a time.

    A kind of file is an entry of ``kind`` and a method ``_write_<kind>(path)`` that writes the
    file; it runs as the user who asked, tells how far it is with ``_set_progress`` and refuses
    with a ``UserError`` for the user. ``_describe_<kind>()`` may say what the file holds.
    Customers have no rights on this model: their pages find a file by its user.
    """

    _name = "portal.download"
    _inherit = ["partner.access.retention"]
    _description = "File for a Portal User"
    _order = "id desc"
    _retention_kind = "downloads"
    _retention_days = 7

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("lines_csv", "Order Lines (CSV)"),
            ("lines_xlsx", "Order Lines (Excel)"),
            ("documents_zip", "Documents (ZIP)"),
        ],
        required=True,
    )
    name = fields.Char("File Name", required=True)
    parameters = fields.Json(help="What was asked for; the kind knows what it means.")
    parameters_key = fields.Char(help="The same for the same parameters.")
    access = fields.Json(help="What the user could see when asking, to notice what was taken away.")
    state = fields.Selection(
        [("queued", "Waiting"), ("running", "Being made"), ("done", "Ready"), ("failed", "Failed")],
        required=True,
        default="queued",
        index=True,
    )
    attempt_count = fields.Integer("Attempts")
    done_count = fields.Integer("Done")
    total_count = fields.Integer("Of")
    attachment_id = fields.Many2one("ir.attachment", "File", ondelete="set null")
    file_size = fields.Integer(related="attachment_id.file_size")
    error = fields.Text(help="Why it failed, in the words for the user.")
    expires_on = fields.Datetime(index="btree_not_null")

    _open_unique = models.UniqueIndex(
        "(user_id, kind, parameters_key) WHERE state IN ('queued', 'running')",
        "This file is being made already.",
    )

    def unlink(self):
        """As core, with the files; who deletes a download need have no right on attachments."""
        self.sudo().attachment_id.unlink()
        return super().unlink()

    # --- what a page asks -----------------------------------------------------------------------

    @api.model
    def _enqueue(self, kind, name, parameters, total=0):
        """Have a file made for the current user; the job starts at once.

        :param str kind: one of ``kind``
        :param str name: file name with its ending, in the user's language
        :param dict parameters: what ``_write_<kind>`` needs, of simple types
        :param int total: how many pieces there are to do, for the progress; 0 when unknown
        :return: ``portal.download`` (sudo); the one that waits already when the user asks for the
            same twice, empty when both were asked for at the same moment
        :raise UserError: when the user waits for too many files
        """
        key = self._get_parameters_key(parameters)
        # sudo: customers have no rights on the queue; each finds his own only
        waiting_sudo = self.sudo().search(
            [("user_id", "=", self.env.uid), ("state", "in", OPEN_STATES)]
        )
        same = waiting_sudo.filtered(lambda one: one.kind == kind and one.parameters_key == key)
        if same:
            return same
        if len(waiting_sudo) >= OPEN_LIMIT:
            raise UserError(
                self.env._(
                    "%(count)s of your files are being made already. Ask again when one is ready.",
                    count=len(waiting_sudo),
                )
            )
        vals = {"kind": kind, "name": name, "parameters": parameters, "parameters_key": key}
        return self.sudo()._create_once({**vals, "total_count": total, "user_id": self.env.uid})

    @api.model
    def _create_once(self, vals):
        user = self.env["res.users"].browse(vals["user_id"])
        download = self.browse()
        # a second click at the same moment finds the index; the first one's file serves both
        with suppress(UniqueViolation), self.env.cr.savepoint():
            download = self.create({**vals, "access": self._prepare_access(user)})
        self._trigger_queue()
        return download

    @api.model
    def _trigger_queue(self):
        # sudo: who asks for a file may not read the job that makes it
        self.env.ref("customer_portal.ir_cron_run_downloads").sudo()._trigger()

    @api.model
    def _get_own(self, domain=Domain.TRUE):
        """Files of the current user that he may still see, newest first.

        :param domain: which of them
        :return: ``portal.download`` (sudo)
        """
        # sudo: customers have no rights on the queue; each finds his own only
        own_sudo = self.sudo().search(Domain("user_id", "=", self.env.uid) & domain, limit=LIMIT)
        return own_sudo.filtered(lambda one: not one._is_expired() and one._is_access_kept())

    def _retry(self):
        """Queue a file that failed once more.

        :raise UserError: when the user waits for too many files
        """
        self.ensure_one()
        again_sudo = self.with_user(self.user_id)._enqueue(
            self.kind, self.name, self.parameters, self.total_count
        )
        if self.state == "failed":
            self.unlink()
        return again_sudo

    def _describe(self):
        """What the file holds: whole phrases in the language of who asks.

        :rtype: list
        """
        self.ensure_one()
        describe = getattr(self.with_user(self.user_id), f"_describe_{self.kind}", None)
        return describe() if describe else []

    def _get_percent(self):
        """How much is done: 0 to 100, as far as that is known."""
        if self.state == "done":
            return 100
        if not self.total_count:
            return 0
        return min(99, 100 * self.done_count // self.total_count)

    def _is_expired(self):
        return bool(self.expires_on and self.expires_on <= fields.Datetime.now())

    @api.model
    def _get_parameters_key(self, parameters):
        text = json.dumps(parameters, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    # --- rights, when asked, when made and when fetched ------------------------------------------

    @api.model
    def _prepare_access(self, user):
        roles = [code for code in ACCESS_ROLES if user._has_access_role(code)]
        root = user._get_access_root()
        return {"root": root.id, "scope": user._get_access_scope(), "roles": roles}

    def _is_access_kept(self):
        """Whether the user still sees what he saw when he asked for the file."""
        self.ensure_one()
        if not self.user_id.active:
            return False
        old, new = self.access or {}, self._prepare_access(self.user_id)
        same = old.get("root") == new["root"] and old.get("scope") == new["scope"]
        return same and set(old.get("roles", ())) <= set(new["roles"])

    # --- the job --------------------------------------------------------------------------------

    @api.model
    def _run_queue(self):
        """Make the files that wait, one after the other, oldest first.

        The job is locked while it runs, so what is "running" when it starts was left by a server
        that was stopped, and is made anew.
        """
        waiting = self.search([("state", "in", OPEN_STATES)], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for download in waiting:
            if download.exists():
                download._run()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _run(self):
        self.ensure_one()
        if self.attempt_count >= ATTEMPT_LIMIT:
            return self._fail(self._as_user().env._("The file could not be made. Ask for less."))
        self.write({"state": "running", "done_count": 0, "attempt_count": self.attempt_count + 1})
        self.env["ir.cron"]._commit_progress()
        try:
            self._make()
        except Exception as error:
            self.env.cr.rollback()
            self._fail(self._get_failure(error))
        return None

    def _make(self):
        """Write the file as its user and keep it; what the user may not see any more is refused."""
        if not self._is_access_kept():
            raise UserError(
                self._as_user().env._(
                    "Your rights have changed since you asked for this file. Ask for it again."
                )
            )
        with tempfile.TemporaryDirectory(prefix="portal_download_") as folder:
            path = os.path.join(folder, "file")
            getattr(self._as_user(), f"_write_{self.kind}")(path)
            self._keep(path)
        self._send_ready_mail()

    def _as_user(self):
        """This download as its user sees it: his rights, his language, his time zone."""
        user = self.user_id
        context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": user.company_ids.ids}
        return self.with_user(user).with_context(**context)

    def _set_progress(self, done):
        """Tell how much is done; everything written so far is committed with it.

        :param int done: pieces of ``total_count``
        """
        self.ensure_one()
        now = time.monotonic()
        if now - self.env.cr.cache.get("portal_download_progress", 0) < PROGRESS_SECONDS:
            return
        self.env.cr.cache["portal_download_progress"] = now
        # sudo: the file is written as its user, who has no rights on the queue
        self.sudo().done_count = done
        self.env["ir.cron"].sudo()._commit_progress()

    def _write_documents_zip(self, path):
        """The PDFs of chosen documents, or of a month and kind, in one ZIP."""
        documents = self.env["portal.document"]
        # sudo: the file is written as its user, who has no rights on the queue
        found = documents._search_documents(**self.sudo().parameters)
        documents._check_count(found)
        documents._write_zip(path, found, self._set_progress)

    def _keep(self, path):
        expires_on = fields.Datetime.now() + timedelta(days=self._get_retention_days())
        self.write(
            {
                "state": "done",
                "done_count": self.total_count,
                "attachment_id": self._create_attachment(path).id,
                "error": False,
                "expires_on": expires_on,
            }
        )

    def _create_attachment(self, path):
        """An attachment with a file that may be larger than what fits into memory."""
        attachment = self.env["ir.attachment"].create(
            {"name": self.name, "res_model": self._name, "res_id": self.id}
        )
        if attachment._storage() != "file":
            with open(path, "rb") as file:
                attachment.raw = file.read()
            return attachment
        checksum = self._get_checksum(path)
        place = f"{checksum[:2]}/{checksum}"
        target = attachment._full_path(place)
        attachment._mark_for_gc(place)  # kept only when this transaction ends well
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.move(path, target)
        stored = {"store_fname": place, "checksum": checksum, "db_datas": False}
        # past the attachment's own write, which takes the content as a whole only
        models.Model.write(attachment, {**stored, "file_size": os.path.getsize(target)})
        return attachment

    def _get_checksum(self, path):
        checksum = hashlib.sha1(usedforsecurity=False)
        with open(path, "rb") as file:
            while block := file.read(BLOCK_SIZE):
                checksum.update(block)
        return checksum.hexdigest()

    def _get_failure(self, error):
        """What the user reads; what nobody foresaw is for the log."""
        if isinstance(error, UserError):
            return str(error)
        _logger.error("File %s of user %s failed", self.id, self.user_id.id, exc_info=error)
        return self._as_user().env._(
            "Something went wrong while the file was made. Try again, or ask for less."
        )

    def _fail(self, text):
        expires_on = fields.Datetime.now() + timedelta(days=self._get_retention_days())
        self.write({"state": "failed", "error": text, "expires_on": expires_on})

    def _send_ready_mail(self):
        template = self.env.ref("customer_portal.mail_template_download_ready")
        template.send_mail(self.id)

    # --- order lines ----------------------------------------------------------------------------

    def _write_lines_csv(self, path):
        """Write the order lines that were filtered, as CSV."""
        self._write_lines("csv", path)

    def _write_lines_xlsx(self, path):
        """Write the order lines that were filtered, as XLSX."""
        self._write_lines("xlsx", path)

    def _write_lines(self, file_format, path):
        parameters = self.sudo().parameters  # sudo: its user has no rights on the queue
        # a cursor of its own: progress is committed while this one reads on
        with self.env.registry.cursor(readonly=True) as cr, open(path, "wb") as file:
            export = self.env(cr=cr)["sale.line.export"]
            export._write_file(file_format, file, parameters, self._set_progress)

    def _describe_lines_csv(self):
        """What was filtered, one text per filter."""
        parameters = self.sudo().parameters  # sudo: its user has no rights on the queue
        filters = self.env["sale.line.list"]._describe_filters(parameters["filters"])
        return filters or [self.env._("all lines")]

    def _describe_lines_xlsx(self):
        """What was filtered, one text per filter."""
        return self._describe_lines_csv()

    @api.model
    def _get_retention_domain(self, limit):
        """Files whose day has come, as it was told when they were made."""
        return Domain("expires_on", "<=", fields.Datetime.now())
