from odoo import models


class CsoDecideDelivery(models.TransientModel):
    _name = "cso.decide.delivery"
    _inherit = ["cso.decide"]
    _description = "Decide: Deliver Again"
