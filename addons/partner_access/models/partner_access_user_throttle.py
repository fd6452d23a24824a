from odoo import models


class PartnerAccessUserThrottle(models.AbstractModel):
    """How often somebody may try to sign in."""

    _name = "partner.access.user.throttle"
    _description = "User: Limits of Attempts"
