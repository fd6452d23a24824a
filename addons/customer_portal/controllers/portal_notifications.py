from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

SWITCHES = (
    *("portal_mail_shipped", "portal_mail_email_delivery", "portal_mail_first_eta"),
    "portal_mail_request",
)


class NotificationPortal(CustomerPortal):
    @http.route(
        "/my/notifications",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_notifications(self, saved=None, **kw):
        """Which mails the user gets; employees get none of them."""
        user = self._get_mail_reader()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="notifications",
            choices={name: user[name] for name in ("portal_eta_digest", *SWITCHES)},
            digest_hour=f"{user.company_id.portal_digest_hour}:00",
            is_saved=bool(saved),
        )
        return request.render("customer_portal.portal_my_notifications", values)

    @http.route("/my/notifications", type="http", auth="user", methods=["POST"], website=True)
    def portal_my_notifications_save(self, portal_eta_digest=None, **post):
        """Keep the choice of the user who is signed in; a digest that does not exist is ignored."""
        user = self._get_mail_reader()
        values = {name: bool(post.get(name)) for name in SWITCHES}
        if portal_eta_digest in user._fields["portal_eta_digest"].get_values(request.env):
            values["portal_eta_digest"] = portal_eta_digest
        user.write(values)
        return request.redirect("/my/notifications?saved=1")

    def _get_mail_reader(self):
        user = request.env.user
        if not user._is_portal():
            raise NotFound()
        return user
