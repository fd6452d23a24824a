import base64
import binascii
import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.eta_file import MAX_BYTES, MAX_ROWS, EtaFileError, read_rows
from ..tools.table_file import disarm

USED = ("change", "unchanged")


class SupplierEtaImport(models.TransientModel):
    _name = "supplier.eta.import"
    _description = "Import of Suppliers' Dates"

    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    state = fields.Selection(
        [("upload", "Choose a file"), ("preview", "Preview"), ("done", "Done")],
        default="upload",
        required=True,
        readonly=True,
    )
    rows = fields.Json(readonly=True)
    line_ids = fields.One2many("supplier.eta.import.line", "import_id", readonly=True)
    change_ids = fields.One2many(
        "supplier.eta.import.line", "import_id", domain=[("result", "=", "change")], readonly=True
    )
    error_ids = fields.One2many(
        "supplier.eta.import.line", "import_id", domain=[("result", "=", "error")], readonly=True
    )
    change_count = fields.Integer("Dates that Change", compute="_compute_counts")
    unchanged_count = fields.Integer("Unchanged", compute="_compute_counts")
    error_count = fields.Integer("Rows not Used", compute="_compute_counts")
    is_outdated = fields.Boolean(readonly=True)
    report = fields.Binary("Rows not Used (CSV)", compute="_compute_report")
    report_name = fields.Char(compute="_compute_report")

    @api.depends("line_ids.result")
    def _compute_counts(self):
        for wizard in self:
            results = wizard.line_ids.mapped("result")
            wizard.change_count = results.count("change")
            wizard.unchanged_count = results.count("unchanged")
            wizard.error_count = results.count("error")

    @api.depends("error_ids", "file_name")
    def _compute_report(self):
        for wizard in self:
            stem = (wizard.file_name or "").rpartition(".")[0] or "eta"
            wizard.report_name = self.env._("%(file)s - rows not used.csv", file=stem)
            wizard.report = base64.b64encode(wizard._get_report()) if wizard.error_ids else False

    def action_preview(self):
        """Read the file and show what it would change; nothing is changed yet.

        :return: action that shows the wizard again
        :raise UserError: when the file as a whole cannot be used
        """
        self.ensure_one()
        self.rows = self._get_rows()
        self._set_preview(self._match())
        self.is_outdated = False
        return self._get_action()

    def action_apply(self):
        """Write the dates of the preview, all or none.

        When one of the dates or purchases was changed since the preview, the preview is made
        again and nothing is written.

        :return: action that shows the wizard again
        """
        self.ensure_one()
        if self.state != "preview":
            return self._get_action()
        results = self._match()
        self.is_outdated = self._get_shown() != self._get_planned(results)
        if self.is_outdated:
            self._set_preview(results)
        else:
            self.env["supplier.eta.matcher"]._apply(results)
            self.state = "done"
        return self._get_action()

    def action_back(self):
        """Forget the file and ask for another one.

        :return: action that shows the wizard again
        """
        self.ensure_one()
        self.line_ids.unlink()
        self.write({"state": "upload", "file": False, "file_name": False, "rows": False})
        return self._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import ETAs"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _match(self):
        self.env["purchase.order.line"]._check_eta_import()
        return self.env["supplier.eta.matcher"]._match(self.rows)

    def _get_rows(self):
        """The rows of the uploaded file.

        :raise UserError: when there are none, or the file is not what it should be
        """
        if not self.file:
            raise UserError(self.env._("Choose a CSV or XLSX file first."))
        try:
            rows = read_rows(base64.b64decode(self.file), self.file_name or "")
        except (EtaFileError, binascii.Error) as error:
            raise UserError(self._get_file_text(getattr(error, "code", "kind"))) from error
        if not rows:
            raise UserError(self._get_file_text("empty"))
        if len(rows) > MAX_ROWS:
            raise UserError(self._get_file_text("too_many_rows"))
        return rows

    def _get_file_text(self, code):
        """Why the file cannot be used; it changed nothing."""
        texts = {
            "empty": self.env._("The file has no rows."),
            "kind": self.env._("Choose a file whose name ends with .csv or .xlsx."),
            "not_csv": self.env._("This file is no CSV text, whatever its name says."),
            "not_xlsx": self.env._("This file is no Excel workbook (.xlsx), or it is damaged."),
            "encrypted": self.env._(
                "The workbook is protected by a password, or it is of the old kind (.xls). Save it "
                "as .xlsx without a password."
            ),
            "too_large": self.env._(
                "The file is too large: at most %(limit)s MB. Split it into several files.",
                limit=MAX_BYTES // 1024 // 1024,
            ),
            "too_many_rows": self.env._(
                "The file has more than %(limit)s rows. Split it into several files.",
                limit=MAX_ROWS,
            ),
            "no_header": self.env._(
                "The file has no header with the columns purchase order, article or vendor part "
                "number, and date. Quantity may be left out."
            ),
            "double_header": self.env._(
                "Two columns of the file mean the same. Keep one column for each of purchase "
                "order, article, vendor part number, EAN, quantity and date."
            ),
        }
        return texts[code]

    def _set_preview(self, results):
        self.write(
            {
                "state": "preview",
                "line_ids": [
                    Command.clear(),
                    *(Command.create(self._prepare_line(result)) for result in results),
                ],
            }
        )
        self.invalidate_recordset(["change_ids", "error_ids"])

    def _prepare_line(self, result):
        return {
            "row_number": result["row"],
            "order_name": result["order"],
            "article": result["article"],
            "quantity": result["quantity"],
            "date": result["date"],
            "result": result["code"] if result["code"] in USED else "error",
            "reason": result["text"],
            "purchase_line_id": result["line"].id,
            "old_date": result["old"],
            "new_date": result["new"],
        }

    def _get_shown(self):
        """What the preview promises: purchase line, old and new date of each row."""
        return [
            (line.result, line.purchase_line_id.id, line.old_date, line.new_date)
            for line in self.line_ids
        ]

    def _get_planned(self, results):
        """The same of fresh results."""
        names = ("result", "purchase_line_id", "old_date", "new_date")
        return [tuple(self._prepare_line(result)[name] for name in names) for result in results]

    def _get_report(self):
        """The rows that were not used, with the reason, as CSV that Excel opens."""
        names = ("row_number", "order_name", "article", "quantity", "date", "reason")
        fields_by_name = self.env["supplier.eta.import.line"].fields_get(names, ["string"])
        output = io.StringIO()
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow([fields_by_name[name]["string"] for name in names])
        for line in self.error_ids:
            writer.writerow([disarm(str(line[name] or "")) for name in names])
        return output.getvalue().encode("utf-8-sig")
