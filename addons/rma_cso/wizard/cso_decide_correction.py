from odoo import models


class CsoDecideCorrection(models.TransientModel):
    _name = "cso.decide.correction"
    _inherit = ["cso.decide"]
    _description = "Decide: Correct the Invoice"
