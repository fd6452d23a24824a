from odoo import models


class CsoDecideGoodwill(models.TransientModel):
    _name = "cso.decide.goodwill"
    _inherit = ["cso.decide"]
    _description = "Decide: Goodwill"
