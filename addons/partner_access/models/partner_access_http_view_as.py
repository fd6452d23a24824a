from odoo import models


class PartnerAccessHttpViewAs(models.AbstractModel):
    """Requests of support staff who see the portal as a customer does."""

    _name = "partner.access.http.view.as"
    _description = "Requests: View as Customer"
