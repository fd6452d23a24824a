from odoo import models


class PartnerAccessUserMicrosoft(models.AbstractModel):
    """Sign-in with Microsoft 365."""

    _name = "partner.access.user.microsoft"
    _description = "User: Microsoft 365"
