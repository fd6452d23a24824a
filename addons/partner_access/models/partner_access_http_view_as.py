import time
from http import HTTPStatus

from psycopg2.errors import InFailedSqlTransaction, ReadOnlySqlTransaction
from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import AccessError
from odoo.http import SAFE_HTTP_METHODS, get_default_session, request, root
from odoo.service.security import check_session

from .partner_access_http_session import CHECK_FROM, SHARED

# What a session holds of the employee who sees the portal as its user does.
VIEW = "partner_access_view"
# Files that the server makes of its own code when a browser first asks for them.
ASSETS = ("/web/assets/", "/bus/websocket_worker_bundle")
WEBSOCKET = "/websocket"
# Where pages of employees ask for their data.
BACKEND = "/web/"


class PartnerAccessHttpViewAs(models.AbstractModel):
    """Requests of support staff who see the portal as a customer does.

    The session becomes the customer's, with the employee's own kept in it, so that every page is
    what the customer sees. Its connection to the database is read-only; what writes is refused.
    """

    _name = "partner.access.http.view.as"
    _description = "Requests: View as Customer"

    @classmethod
    def _authenticate(cls, endpoint):
        """As core; a view of the portal ends when its time is over, and reads only."""
        view = request.session.get(VIEW)
        if view and not cls._is_view_on(view):
            cls._leave_view(view)
        super()._authenticate(endpoint)
        if not view:
            return
        path = request.httprequest.path
        if path.startswith(WEBSOCKET):
            cls._refuse_write()  # it tells others that the customer is there
        if not endpoint.routing.get("ends_view") and not path.startswith(ASSETS):
            cls._make_read_only()

    @classmethod
    def _dispatch(cls, endpoint):
        """As core; in a view of the portal, what would write is answered with the reason."""
        if not request.session.get(VIEW) or endpoint.routing.get("ends_view"):
            return super()._dispatch(endpoint)
        if cls._is_refused_in_view(endpoint):
            cls._refuse_write()
        try:
            result = super()._dispatch(endpoint)
            if request.httprequest.method in SAFE_HTTP_METHODS:
                request.env.cr.clear()  # what core would write when a page is looked at
            else:
                request.env.cr.flush()
        except (ReadOnlySqlTransaction, InFailedSqlTransaction):
            cls._refuse_write()
        except AccessError:
            # A tab of the employee's own work, which is still open, is told why it cannot go on.
            if not request.httprequest.path.startswith(BACKEND):
                raise
            cls._refuse_write()
        return result

    @classmethod
    def _must_check_identity(cls):
        """As core; a view of the portal has its own end, and not the customer's password."""
        return None if request.session.get(VIEW) else super()._must_check_identity()

    def _session_info_common_auth_timeout(self, session_info):
        """As core; see ``_must_check_identity``."""
        if request.session.get(VIEW):
            return session_info
        return super()._session_info_common_auth_timeout(session_info)

    def get_frontend_session_info(self):
        """As core, and whether the page is of a view of the portal.

        :return: what the scripts of a page know of the session
        :rtype: dict
        """
        session_info = super().get_frontend_session_info()
        session_info["portal_session"]["is_view"] = VIEW in request.session
        return session_info

    @classmethod
    def _get_view(cls):
        """What every page shows of a view of the portal; empty when there is none.

        :return: ``{'staff', 'name', 'company', 'until'}``, ready to be shown
        :rtype: dict
        """
        return (request.session.get(VIEW) or {}).get("shown", {})

    @classmethod
    def _start_view(cls, user, minutes, shown):
        """Turn the session of an employee into that of a customer's user.

        :param user: ``res.users`` of the customer
        :param int minutes: after which it ends
        :param dict shown: see ``_get_view``
        """
        session, staff = request.session, request.env.user
        view = {
            "uid": user.id,
            "staff_uid": staff.id,
            "staff_key": staff._get_view_key(),
            "staff_session": dict(session),
            "until": time.time() + minutes * 60,
            "shown": shown,
        }
        session.clear()
        session.update(get_default_session(), db=request.db, uid=user.id, login=user.login)
        session.context = dict(user.with_user(user).context_get())
        session["_trace_disable"] = True  # it is no device of the customer's
        session[VIEW] = view
        if SHARED in view["staff_session"]:
            session[SHARED] = view["staff_session"][SHARED]
        root.session_store.rotate(session, request.env)
        cls._set_language_cookie(user)

    @classmethod
    def _end_view(cls, code):
        """Give the session back to the employee; signed out who may not sign in any more.

        :param str code: why it ends, for the log
        """
        session = request.session
        view = session[VIEW]
        users = request.env["res.users"]
        staff, user = users.browse(view["staff_uid"]), users.browse(view["uid"])
        log = request.env["partner.access.log"].with_user(staff)
        log._log_apart("view_ended", user=user, change={"end": [code]})
        if staff._get_view_key() != view["staff_key"]:
            session.logout(keep_db=True)
            return
        own = view["staff_session"]
        session.clear()
        session.update(own)
        root.session_store.rotate(session, request.env)
        session["create_time"] = own["create_time"]
        cls._set_language_cookie(staff)

    @classmethod
    def _is_view_on(cls, view):
        """Whether a view goes on: in time, of the same user, by who may still do so."""
        session = request.session
        staff = request.env["res.users"].browse(view["staff_uid"])
        return (
            session.uid == view["uid"]
            and time.time() < view["until"]
            and staff._get_view_key() == view["staff_key"]
            and staff._may_view_as_customer()
            and check_session(session, request.env)
        )

    @classmethod
    def _leave_view(cls, view):
        """End a view that may not go on, and say so. Its employee proves who he is where that is
        asked after a time without use.
        """
        cls._end_view("over" if time.time() >= view["until"] else "ended")
        # sudo: the request is still the customer's
        staff_sudo = request.env["res.users"].sudo().browse(view["staff_uid"])
        session = request.session
        if session.uid and (session.get(SHARED) or staff_sudo._get_lock_timeout_inactivity()):
            session[CHECK_FROM] = time.time()
        if request.dispatcher.routing_type == "http":
            abort(request.redirect("/partner_access/view/ended"))
        abort(
            cls._prepare_json_refusal(request.env._("You no longer see the portal as a customer."))
        )

    @classmethod
    def _is_refused_in_view(cls, endpoint):
        """Whether a request is refused before it runs: forms that are not known to read only, and
        whatever signs somebody in or asks for his password.
        """
        if request.httprequest.method in SAFE_HTTP_METHODS:
            return False
        routing = endpoint.routing
        if routing["readonly"] is True:
            return False
        is_sign_in = routing["auth"] == "none" or not routing.get("check_identity", True)
        return routing["type"] == "http" or is_sign_in

    @classmethod
    def _make_read_only(cls):
        """Let the database refuse whatever this request writes, also after a commit in between;
        the next user of the connection sets its mode anew.
        """
        cr = request.env.cr
        if not cr.readonly:
            cr.rollback()  # the mode changes between two transactions; nothing was written yet
            cr.connection.set_session(readonly=True)

    @classmethod
    def _refuse_write(cls):
        """Answer that a view of the portal changes nothing; what the request changed in the session
        is forgotten.
        """
        request.env.cr.rollback()
        request.session = request._get_session_and_dbname()[0]
        text = request.env._(
            "You see the portal as %(name)s does. Nothing can be changed or sent this way; your "
            "own work goes on when the view has ended.",
            name=cls._get_view().get("name", ""),
        )
        if request.dispatcher.routing_type != "http":
            abort(cls._prepare_json_refusal(text))
        if not getattr(request, "is_frontend", False):
            abort(HTTPStatus.FORBIDDEN, text)
        response = request.render("partner_access.view_refused", {"text": text})
        response.flatten()
        response.status_code = HTTPStatus.FORBIDDEN
        abort(response)

    @classmethod
    def _prepare_json_refusal(cls, text):
        response = request.dispatcher.handle_error(AccessError(text))
        response.status_code = HTTPStatus.FORBIDDEN
        return response

    @classmethod
    def _set_language_cookie(cls, user):
        lang = request.env["ir.http"].get_nearest_lang(user.sudo().lang)  # whoever it is
        if lang:
            request.future_response.set_cookie("frontend_lang", lang)
