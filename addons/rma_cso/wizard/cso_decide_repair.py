from odoo import models


class CsoDecideRepair(models.TransientModel):
    _name = "cso.decide.repair"
    _inherit = ["cso.decide"]
    _description = "Decide: Repair or Vendor Handles It"
