import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import LockError, MissingError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.feed_file import MAX_BYTES, get_key
from ..tools.feed_location import FeedLocationError, read_address, read_folder_file

_logger = logging.getLogger(__name__)

COLUMNS = ("email", "company", "branch", "name", "roles", "valid_until", "version")


class PartnerAccessFeed(models.Model):
    """A system that says who may sign in: each of its files is the whole truth for its addresses.

    It adds, changes and removes the entries that came from it, and touches no other.
    """

    _name = "partner.access.feed"
    _description = "Feed of Addresses"
    _order = "name, id"
    _check_company_auto = True

    def _default_role_ids(self):
        return self.env["partner.access.entry"]._default_role_ids()

    name = fields.Char(required=True, help="The system that the files come from.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Is told when a file was refused or waits for a person.",
    )
    location = fields.Selection(
        [
            ("none", "Uploaded, or sent by the other system"),
            ("https", "Fetched from an https address"),
            ("folder", "Read from a folder of the server"),
        ],
        "Where From",
        required=True,
        default="none",
    )
    address = fields.Char(
        help="Begins with https://. Certificates are checked, redirects not followed."
    )
    address_user = fields.Char("User", help="Empty: the address asks for none.")
    address_password = fields.Char("Password", groups="base.group_system")
    file_name = fields.Char(
        "File",
        help="Within the folder that feed_folder names in the server's settings, for example a "
        "folder that is mounted over sftp.",
    )
    interval_hours = fields.Integer("Every", default=24, help="Hours from one file to the next.")
    next_fetch_on = fields.Datetime("Next Fetch", copy=False)
    brake_percent = fields.Integer(
        "Brake",
        default=20,
        help="A file that would take access from more than this part of the feed's people, or move "
        "them to another company, is held until a person confirms it. 0: always, 100: never.",
    )
    needs_footer = fields.Boolean(
        "Last Line Counts the Rows",
        help="Each file ends with a line like #;500. One without it, or with another count, was "
        "cut off and changes nothing.",
    )
    role_ids = fields.Many2many(
        "partner.access.role",
        string="Roles",
        default=lambda self: self._default_role_ids(),
        help="Of people for whom the file names none.",
    )
    email_headers = fields.Char(
        "E-mail Column", required=True, default="email, mail, e-mailadres, e-mail-adresse"
    )
    company_headers = fields.Char(
        "Company Column",
        required=True,
        default="company, customer, customer number, klant, klantnummer, kunde, kundennummer, vat",
        help="The cell holds the reference or the VAT number of a company or branch.",
    )
    branch_headers = fields.Char(
        "Branch Column",
        default="branch, vestiging, filiale, niederlassung",
        help="The cell holds the reference or the name of a branch below the company.",
    )
    name_headers = fields.Char("Name Column", default="name, full name, naam, contact")
    roles_headers = fields.Char("Roles Column", default="roles, role, rollen, rol, rolle")
    valid_until_headers = fields.Char(
        "Valid Until Column", default="valid until, geldig tot, gültig bis, expires"
    )
    version_headers = fields.Char(
        "Version Column",
        default="version, versie, export, exported",
        help="A number or moment that is the same in all rows of a file and grows from file to "
        "file: a file older than the last one changes nothing.",
    )
    last_run_id = fields.Many2one(
        "partner.access.feed.run", "Last Import", readonly=True, copy=False, ondelete="set null"
    )
    last_version = fields.Char(copy=False, help="Clear it to have an older file imported.")
    last_made_on = fields.Datetime(
        copy=False,
        help="When the file that was imported last was made. Clear it to have an older one "
        "imported.",
    )
    entry_count = fields.Integer("People", compute="_compute_entry_count")

    _brake_percent_within = models.Constraint(
        "CHECK (brake_percent BETWEEN 0 AND 100)", "The brake is between 0 and 100 percent."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval_hours > 0)", "There is at least an hour from one file to the next."
    )

    def _compute_entry_count(self):
        entries = self.env["partner.access.entry"]
        counts = dict(entries._read_group([("feed_id", "in", self.ids)], ["feed_id"], ["__count"]))
        for feed in self:
            feed.entry_count = counts.get(feed, 0)

    @api.constrains("location", "address", "file_name")
    def _check_location(self):
        for feed in self:
            if feed.location == "https" and not (feed.address or "").startswith("https://"):
                raise ValidationError(feed.env._("The address of a file begins with https://."))
            if feed.location == "folder" and not feed.file_name:
                raise ValidationError(feed.env._("Name the file within the folder."))

    @api.constrains(*(f"{column}_headers" for column in COLUMNS))
    def _check_headers(self):
        for feed in self:
            keys = [{get_key(name) for name in names} for names in feed._get_headers().values()]
            names = [name for column_keys in keys for name in column_keys]
            double = next((name for name in names if names.count(name) > 1), None)
            if double:
                raise ValidationError(
                    feed.env._("The header %(name)s stands for two columns.", name=double)
                )
            if not {"email", "company"} <= feed._get_headers().keys():
                raise ValidationError(
                    feed.env._("Name the headers of the columns for e-mail and company.")
                )

    def import_file(self, content, made_on=None, dry_run=False):
        """Import a whole file of this feed: CSV with a header, separated by semicolons or commas.

        Who is missing in it loses access. A file that cannot be trusted changes nothing, and one
        that would remove too many waits for a person; both are told by the answer.

        :param str content: the text of the file
        :param str made_on: when the file was made, ISO 8601 (UTC where it names no zone); a file
            made before the last one that was imported changes nothing
        :param bool dry_run: whether only to tell what the file would change
        :return: see ``partner.access.feed.run.get_report``
        :rtype: dict
        :raise UserError: when a parameter cannot be understood
        :raise AccessError: for who does not look after access
        """
        self._check_one(self)
        if not isinstance(content, str):
            raise UserError(self.env._("content: this must be the text of the file."))
        content = content.encode("utf-8", "surrogatepass")  # what is no text is refused as such
        made_on = self._read_moment(made_on)
        run = self._start_run(content, "api", made_on=made_on, dry_run=bool(dry_run))
        return run.get_report()

    def action_fetch(self):
        """Fetch the file and import it.

        :return: an action that shows the report
        :raise UserError: when the feed has no location, or is being imported at the moment
        """
        return self._fetch()._get_action()

    def action_preview(self):
        """Fetch the file and show what it would change.

        :return: an action that shows the report
        :raise UserError: when the feed has no location, or is being imported at the moment
        """
        return self._fetch(dry_run=True)._get_action()

    def action_open_entries(self):
        """The addresses that came from this feed.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_access.partner_access_entry_action"
        )
        return dict(action, domain=[("feed_id", "=", self.id)], context={})

    @api.model
    def _cron_run(self):
        """Import what waits, then fetch what is due; a feed that fails does not stop the others."""
        runs = self.env["partner.access.feed.run"].search([("state", "=", "queued")], order="id")
        due = Domain("location", "!=", "none") & Domain("next_fetch_on", "<=", "now")
        feeds = self.search(due)
        self.env["ir.cron"]._commit_progress(remaining=len(runs) + len(feeds))
        tasks = [(run.feed_id, run._import_queued, run._refuse) for run in runs]
        tasks += [(feed, feed._fetch_due, feed._note_failure) for feed in feeds]
        for feed, function, refuse in tasks:
            feed._run_apart(function, refuse)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _run_apart(self, function, refuse):
        """Call a function of the job; what fails in an unexpected way is told like a refused file.

        :param refuse: called with the reason
        """
        try:
            with self.env.cr.savepoint():
                function()
        except Exception:
            _logger.exception("The feed %s failed", self.display_name)
            refuse({"code": "unexpected"})

    def _note_failure(self, fault):
        self._start_run(b"", self.location, fault=fault)

    def _fetch_due(self):
        self.next_fetch_on = fields.Datetime.now() + timedelta(hours=self.interval_hours)
        self._fetch()

    def _fetch(self, dry_run=False):
        """Bring the file from where it lies and import it, or only look at it.

        :return: ``partner.access.feed.run``, refused where the file cannot be had
        """
        self.ensure_one()
        if self.location == "none":
            raise UserError(self.env._("This feed has no location. Upload a file instead."))
        try:
            content, made_on = self._read_location()
        except FeedLocationError as error:
            return self._start_run(b"", self.location, fault={"code": error.code, **error.places})
        return self._start_run(content, self.location, made_on=made_on, dry_run=dry_run)

    def _read_location(self):
        feed_sudo = self.sudo()  # the password is for those who look after the server
        if self.location == "folder":
            return read_folder_file(self.file_name)
        return read_address(self.address, feed_sudo.address_user, feed_sudo.address_password)

    def _start_run(self, content, origin, file_name=None, made_on=None, fault=None, dry_run=False):
        """Keep the file, read it and report what it would change; then import it, unless it is
        only to be looked at.

        :return: ``partner.access.feed.run``
        :raise UserError: when the feed is being imported at the moment
        :raise AccessError: for who does not look after access
        """
        self.env["partner.access.entry"].check_access("write")
        self.check_access("read")
        self._lock()
        # sudo: reports are made by imports only, nobody writes them
        run_sudo = self.env["partner.access.feed.run"].sudo()
        if len(content) > MAX_BYTES:
            content, fault = b"", {"code": "too_large", "limit": MAX_BYTES >> 20}
        run_sudo = run_sudo._create_run(self, content, origin, file_name, made_on)
        if fault:
            run_sudo._refuse(fault)
        else:
            run_sudo._start(dry_run)
        return run_sudo.sudo(False)

    def _lock(self):
        """One import of a feed at a time.

        :raise UserError: when another one is running
        """
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("A file of this feed is being imported at the moment. Try again.")
            ) from error

    @api.model
    def _check_one(self, record):
        """Refuse a call of another system that does not name one record that it may read.

        :raise UserError: when it names none or several
        :raise AccessError, MissingError: when it may not see it, or it does not exist
        """
        if len(record) != 1 or type(record.id) is not int:
            raise UserError(self.env._("ids: this must be the number of one record, in a list."))
        record.check_access("read")
        if not record.exists():
            raise MissingError(self.env._("There is no record with this number."))

    def _get_headers(self):
        """Names that the header of each column may have: ``{column: [names]}``."""
        self.ensure_one()
        headers = {
            column: [name.strip() for name in (self[f"{column}_headers"] or "").split(",")]
            for column in COLUMNS
        }
        headers = {column: [name for name in names if name] for column, names in headers.items()}
        return {column: names for column, names in headers.items() if names}

    @api.model
    def _read_moment(self, text):
        """A moment of a caller, in UTC without a zone."""
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
            if moment.tzinfo:
                moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except (ValueError, OverflowError) as error:
            message = self.env._("made_on: write the moment as 2026-11-22T09:30:00Z.")
            raise UserError(message) from error
        return moment.replace(microsecond=0)

    def _get_file_name(self, origin):
        """What a file is called that came without a name."""
        self.ensure_one()
        if origin == "folder":
            return self.file_name
        if origin == "https":
            return self.address.partition("?")[0].rpartition("/")[2] or self.name
        return f"{self.name}.csv"
