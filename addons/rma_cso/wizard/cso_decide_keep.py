from odoo import models


class CsoDecideKeep(models.TransientModel):
    _name = "cso.decide.keep"
    _inherit = ["cso.decide"]
    _description = "Decide: Keep at the Offer"
