from odoo.fields import Domain
from odoo.http import request

from odoo.addons.customer_portal.controllers.portal_home import HomePortal
from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from .common import get_unsent_domain


class ReturnsHomePortal(HomePortal):
    def _prepare_home_tiles(self):
        """Add the open cases, and what must be sent by when."""
        tiles = super()._prepare_home_tiles()
        domain = request.env.user._get_access_domain("cso.rma")
        if domain.is_false():
            return tiles
        cases_sudo = request.env["cso.rma"].sudo()  # inside the access domain only
        domain &= Domain("submitted_on", "!=", False)
        open_count = cases_sudo.search_count(domain & Domain("state", "!=", "closed"))
        waiting = cases_sudo.search(domain & get_unsent_domain(), order="valid_until", limit=1)
        return [*tiles, self._prepare_cases_tile(open_count, waiting)]

    def _prepare_cases_tile(self, open_count, waiting):
        label = request.env._("open returns and claims")
        if waiting:
            label = request.env._(
                "open returns and claims; send goods by %(date)s",
                date=PortalFormat(request.env).day(waiting.valid_until),
            )
        return {
            "key": "cases",
            "label": label,
            "value": open_count,
            "url": "/my/returns/status" if open_count else "/my/returns",
            "tone": "warn" if waiting else "",
            "sequence": 30,
        }
