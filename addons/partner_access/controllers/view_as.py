import time

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.session import Session

from ..models.partner_access_http_session import USED
from ..models.partner_access_http_view_as import VIEW


class ViewAsCustomer(Session):
    @http.route(
        "/partner_access/view/end",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        multilang=False,
        ends_view=True,
    )
    def end_view(self, **kw):
        """The employee is done: back to the own session and to the customer's contact."""
        shown = request.env["ir.http"]._get_view()
        if not shown:
            return request.redirect("/odoo")
        request.env["ir.http"]._end_view("by_hand")
        request.session[USED] = time.time()
        return request.redirect(f"/odoo/res.partner/{shown['partner_id']}")

    @http.route(
        "/partner_access/view/ended",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def view_ended(self, **kw):
        """Says to an employee that a view ended by itself; nobody else comes here."""
        if request.session.get(VIEW) or request.env.user._is_portal():
            return request.redirect("/my")
        return request.render("partner_access.view_ended")

    @http.route(ends_view=True)
    def logout(self, *args, **kw):
        """As core; who sees the portal as a customer does signs out as himself."""
        self._sign_out_of_view()
        return super().logout(*args, **kw)

    @http.route(ends_view=True)
    def destroy(self, *args, **kw):
        """As ``logout``, for scripts."""
        self._sign_out_of_view()
        return super().destroy(*args, **kw)

    def _sign_out_of_view(self):
        if request.session.get(VIEW):
            request.env["ir.http"]._end_view("signed_out")
