from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Whose files are those of a case, with the field that leads to it.
FILE_OWNERS = {"cso.rma": "id", "cso.rma.line": "rma_id", "cso.difference": "rma_id"}


class CsoCaseRetention(models.AbstractModel):
    """Photos and files of a case: deleted a set time after it was closed. What was requested,
    decided and booked stays.
    """

    _name = "cso.case.retention"
    _description = "Return Case: Files Kept for a Set Time"
    _inherit = ["partner.access.retention"]
    _retention_kind = "case_files"
    _retention_days = 730

    files_deleted_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the photos and files of this case were deleted, as they had been kept for the "
        "time that the settings say.",
    )

    @api.model
    def _get_retention_domain(self, limit):
        """Cases closed so long ago; those that were opened again since their files went too."""
        return (
            Domain("state", "=", "closed")
            & Domain("closed_on", "<", limit)
            & Domain.custom(to_sql=self._get_files_left_sql)
        )

    @api.model
    def _get_files_left_sql(self, model, alias, query):
        deleted_on = model._field_to_sql(alias, "files_deleted_on", query)
        closed_on = model._field_to_sql(alias, "closed_on", query)
        return SQL("(%s IS NULL OR %s < %s)", deleted_on, deleted_on, closed_on)

    def _forget(self):
        """Delete the photos and files of the cases, those of their messages included."""
        attachments = self.env["ir.attachment"]
        for name, field in FILE_OWNERS.items():
            everything = self.env[name].with_context(active_test=False)
            owners = everything.search([(field, "in", self.ids)])
            attachments += attachments.search(
                [("res_model", "=", name), ("res_id", "in", owners.ids), ("res_field", "=", False)]
            )
        attachments.unlink()
        self.files_deleted_on = fields.Datetime.now()
