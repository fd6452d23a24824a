from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

FILES_LIMIT = 10
KEPT_DAYS = 60


class CsoFormDraft(models.Model):
    """What a user typed into the form of a reason and has not put into the cart yet."""

    _name = "cso.form.draft"
    _description = "Draft of a Return Form"
    _order = "write_date desc"

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, index=True, ondelete="cascade")
    reason_id = fields.Many2one("cso.reason", required=True, ondelete="cascade")
    answers = fields.Json()
    attachment_ids = fields.One2many(
        "ir.attachment", "res_id", domain=[("res_model", "=", "cso.form.draft")], string="Files"
    )

    _one_per_form = models.Constraint(
        "UNIQUE (user_id, sale_line_id, reason_id)", "There is one draft per form and user."
    )

    @api.model
    def _get_draft(self, line, reason):
        """Return the draft of the current user for this line and reason, or an empty recordset."""
        return self.search(
            [
                ("user_id", "=", self.env.uid),
                ("sale_line_id", "=", line.id),
                ("reason_id", "=", reason.id),
            ]
        )

    @api.model
    def _ensure_draft(self, line, reason):
        """Return the draft of the current user, made when there is none yet."""
        draft = self._get_draft(line, reason)
        if not draft:
            self._insert_draft(line, reason)
            draft = self._get_draft(line, reason)
        return draft

    def _insert_draft(self, line, reason):
        """Insert the row; two tabs that do it at once get one row: the loser is run again."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (user_id, sale_line_id, reason_id, answers, create_uid,
                                          create_date, write_uid, write_date)
                   VALUES (%(uid)s, %(line)s, %(reason)s, '{}', %(uid)s, now() AT TIME ZONE 'UTC',
                           %(uid)s, now() AT TIME ZONE 'UTC')
                   ON CONFLICT DO NOTHING""",
                table=SQL.identifier(self._table),
                uid=self.env.uid,
                line=line.id,
                reason=reason.id,
            )
        )

    def _add_file(self, name, content, kind="other"):
        """Keep an uploaded file with the draft.

        :param name: file name as the browser gave it
        :param content: bytes
        :param kind: photo slot of the form that the file was put into
        :return: the ir.attachment
        :raise UserError: with what is wrong with the file
        """
        self.ensure_one()
        if len(self.attachment_ids) >= FILES_LIMIT:
            raise UserError(self.env._("At most %(limit)s files per position.", limit=FILES_LIMIT))
        values = self.env["cso.file.check"]._prepare_attachment_values(name, content)
        return self.env["ir.attachment"].create(
            {**values, "res_model": self._name, "res_id": self.id, "cso_kind": kind}
        )

    def _move_files(self, reason):
        """Give the files to the draft of the same line for another reason."""
        self.ensure_one()
        target = self._ensure_draft(self.sale_line_id, reason)
        self.attachment_ids.write({"res_id": target.id})

    @api.autovacuum
    def _gc_drafts(self):
        """Forget drafts that nobody touched for weeks, with their files."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("write_date", "<", limit)], limit=1000).unlink()
