from odoo.fields import Domain
from odoo.http import request

from odoo.addons.customer_portal.controllers.portal_home import HomePortal
from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from .common import get_unsent_domain


class ReturnsHomePortal(HomePortal):
    def _prepare_home_tiles(self):
        """Add what must be sent by when, and the open cases."""
        tiles = super()._prepare_home_tiles()
        domain = request.env.user._get_access_domain("cso.rma")
        if domain.is_false():
            return tiles
        cases_sudo = request.env["cso.rma"].sudo()  # inside the access domain only
        domain &= Domain("submitted_on", "!=", False)
        open_count = cases_sudo.search_count(domain & Domain("state", "!=", "closed"))
        to_send = cases_sudo.search(domain & get_unsent_domain(), order="valid_until", limit=100)
        return [*tiles, self._prepare_send_tile(to_send), self._prepare_cases_tile(open_count)]

    def _prepare_send_tile(self, cases):
        """Return the tile of the goods to be sent back, with the first day that ends."""
        label = request.env._("cases with goods to send back")
        if cases:
            day = PortalFormat(request.env).day(cases[0].valid_until)
            label = request.env._("to be sent back, the first by %(date)s", date=day)
        if len(cases) == 1:
            label = request.env._("to be sent back by %(date)s", date=day)
        return {
            "key": "to_send",
            "label": label,
            "value": len(cases),
            "url": f"/my/returns/{cases.id}" if len(cases) == 1 else "/my/returns",
            "tone": "warn" if cases else "",
            "sequence": 25,
        }

    def _prepare_cases_tile(self, count):
        is_one = count == 1
        return {
            "key": "cases",
            "label": request.env._("open return or claim")
            if is_one
            else request.env._("open returns and claims"),
            "value": count,
            "url": "/my/returns/status" if count else "/my/returns",
            "tone": "",
            "sequence": 30,
        }
