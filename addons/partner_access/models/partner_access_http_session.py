from odoo import models


class PartnerAccessHttpSession(models.AbstractModel):
    """Requests of a session on a shared computer, or of a second user in one browser."""

    _name = "partner.access.http.session"
    _description = "Requests: Sessions"
