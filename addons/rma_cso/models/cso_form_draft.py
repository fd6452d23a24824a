from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import FormError


class CsoFormDraft(models.Model):
    """What a user typed into the form of a reason and has not put into the cart yet."""

    _name = "cso.form.draft"
    _inherit = ["partner.access.retention"]
    _description = "Draft of a Return Form"
    _order = "write_date desc"
    _retention_kind = "drafts"
    _retention_days = 60

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, index=True, ondelete="cascade")
    reason_id = fields.Many2one("cso.reason", required=True, ondelete="cascade")
    position_id = fields.Many2one(
        "cso.rma.line",
        "Position in the Cart",
        index="btree_not_null",
        ondelete="cascade",
        help="The position that is being changed; empty: a new one.",
    )
    is_bulk = fields.Boolean("Filled Together", help="With other lines, for one reason.")
    answers = fields.Json()
    address = fields.Json("Return Address", help="What was chosen and typed in its step.")
    attachment_ids = fields.One2many(
        "ir.attachment", "res_id", domain=[("res_model", "=", "cso.form.draft")], string="Files"
    )

    _one_per_form_and_position = models.UniqueIndex(
        "(user_id, sale_line_id, reason_id, COALESCE(position_id, 0))",
        "There is one draft per form, position and user.",
    )

    @api.model
    def _get_draft(self, line, reason, position=None):
        """Return the draft of the current user for this line and reason, or an empty recordset.

        :param position: position of the cart (cso.rma.line) that is changed; None: a new one
        """
        return self.search(
            [
                ("user_id", "=", self.env.uid),
                ("sale_line_id", "=", line.id),
                ("reason_id", "=", reason.id),
                ("position_id", "=", position.id if position else False),
            ]
        )

    @api.model
    def _ensure_draft(self, line, reason, position=None):
        """Return the draft of the current user, made when there is none yet."""
        draft = self._get_draft(line, reason, position)
        if not draft:
            self._insert_draft(line, reason, position)
            draft = self._get_draft(line, reason, position)
        return draft

    @api.model
    def _get_open_drafts(self, domain):
        """Return the drafts of the current user, the newest first.

        :param domain: of order lines: those that the user may (still) see
        """
        own = Domain("user_id", "=", self.env.uid)
        is_open = Domain("position_id", "=", False) | Domain("position_id.submitted_on", "=", False)
        return self.search(own & is_open & Domain("sale_line_id", "any", domain))

    def _insert_draft(self, line, reason, position):
        """Insert the row; two tabs that do it at once get one row: the loser is run again."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (user_id, sale_line_id, reason_id, position_id, answers,
                                          create_uid, create_date, write_uid, write_date)
                   VALUES (%(uid)s, %(line)s, %(reason)s, %(position)s, '{}',
                           %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC')
                   ON CONFLICT DO NOTHING""",
                table=SQL.identifier(self._table),
                uid=self.env.uid,
                line=line.id,
                reason=reason.id,
                position=position.id if position else None,
            )
        )

    @api.model
    def _edit_position(self, position):
        """Return the draft that changes a position of the cart, begun when there is none yet.

        The position stays as it is until the draft is added to the cart.

        :param position: cso.rma.line of a cart of the current user
        """
        line, reason = position.sale_line_id, position.reason_id
        draft = self._get_draft(line, reason, position)
        if not draft:
            draft = self._ensure_draft(line, reason, position)
            form = self.env[reason.form]
            draft.answers = form._clean_answers(form._read_position(position))
            for file in position.attachment_ids:
                file.copy({"res_model": self._name, "res_id": draft.id})
        return draft

    def _keep_answers(self, answers, base=None):
        """Keep what a page shows; where two pages change the same answer the last one wins.

        What a page shows unchanged never replaces what another page kept meanwhile.

        :param dict answers: of the page, cleaned
        :param dict base: what the page showed when it was loaded or kept last; None: not known
        :return: ``{name: answer}`` that another page had kept and that is replaced now
        """
        self.ensure_one()
        kept = self.answers or {}
        changed = answers
        if kept and base is not None:
            changed = self._get_changed(answers, base)
        others = self._get_changed({name: kept.get(name) for name in changed}, base or kept)
        replaced = {name: value for name, value in others.items() if value}
        self.answers = {**kept, **changed}
        return self._get_changed(replaced, changed)

    @api.model
    def _get_changed(self, answers, base):
        """Return the answers that are not those of `base`; no answer is like an empty one."""
        return {
            name: value
            for name, value in answers.items()
            if (value or False) != (base.get(name) or False)
        }

    # --- Form ------------------------------------------------------------------------------------

    def _new_form(self):
        """Return the form (cso.form) of this draft, in memory, without its answers."""
        self.ensure_one()
        form = self.env[self.reason_id.form].new(
            {
                "sale_line_id": self.sale_line_id.id,
                "reason_id": self.reason_id.id,
                "position_id": self.position_id.id,
            }
        )
        form.attachment_ids = self.attachment_ids
        return form

    def _fill_form(self):
        """Return the form with its answers, and ``{question: text}`` of those not readable."""
        form = self._new_form()
        return form, form._fill(self.answers or {})

    def _get_errors(self):
        """Return ``{question: text}`` of all that must be mended."""
        form, errors = self._fill_form()
        try:
            form._check_answers(errors)
        except FormError as error:
            return error.errors
        return {}

    def _switch_reason(self, reason):
        """Make this the draft of another reason of the same line, with its answers and files.

        A draft of that reason that was begun before is taken in; what was typed last wins.

        :param reason: cso.reason
        """
        self.ensure_one()
        other = self._get_draft(self.sale_line_id, reason, self.position_id) - self
        if other:
            typed = {name: value for name, value in (self.answers or {}).items() if value}
            self.answers = {**(other.answers or {}), **typed}
            other.attachment_ids.write({"res_id": self.id})
            other.unlink()
        self.reason_id = reason

    # --- Files -----------------------------------------------------------------------------------

    def _get_photo_slots(self):
        """Return the places for photos and files of the form, as it is answered now.

        :return: list of ``{'kind', 'label', 'required', 'help'}``
        """
        self.ensure_one()
        return self._fill_form()[0]._get_photo_slots()

    def _place_files(self, slots, files=None):
        """Return slots with their files; what was put into a slot of another form comes last.

        :param slots: as of ``_get_photo_slots``
        :param files: ir.attachment of the draft; None: all
        :return: the slots, each with ``files``
        """
        files = (self.attachment_ids if files is None else files).sorted("id")
        kinds = [slot["kind"] for slot in slots]
        placed = dict(files.grouped(lambda file: file.cso_kind if file.cso_kind in kinds else ""))
        placed[kinds[-1]] = placed.get(kinds[-1], files.browse()) + placed.get("", files.browse())
        return [{**slot, "files": placed.get(slot["kind"], files.browse())} for slot in slots]

    def _add_file(self, name, content, kind="other"):
        """Keep an uploaded file with the draft.

        :param name: file name as the browser gave it
        :param content: bytes
        :param kind: photo slot of the form that the file was put into; one that the form does not
            have counts as "other"
        :return: the ir.attachment
        :raise UserError: with what is wrong with the file, or which limit is reached
        """
        self.ensure_one()
        self = self.with_company(self.sale_line_id.company_id)
        checks = self.env["portal.file.check"]
        values = checks._prepare_attachment_values(name, content)
        self._lock()
        checks._check_number(len(self.attachment_ids) + 1, self.env.company)
        kinds = [slot["kind"] for slot in self._get_photo_slots()]
        return self.env["ir.attachment"].create(
            {
                **values,
                "res_model": self._name,
                "res_id": self.id,
                "cso_kind": kind if kind in kinds else "other",
            }
        )

    def _remove_file(self, file_id):
        """Remove one of the files; another draft's is not found.

        :param file_id: id of the ir.attachment
        """
        self.attachment_ids.filtered(lambda file: file.id == file_id).unlink()

    def _lock(self):
        """Add one file at a time, and make one link: who comes second is run again and sees it."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
                SQL.identifier(self._table),
                self.id,
            )
        )
        self.invalidate_recordset()

    @api.model
    def _get_retention_domain(self, limit):
        """Drafts that nobody touched for weeks; their files go with them."""
        return Domain("write_date", "<", limit)

    @api.autovacuum
    def _gc_files(self):
        """Remove the files of drafts that went with their order line, position or user."""
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "not in", self._search([]))], limit=1000
        )
        files.unlink()
