from odoo import api, fields, models
from odoo.tools import format_date

NOTHING = "\N{EN DASH}"


class PartnerAccessFeedReason(models.AbstractModel):
    """Why a file or a row of it was not used as it stands, kept so that everybody reads it in the
    own language.
    """

    _name = "partner.access.feed.reason"
    _description = "Feed: Reason"

    reason_data = fields.Json(readonly=True, help="Its code, and what stands in its text.")
    reason = fields.Text("Why", compute="_compute_reason")

    @api.depends("reason_data")
    @api.depends_context("lang")
    def _compute_reason(self):
        texts = self._get_reason_texts()
        for record in self:
            data = record.reason_data or {}
            changes = data.get("changes", ())
            places = {**data, "changes": "; ".join(map(self._write_change, changes))}
            record.reason = texts[data["code"]] % places if data else False

    @api.model
    def _get_reason_texts(self):
        """The texts of all reasons by their codes."""
        return {
            **self._get_location_texts(),
            **self._get_file_texts(),
            **self._get_row_texts(),
            "later": self.env._("A later file came."),
            "unexpected": self.env._("Something unexpected happened; the server's log tells what."),
        }

    @api.model
    def _get_location_texts(self):
        """Why a file could not be had."""
        return {
            "not_https": self.env._("The address does not begin with https://."),
            "unreachable": self.env._("The address does not answer (%(error)s)."),
            "status": self.env._("The address answers %(status)s instead of a file."),
            "slow": self.env._("The file did not arrive within %(seconds)s seconds."),
            "no_folder": self.env._(
                "The server's settings name no folder for feeds (feed_folder in the section "
                "partner_access)."
            ),
            "outside": self.env._("%(name)s lies outside of the folder for feeds."),
            "no_file": self.env._("There is no file %(name)s in the folder for feeds."),
        }

    @api.model
    def _get_file_texts(self):
        """Why nothing of a file is used."""
        return {
            "too_large": self.env._("The file has more than %(limit)s MB."),
            "too_many_rows": self.env._("The file has more than %(limit)s rows."),
            "empty": self.env._(
                "The file has no rows. A file names everybody who has access, so an empty one "
                "would take it from all."
            ),
            "not_utf8": self.env._(
                "Line %(line)s is not UTF-8. Save or export the file as CSV UTF-8."
            ),
            "not_text": self.env._("This is no CSV text."),
            "no_header": self.env._("The first line has no column for: %(names)s."),
            "double_header": self.env._("Two columns mean the same: %(names)s."),
            "malformed": self.env._("The quotes of line %(line)s cannot be understood."),
            "cells": self.env._("Line %(line)s has %(found)s cells instead of %(expected)s."),
            "truncated": self.env._(
                "The file was cut off: its last line is not complete. Every line ends with a line "
                "break, the last one too."
            ),
            "footer": self.env._(
                "The file was cut off or is damaged: its last line counts %(expected)s rows, there "
                "are %(found)s."
            ),
            "no_footer": self.env._(
                "The file was cut off: its last line does not count the rows (#;500)."
            ),
            "versions": self.env._("The rows are of different versions: %(names)s."),
            "version": self.env._(
                "The version %(version)s is neither a number nor a moment like 2026-12-31T06:00:00."
            ),
            "older": self.env._(
                "The file (%(version)s) is older than the one that was imported last (%(last)s)."
            ),
        }

    @api.model
    def _get_row_texts(self):
        """What became of a row, where its fate does not say it."""
        return {
            "no_address": self.env._("%(email)s is no e-mail address."),
            "no_company": self.env._("The row names no company."),
            "unknown_company": self.env._("No company has the reference or VAT number %(text)s."),
            "several_companies": self.env._("%(text)s stands for several companies: %(names)s."),
            "no_branch": self.env._("%(company)s has no branch %(branch)s, or several."),
            "no_role": self.env._("There is no role %(role)s."),
            "no_date": self.env._("%(text)s is no date. Write it as 2026-12-31."),
            "employee": self.env._("This is an employee's address."),
            "companies": self.env._("Lines %(lines)s name it for different companies."),
            "contradiction": self.env._("Lines %(lines)s contradict each other."),
            "double": self.env._("As line %(line)s."),
            "without_feed": self.env._("Has access without this feed, which leaves that alone."),
            "elsewhere": self.env._("Has access for another company, without this feed."),
            "taken": self.env._("A person took the access away; a feed does not give it back."),
            "before": self.env._("Had access before."),
            "gone": self.env._("Not in the file any more."),
            "changed": "%(changes)s",
        }

    @api.model
    def _write_change(self, change):
        """What was and what is to be.

        :param list change: name of a field of the register, value before, value then
        """
        name, *values = change
        label = self.env["partner.access.entry"].fields_get([name], ["string"])[name]["string"]
        old, new = (self._write_value(name, value) for value in values)
        return f"{label}: {old} → {new}"

    @api.model
    def _write_value(self, name, value):
        if not value:
            return NOTHING
        if name == "role_ids":
            return ", ".join(self.env["partner.access.role"].browse(value).mapped("name"))
        return format_date(self.env, value) if name == "valid_until" else value
