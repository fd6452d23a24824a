from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager

from ..models.partner_access_team_log import CUSTOMER_KINDS
from .portal_team import TeamPortal

ROWS_PER_PAGE = 50


class TeamLogPortal(TeamPortal):
    @http.route(
        ["/my/team/log", "/my/team/log/page/<int(max=100000):page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_team_log(self, page=1, kind="", **kw):
        """Who changed the access of whom, and when our support looked at the portal.

        :param str kind: access or view; all without it
        """
        team = self._get_team()
        team_log = request.env["partner.access.team.log"]
        kind = kind if kind in CUSTOMER_KINDS else ""
        domain, log_sudo = team_log._get_domain(kind), team_log._get_log()
        pages = pager(
            "/my/team/log",
            log_sudo.search_count(domain),
            page=page,
            step=ROWS_PER_PAGE,
            url_args={"kind": kind} if kind else {},
        )
        rows_sudo = log_sudo.search(domain, limit=ROWS_PER_PAGE, offset=pages["offset"])
        values = {
            **self._prepare_team_values(team),
            "rows": team_log._prepare_rows(rows_sudo),
            "kind": kind,
            "pager": pages,
            "days": log_sudo._get_retention_days(),
        }
        return request.render("partner_access.portal_team_log", values)
