import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.feed_file import FeedFileError, is_older, read_feed
from .partner_access_feed_row import FATES

OPEN_STATES = ("preview", "held", "queued")
AT_ONCE = 1000  # so many changes are made while somebody waits; more are left to the job
SHOWN = 200  # rows that the report itself shows
MAX_ROWS = 1000  # rows that an answer to another system holds
CHANGES = ("added", "changed", "removed")
# What a person looks at first, in this order.
ATTENTION = ("removed", "quarantined", "refused")


class PartnerAccessFeedRun(models.Model):
    """One file of a feed, what it would change, and what became of it.

    A run is made as preview and changes nothing until it is imported. What it was to change is
    worked out again then: the register may have changed meanwhile.
    """

    _name = "partner.access.feed.run"
    _description = "Import of a Feed"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "partner.access.retention",
        "partner.access.feed.reason",
    ]
    _rec_name = "file_name"
    _order = "id desc"
    _retention_kind = "feed"
    _retention_days = 90

    feed_id = fields.Many2one(
        "partner.access.feed", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="feed_id.company_id", store=True, index=True)
    origin = fields.Selection(
        [
            ("upload", "Uploaded"),
            ("api", "Sent by the other system"),
            ("https", "Fetched"),
            ("folder", "Read from the folder"),
        ],
        required=True,
        readonly=True,
    )
    file_name = fields.Char("File", readonly=True)
    file = fields.Binary("Content", attachment=True, readonly=True)
    made_on = fields.Datetime(readonly=True, help="When the file was made, where known.")
    version = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("preview", "Preview"),
            ("held", "Held"),
            ("queued", "Waiting"),
            ("done", "Imported"),
            ("refused", "Refused"),
            ("cancelled", "Discarded"),
        ],
        required=True,
        default="preview",
        readonly=True,
        tracking=True,
    )
    is_outdated = fields.Boolean(readonly=True)
    done_on = fields.Datetime("Imported On", readonly=True)
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    row_ids = fields.One2many("partner.access.feed.row", "run_id", readonly=True)
    attention_ids = fields.Many2many(
        "partner.access.feed.row", string="To Look At", compute="_compute_attention_ids"
    )
    added_count = fields.Integer("Added", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    unchanged_count = fields.Integer("Unchanged", readonly=True)
    removed_count = fields.Integer("Removed", readonly=True)
    quarantined_count = fields.Integer("Quarantined", readonly=True)
    refused_count = fields.Integer("Refused Rows", readonly=True)
    lost_count = fields.Integer(
        "Lose Access", readonly=True, help="Removed, or moved to another company."
    )
    people_count = fields.Integer("People Before", readonly=True)
    lost_percent = fields.Integer("Lost (%)", compute="_compute_lost_percent")
    is_braked = fields.Boolean(compute="_compute_lost_percent")

    @api.depends("row_ids.fate")
    def _compute_attention_ids(self):
        for run in self:
            rows = run.row_ids.browse()
            for fate in ATTENTION:
                domain = [("run_id", "=", run.id), ("fate", "=", fate)]
                rows += rows.search(domain, limit=SHOWN - len(rows)) if len(rows) < SHOWN else rows
            run.attention_ids = rows

    @api.depends("lost_count", "people_count", "feed_id.brake_percent")
    def _compute_lost_percent(self):
        for run in self:
            share = 100 * run.lost_count
            run.lost_percent = -(-share // run.people_count) if run.people_count else 0
            run.is_braked = share > run.feed_id.brake_percent * run.people_count

    def get_report(self, fates=None, limit=100, offset=0):
        """What became of a file, or would become of it.

        :param list fates: rows to tell: added, changed, unchanged, removed, quarantined, refused;
            without it those that need a person: removed, quarantined and refused
        :param int limit: so many rows at most, up to 1,000
        :param int offset: rows to leave out
        :return: ``{'run_id', 'state', 'reason', 'made_on', 'version', 'counts': {fate: number},
            'rows': [{'line', 'email', 'company', 'fate', 'reason'}]}``; ``made_on`` in UTC
        :rtype: dict
        :raise UserError: when a parameter cannot be understood
        """
        self.env["partner.access.feed"]._check_one(self)
        fates = self._check_report_parameters(fates, limit, offset)
        domain = Domain("run_id", "=", self.id) & Domain("fate", "in", fates)
        rows = self.env["partner.access.feed.row"].search(domain, limit=limit, offset=offset)
        return {
            "run_id": self.id,
            "state": self.state,
            "reason": self.reason or None,
            "made_on": f"{self.made_on.isoformat()}Z" if self.made_on else None,
            "version": self.version or None,
            "counts": {fate: self[f"{fate}_count"] for fate, _label in FATES},
            "rows": [
                {
                    "line": row.line or None,
                    "email": row.email or None,
                    "company": row.company_text or None,
                    "fate": row.fate,
                    "reason": row.reason or None,
                }
                for row in rows
            ],
        }

    def action_import(self):
        """Import what the preview shows, the brake or not: a person has seen it.

        When the register has changed since, the preview is made again and nothing is imported.

        :raise UserError: when it was decided already, or the feed is being imported
        """
        self.ensure_one()
        self._check_open()
        self.feed_id._lock()
        run_sudo = self.sudo()  # reports are written by imports only
        shown = run_sudo._get_shown()
        results = run_sudo._preview()
        run_sudo.is_outdated = run_sudo.state in OPEN_STATES and run_sudo._get_shown() != shown
        if run_sudo.state in OPEN_STATES and not run_sudo.is_outdated:
            run_sudo.confirmed_by_id = self.env.user
            run_sudo._apply_or_queue(results)

    def action_discard(self):
        """Leave the register as it is.

        :raise UserError: when it was decided already
        """
        for run in self:
            run._check_open()
            run.sudo()._close("cancelled")  # sudo: reports are written by imports only

    def action_open_rows(self):
        """Every row of the file, by what becomes of it.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_access.partner_access_feed_row_action"
        )
        fate = self.env.context.get("fate")
        context = {f"search_default_{fate}": 1} if fate else {}
        return dict(action, domain=[("run_id", "=", self.id)], context=context)

    @api.model
    def _create_run(self, feed, content, origin, file_name, made_on):
        return self.create(
            {
                "feed_id": feed.id,
                "origin": origin,
                "file": base64.b64encode(content) if content else False,
                "file_name": file_name or feed._get_file_name(origin),
                "made_on": made_on,
            }
        )

    def _preview(self):
        """Work out what the file would change, and report it; refuse a file that is no good.

        :return: what is to be done with each address, of ``partner.access.feed.plan``
        :rtype: list
        """
        try:
            table = self._read_file()
        except FeedFileError as error:
            self._refuse({"code": error.code, **error.places})
            return []
        results = self.env["partner.access.feed.plan"]._plan(self.feed_id, table)
        self._report(results)
        return results

    def _read_file(self):
        """The table of the file.

        :raise FeedFileError: when nothing of the file can be trusted
        """
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        table = read_feed(content, self.feed_id._get_headers(), self.feed_id.needs_footer)
        self.version = table.version
        self._check_newer()
        return table

    def _check_newer(self):
        """
        :raise FeedFileError: when a later file was imported already
        """
        feed = self.feed_id
        is_old = self.version and feed.last_version and is_older(self.version, feed.last_version)
        if is_old:
            raise FeedFileError(code="older", version=self.version, last=feed.last_version)
        if self.made_on and feed.last_made_on and self.made_on < feed.last_made_on:
            raise FeedFileError(
                code="older", version=str(self.made_on), last=str(feed.last_made_on)
            )

    def _report(self, results):
        """Write the fate of every row."""
        self.row_ids.unlink()
        self._insert_rows(results)
        fates = [one["fate"] for one in results]
        values = {f"{fate}_count": fates.count(fate) for fate, _label in FATES}
        values["lost_count"] = sum(one["is_lost"] for one in results)
        values["people_count"] = self.env["partner.access.entry"].search_count(
            [("feed_id", "=", self.feed_id.id)]
        )
        self.write(values)

    def _insert_rows(self, results):
        """Fifty thousand rows in one statement: through the ORM they take half of an import."""
        columns = {
            name: [one[name] or None for one in results]
            for name in ("line", "email", "name", "company_text", "partner_id", "fate")
        }
        reasons = [one["reason_data"] for one in results]
        columns["reason_data"] = [reason and json.dumps(reason) for reason in reasons]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO partner_access_feed_row (
                       run_id, line, email, name, company_text, partner_id, fate,
                       reason_data)
                SELECT %(run)s, * FROM unnest(
                       %(line)s::int[], %(email)s::text[], %(name)s::text[],
                       %(company_text)s::text[], %(partner_id)s::int[], %(fate)s::text[],
                       %(reason_data)s::jsonb[])
                """,
                run=self.id,
                **columns,
            )
        )
        self.invalidate_recordset(["row_ids", "attention_ids"])

    def _get_shown(self):
        """What the report promises to change."""
        rows = self.env["partner.access.feed.row"].search_fetch(
            [("run_id", "=", self.id), ("fate", "in", CHANGES)],
            ["fate", "email", "partner_id"],
            order="email, id",
        )
        return [(row.fate, row.email, row.partner_id.id) for row in rows]

    def _start(self, dry_run):
        """Look at the file; import it, unless the brake holds it for a person."""
        results = self._preview()
        if dry_run or self.state != "preview":
            return
        if self.is_braked:
            self._overtake(("preview", "held"))
            self.state = "held"
            self._tell_responsible()
        else:
            self._apply_or_queue(results)

    def _import_queued(self):
        """Import what was left to the job; a person confirmed it, or no brake held it."""
        self.feed_id._lock()
        results = self._preview()
        if self.state == "queued":
            self._apply(results)

    def _apply_or_queue(self, results):
        if self.added_count + self.changed_count + self.removed_count > AT_ONCE:
            self.state = "queued"
            self.env.ref("partner_access.ir_cron_run_feeds")._trigger()
        else:
            self._apply(results)

    def _apply(self, results):
        """Change the register."""
        self.env["partner.access.feed.plan"]._apply(self.feed_id, results)
        self.feed_id.write(
            {
                "last_run_id": self.id,
                "last_version": self.version or self.feed_id.last_version,
                "last_made_on": self.made_on or self.feed_id.last_made_on,
            }
        )
        self.write({"done_on": fields.Datetime.now(), "is_outdated": False})
        self._close("done")
        self._overtake(OPEN_STATES)
        self.env["partner.access.log"]._log("feed", text=self._get_summary())

    def _overtake(self, states):
        """Older files of the feed that wait are not needed any more."""
        domain = Domain("feed_id", "=", self.feed_id.id) & Domain("id", "<", self.id)
        older = self.search(domain & Domain("state", "in", states))
        older.reason_data = {"code": "later"}
        older._close("cancelled")

    def _refuse(self, reason_data):
        """Nothing of the file is used.

        :param dict reason_data: code of the reason, and what stands in its text
        """
        self.reason_data = reason_data
        self._close("refused")
        self._tell_responsible()

    def _close(self, state):
        self.state = state
        self.activity_ids.unlink()

    def _tell_responsible(self):
        user = self.feed_id.user_id
        if user and user != self.env.user:
            env = self.with_context(lang=user.lang).env
            if self.state == "held":
                summary = env._("An import of addresses waits for you")
            else:
                summary = env._("A file of addresses was refused")
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)

    def _check_open(self):
        """
        :raise AccessError: for who does not look after access
        :raise UserError: when it was decided already
        """
        self.env["partner.access.entry"].check_access("write")
        self.check_access("read")
        if self.state not in ("preview", "held"):
            raise UserError(self.env._("This import was decided already."))

    def _check_report_parameters(self, fates, limit, offset):
        known = [fate for fate, _label in FATES]
        fates = list(ATTENTION) if fates is None else fates
        if not isinstance(fates, list) or set(map(str, fates)) - set(known):
            names = ", ".join(known)
            raise UserError(self.env._("fates: this must be a list of: %(names)s.", names=names))
        for name, value, most in (("limit", limit, MAX_ROWS), ("offset", offset, 2**31)):
            if type(value) is not int or not 0 <= value <= most:
                message = self.env._(
                    "%(name)s: this must be a number up to %(most)s.", name=name, most=most
                )
                raise UserError(message)
        return fates

    def _get_summary(self):
        """One line for the log, in the language of the company's staff."""
        staff = self.with_context(lang=self.company_id.partner_id.lang)
        return staff.env._(
            "%(feed)s: %(added)s added, %(changed)s changed, %(removed)s removed (%(file)s)",
            feed=self.feed_id.name,
            added=self.added_count,
            changed=self.changed_count,
            removed=self.removed_count,
            file=self.file_name,
        )

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
