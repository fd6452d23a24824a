from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.partner_access.models.portal_file_check import SIZE_LIMIT

from ..tools import ApiErrors, ApiValues
from ..wizard.cso_form import LINE_LIMIT, TEXT_LIMIT

KEYS = ("line_id", "reason", "quantity", "serials", "answers", "attachments")
FILE_KEYS = ("name", "kind", "data")
FILES_LIMIT = 1000
NAME_LIMIT = 255
SERIALS_LIMIT = 1000
# Questions that are keys of the position itself, by the name that they have there.
UNIT_QUESTIONS = {"lot_ids": "serials", "quantity": "quantity"}


class CsoApiPosition(models.AbstractModel):
    """Fills the forms of the reasons with the positions that another program sent."""

    _name = "cso.api.position"
    _description = "Position of Another Program"

    def _prepare_forms(self, positions, errors):
        """Return the filled forms, each with the values of its files.

        :param list positions: as sent
        :param list errors: takes what must be mended
        :return: list of pairs of a form (in memory, sudo) and a list of values of attachments, in
            the order of the positions; those that cannot be read are left out
        """
        rows = [self._read_position(row, index) for index, row in enumerate(positions)]
        lines_sudo = self._find_lines_sudo([row["line_id"] for row, _faults in rows])
        reasons_sudo = self._find_reasons_sudo()
        forms = []
        for row, faults in rows:
            form = self._new_form(row, lines_sudo, reasons_sudo, faults)
            if form is not None:
                forms.append((form, self._fill_form(form, row, faults)))
            errors += faults.errors
        return forms

    def _find_lines_sudo(self, line_ids):
        lines_sudo = self.env["cso.api"]._find_lines_sudo([one for one in line_ids if one])
        lines_sudo._get_return_facts()  # read at once what the forms then ask for line by line
        return {line.id: line.with_company(line.company_id) for line in lines_sudo}

    def _find_reasons_sudo(self):
        reasons_sudo = self.env["cso.reason"].sudo().search(Domain("active", "=", True))
        return {reason.code: reason for reason in reasons_sudo}

    # ------------------------------------------------------------------ what was sent
    def _read_position(self, row, index):
        """Return a position with all its keys, and what is wrong with it (``ApiErrors``)."""
        values, faults = ApiValues(self.env), ApiErrors(index)
        known = dict.fromkeys(KEYS)
        with faults.at("position"):
            known |= {**values.read_object(row, KEYS), "line_id": None}
            with faults.at("line_id"):
                known["line_id"] = faults.line_id = values.read_id(row.get("line_id"))
        return known, faults

    def _new_form(self, row, lines_sudo, reasons_sudo, faults):
        """Return the form of the reason for the line, None where one of them is not possible."""
        if faults.errors:
            return None
        line_sudo = lines_sudo.get(row["line_id"])
        if not line_sudo:
            faults.add("line_id", self.env._("There is no line %(line)s.", line=row["line_id"]))
            return None
        with faults.at("reason"):
            code = ApiValues(self.env).read_choice(row["reason"], tuple(reasons_sudo))
            return self._get_form(line_sudo, reasons_sudo[code])
        return None

    def _get_form(self, line_sudo, reason_sudo):
        if reason_sudo.form not in self.env:
            raise UserError(self.env._("This reason is registered by phone or mail."))
        # The same forms as behind the pages; customers have no right on them of their own.
        forms_sudo = self.env[reason_sudo.form].sudo()
        return forms_sudo.new({"sale_line_id": line_sudo.id, "reason_id": reason_sudo.id})

    # ------------------------------------------------------------------ the form
    def _fill_form(self, form, row, faults):
        """Write a position into its form; return the values of its files.

        :param faults: ``ApiErrors`` that takes what must be mended
        """
        faults.fields = self._get_field_names(form)
        answers = {**self._read_answers(form, row, faults), **self._read_units(form, row, faults)}
        if faults.errors:
            return []
        unread = form._fill(form._clean_answers(answers))
        files = self._read_files(form, row, faults)
        form.attachment_ids = self._prepare_new_files(files)
        with faults.at("reason"):
            form._check_answers({**unread, **self._get_unasked_texts(form, answers)})
        return files

    def _get_field_names(self, form):
        """Return by the name of a question what a position calls it."""
        answers = {name: f"answers.{name}" for name in form._get_question_names()}
        return {**answers, **UNIT_QUESTIONS}

    def _get_unasked_texts(self, form, answers):
        """Return a text to each answer that does not count, by the name of the question."""
        asked = form._get_questions()
        texts = {
            name: self.env._("This is not asked here, or not with these answers.")
            for name in answers
            if name not in asked
        }
        given = answers.get("quantity")
        is_counted = given and "lot_ids" in form._get_unit_questions() and "quantity" in texts
        if is_counted and not form.sale_line_id.product_uom_id.compare(given, form.quantity):
            texts.pop("quantity")
        return texts

    # ------------------------------------------------------------------ answers
    def _read_answers(self, form, row, faults):
        """Return the answers by the names of the questions; empty ones are left out."""
        names = [name for name in form._get_question_names() if name not in UNIT_QUESTIONS]
        known, answers = {}, {}
        with faults.at("answers"):
            known = ApiValues(self.env).read_object(row["answers"] or {}, names)
        for name, value in known.items():
            if value not in (None, ""):
                with faults.at(name):
                    answers[name] = self._read_answer(form, name, value)
        return answers

    def _read_answer(self, form, name, value):
        """Return the answer to one question as the form reads it.

        :raise UserError: when it cannot be one
        """
        values, field = ApiValues(self.env), form._fields[name]
        if field.type == "boolean":
            return values.read_boolean(value)
        if field.type == "selection":
            return values.read_choice(value, [key for key, _label in form._get_options(name)])
        if field.type == "date":
            return str(values.read_date(value))
        if field.type == "float":
            return values.read_number(value)
        return values.read_text(value, TEXT_LIMIT if field.type == "text" else LINE_LIMIT)

    # ------------------------------------------------------------------ units
    def _read_units(self, form, row, faults):
        """Return how many units, or which serial numbers, a position is about."""
        units = {}
        if row["serials"] is not None:
            with faults.at("serials"):
                units["lot_ids"] = self._read_serials(form, row["serials"])
        if row["quantity"] is not None:
            with faults.at("quantity"):
                units["quantity"] = ApiValues(self.env).read_quantity(row["quantity"])
        return units

    def _read_serials(self, form, serials):
        """Return the ids of serial numbers that the customer has of the line, given as printed.

        :raise UserError: naming those that are none of them
        """
        values = ApiValues(self.env)
        names = [
            values.read_text(name, LINE_LIMIT).lower()
            for name in values.read_list(serials, SERIALS_LIMIT)
        ]
        if len(set(names)) < len(names):
            raise UserError(self.env._("A serial number is named twice."))
        found = {lot.name.lower(): lot.id for lot in form._get_serials()} if names else {}
        unknown = [name for name in names if name not in found]
        if unknown:
            raise UserError(
                self.env._(
                    "Not among the serial numbers that you have of this line: %(serials)s.",
                    serials=", ".join(unknown[:20]),
                )
            )
        return [found[name] for name in names]

    # ------------------------------------------------------------------ files
    def _read_files(self, form, row, faults):
        """Return the values of the attachments of a position."""
        rows, files = [], []
        with faults.at("attachments"):
            rows = ApiValues(self.env).read_list(row["attachments"] or [], FILES_LIMIT)
            self.env["portal.file.check"]._check_number(len(rows), form.sale_line_id.company_id)
        kinds = [slot["kind"] for slot in form._get_photo_slots()]
        faults.fields |= {f"photo_{kind}": "attachments" for kind in kinds}
        for index, row in enumerate(rows if not faults.errors else []):
            with faults.at(f"attachments[{index}]"):
                files.append(self._read_file(row, kinds))
        return files

    def _read_file(self, row, kinds):
        """Return the values of an attachment.

        :raise UserError: when it is not taken
        """
        values = ApiValues(self.env)
        row = dict.fromkeys(FILE_KEYS) | values.read_object(row, FILE_KEYS)
        name = values.read_text(row["name"], NAME_LIMIT)
        kind = values.read_choice(row["kind"] or "other", kinds)
        content = values.read_base64(row["data"], SIZE_LIMIT)
        checked = self.env["portal.file.check"]._prepare_attachment_values(name, content)
        return {**checked, "cso_kind": kind}

    def _prepare_new_files(self, files):
        """Return attachments in memory, without their content: the form looks at their kinds."""
        files_sudo = self.env["ir.attachment"].sudo()  # customers do not make attachments
        names = ("name", "mimetype", "cso_kind")
        return files_sudo.union(
            *(files_sudo.new({name: values[name] for name in names}) for values in files)
        )
