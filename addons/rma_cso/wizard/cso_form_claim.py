from odoo import models


class CsoFormClaim(models.TransientModel):
    """Form for claims that need a description and no more questions of their own."""

    _name = "cso.form.claim"
    _inherit = ["cso.form"]
    _description = "Form for Claims"
