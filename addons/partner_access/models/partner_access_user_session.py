from odoo import models


class PartnerAccessUserSession(models.AbstractModel):
    """Sessions of a user: shared computers, unlocking."""

    _name = "partner.access.user.session"
    _description = "User: Sessions"
