from odoo import models


class ReportReturnLabel(models.AbstractModel):
    _name = "report.rma_cso.report_return_label"
    _inherit = ["report.rma_cso.report_return_form"]
    _description = "Return Label"
