from odoo import models


class CsoDecideTakeBack(models.TransientModel):
    _name = "cso.decide.take.back"
    _inherit = ["cso.decide"]
    _description = "Decide: Taken Back Without Money"
