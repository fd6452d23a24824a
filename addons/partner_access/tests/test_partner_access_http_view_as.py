import time

import odoo.http
from odoo import fields
from odoo.http import request
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.partner_access_http_view_as import VIEW
from .common import PASSWORD, PageCommon

VIEWER = "partner_access.group_view_as_customer"
REFUSED = ("odoo.sql_db", "odoo.http", "odoo.addons.http_routing.models.ir_http")


def make_read_only(cls):
    """What the real one does, with the cursor of a test, whose connection is the test's own."""
    request.env.cr.rollback()
    request.env.cr.readonly = True


class ViewAsCommon(PageCommon):
    """Mixin for HttpCase: an employee who sees the portal as a customer's user does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = cls._create_staff(cls, "bram@noorder.example", VIEWER, name="Bram Vos")
        cls.mira = cls._create_portal_user(cls, cls._create_company(cls))

    def setUp(self):
        super().setUp()
        http_class = type(self.env["ir.http"])
        self.patch(http_class, "_make_read_only", classmethod(make_read_only))
        self._sign_in()

    def _sign_in(self):
        # the devices of a test are noted only when it says so
        self.authenticate(self.staff.login, PASSWORD, session_extra={"_trace_disable": False})

    def _start_view(self, user=None, reason="Where is the slip?"):
        """Press the button of the dialog; the session becomes that of the user."""
        user = user or self.mira
        wizards = self.env["partner.access.view.as"].with_user(self.staff)
        wizard = wizards.create(
            {"partner_id": user.partner_id.id, "user_id": user.id, "reason": reason}
        )
        params = {
            "model": "partner.access.view.as",
            "method": "action_view",
            "args": [wizard.ids],
            "kwargs": {},
        }
        answer = self._call("/web/dataset/call_button/partner.access.view.as/action_view", params)
        self.session.sid = self.opener.cookies["session_id"]
        return answer

    def _call(self, path, params):
        """The answer to a JSON-RPC call."""
        return self.url_open(path, json={"jsonrpc": "2.0", "method": "call", "params": params})

    def _change_view(self, **values):
        """Change what the server holds of the view, as time or somebody else does."""
        session = self._read_session()
        session[VIEW] = {**session[VIEW], **values}
        odoo.http.root.session_store.save(session)

    def _csrf(self):
        self.session = self._read_session()
        return odoo.http.Request.csrf_token(self)

    def _get_log(self, kind):
        return self.env["partner.access.log"].search([("kind", "=", kind)], limit=1)


@tagged("post_install", "-at_install")
class TestPartnerAccessHttpViewAs(ViewAsCommon, HttpCase):
    def test_support_sees_what_the_customer_sees_with_a_banner(self):
        self.assertEqual(self._start_view().json()["result"]["url"], "/my")
        page = self.url_open("/my/security").text
        self.assertIn('id="portal_view"', page)
        self.assertIn("Bram Vos", page)
        self.assertIn("Ilse Maas", page)
        self.assertEqual(self._read_session().uid, self.mira.id)

    def test_there_is_no_banner_for_customers(self):
        self.authenticate(self.mira.login, PASSWORD)
        self.assertNotIn('id="portal_view"', self.url_open("/my/security").text)

    @mute_logger(*REFUSED)
    def test_forms_are_refused_with_words(self):
        self._start_view()
        token = self._csrf()
        forms = {
            "/my/address/submit": {"partner_id": self.mira.partner_id.id, "name": "Eve"},
            "/my/language": {"lang": "en_US"},
            "/my/security": {"old": PASSWORD, "new1": "Ander#Woord4711", "new2": "Ander#Woord4711"},
            "/web/login": {"login": self.mira.login, "password": PASSWORD},
            "/web/reset_password": {"login": "elders@velthuis.example"},
        }
        for path, data in forms.items():
            with self.subTest(path=path):
                answer = self.url_open(path, data={**data, "csrf_token": token})
                self.assertEqual(answer.status_code, 403)
                self.assertIn("Nothing can be changed", answer.text)
        self.assertEqual(self.mira.partner_id.name, "Ilse Maas")
        self.assertEqual(self._read_session().uid, self.mira.id)

    @mute_logger(*REFUSED)
    def test_calls_that_write_are_refused_with_words(self):
        self._start_view()
        login = {"db": self.env.cr.dbname, "login": self.mira.login, "password": PASSWORD}
        write = {"model": "res.partner", "method": "write", "kwargs": {}}
        write["args"] = [self.mira.partner_id.ids, {"name": "Eve"}]
        calls = {
            "/web/dataset/call_kw": {
                **write,
                "model": "res.users",
                "args": [self.mira.ids, {"lang": "en_US", "tz": "Europe/Amsterdam"}],
            },
            "/web/dataset/call_kw/own_work": {
                "model": "partner.access.view.as",
                "method": "search_read",
                "args": [],
                "kwargs": {},
            },
            "/web/session/authenticate": login,
            "/auth-timeout/session/check-identity": {"type": "password", "password": PASSWORD},
        }
        for path, params in calls.items():
            with self.subTest(path=path):
                answer = self._call(path, params)
                self.assertEqual(answer.status_code, 403)
                self.assertIn("Nothing can be changed", answer.text)
        self.mira.invalidate_recordset()
        self.assertFalse(self.mira.tz)

    def test_calls_that_read_are_answered(self):
        self._start_view()
        params = {"model": "res.users", "method": "context_get", "args": [], "kwargs": {}}
        answer = self._call("/web/dataset/call_kw", params).json()
        self.assertEqual(answer["result"]["uid"], self.mira.id)

    def test_nobody_is_told_that_the_customer_is_there(self):
        self._start_view()
        self.url_open("/my")
        poll = {"channels": [], "last": 0, "is_first_poll": True}
        self.assertEqual(self._call("/websocket/peek_notifications", poll).status_code, 403)
        devices = self.env["res.device.log"].search([("user_id", "=", self.mira.id)])
        self.assertFalse(devices)
        self.assertFalse(self.mira.login_date)

    def test_the_button_gives_the_own_session_back(self):
        before = self._read_session()
        self._start_view()
        token = self._csrf()
        answer = self.url_open(
            "/partner_access/view/end", data={"csrf_token": token}, allow_redirects=False
        )
        self.assertIn(f"/odoo/res.partner/{self.mira.partner_id.id}", answer.headers["Location"])
        after = self._read_session()
        self.assertEqual(after.uid, self.staff.id)
        self.assertNotIn(VIEW, after)
        self.assertEqual(after["create_time"], before["create_time"])
        info = self._call("/web/session/get_session_info", {}).json()["result"]
        self.assertEqual(info["uid"], self.staff.id)

    def test_the_log_names_who_whom_and_why(self):
        self._start_view(reason="Slip 4711")
        self.url_open("/partner_access/view/end", data={"csrf_token": self._csrf()})
        for kind in ("view_started", "view_ended"):
            row = self._get_log(kind)
            self.assertEqual(row.user_id, self.mira, kind)
            self.assertEqual(row.actor_id, self.staff, kind)
            self.assertEqual(row.partner_id, self.mira.partner_id.commercial_partner_id, kind)
        self.assertEqual(self._get_log("view_started").details, "Slip 4711")
        self.assertEqual(self._get_log("view_ended").details, "Ended by hand.")

    def test_the_page_that_says_it_ended_is_not_shown_while_it_goes_on(self):
        self.assertIn('"is_view": false', self.url_open("/my/security").text)
        self._start_view()
        self.assertIn('"is_view": true', self.url_open("/my/security").text)
        answer = self.url_open("/partner_access/view/ended", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith("/my"))

    def test_it_ends_by_itself(self):
        ends = {
            "its time is over": lambda: self._change_view(until=time.time() - 1),
            "the right is taken": lambda: self.staff.write({"group_ids": [(3, self._group().id)]}),
            "the customer is archived": lambda: self.mira.write({"active": False}),
            "the session is another user's": lambda: self._change_view(uid=self.staff.id),
        }
        for reason, end in ends.items():
            self.mira.active = True
            self.staff.group_ids += self._group()
            self._sign_in()
            self._start_view()
            end()
            with self.subTest(reason=reason):
                answer = self.url_open("/my/security", allow_redirects=False)
                self.assertTrue(answer.headers["Location"].endswith("/partner_access/view/ended"))
                self.assertIn("yourself again", self.url_open("/partner_access/view/ended").text)
                self.assertEqual(self._read_session().uid, self.staff.id)

    def _group(self):
        return self.env.ref(VIEWER)

    def test_who_may_not_sign_in_any_more_is_signed_out(self):
        self._start_view()
        self.staff.active = False
        self.url_open("/my/security", allow_redirects=False)
        self.assertFalse(self._read_session().uid)

    def test_a_call_after_the_end_is_answered_with_words(self):
        self._start_view()
        self._change_view(until=time.time() - 1)
        answer = self._call("/web/session/modules", {})
        self.assertEqual(answer.status_code, 403)
        self.assertIn("no longer see the portal", answer.text)

    def test_signing_out_leaves_nobody_signed_in(self):
        self._start_view()
        self.url_open("/web/session/logout", allow_redirects=False)
        session = self._read_session()
        self.assertFalse(session.uid)
        self.assertNotIn(VIEW, session)
        self.assertEqual(self._get_log("view_ended").actor_id, self.staff)

    def test_signing_out_by_a_script_is_logged_too(self):
        self._start_view()
        self._call("/web/session/destroy", {})
        self.assertFalse(self._read_session().uid)
        self.assertEqual(self._get_log("view_ended").actor_id, self.staff)

    @mute_logger("odoo.http")
    def test_a_view_does_not_lead_to_another(self):
        self._start_view()
        other = self._create_portal_user(login="ander@velthuis.example")
        answer = self._start_view(other).json()
        self.assertIn("error", answer)
        self.assertEqual(self._read_session().uid, self.mira.id)

    @mute_logger("odoo.http")
    def test_only_customers_are_viewed_by_who_may(self):
        former = self._create_portal_user(login="weg@velthuis.example")
        former.active = False
        expired = self._create_portal_user(login="oud@velthuis.example")
        expired.access_entry_ids.valid_until = fields.Date.subtract(fields.Date.today(), days=1)
        elsewhere = self._create_portal_user(login="ver@velthuis.example")
        company = self.env["res.company"].create({"name": "Zuiderlicht"})
        elsewhere.access_entry_ids.company_id = company
        colleague = self._create_staff("piet@noorder.example")
        for user in (former, expired, elsewhere, colleague, self.env.ref("base.public_user")):
            with self.subTest(user=user.login):
                self.assertIn("error", self._start_view(user).json())
                self.assertEqual(self._read_session().uid, self.staff.id)
        self.staff.group_ids -= self._group()
        with self.subTest("without the right"):
            answer = self._call_view_method()
            self.assertIn("error", answer)

    def _call_view_method(self):
        wizard = self.env["partner.access.view.as"].create(
            {"partner_id": self.mira.partner_id.id, "user_id": self.mira.id, "reason": "x"}
        )
        params = {"model": wizard._name, "method": "action_view", "args": [wizard.ids]}
        return self._call("/web/dataset/call_kw", {**params, "kwargs": {}}).json()

    def test_a_locked_employee_proves_who_he_is_after_the_time_is_over(self):
        self.env.ref("base.group_user").lock_timeout_inactivity = 15
        self._start_view()
        self.assertNotIn("lock_timeout_inactivity", self.url_open("/my/security").text)
        self._change_view(until=time.time() - 1)
        self.url_open("/my/security", allow_redirects=False)
        self.assertLessEqual(self._read_session()["identity-check-next"], time.time())

    def test_what_a_page_would_write_when_it_is_looked_at_is_dropped(self):
        self._start_view()

        def write_something(user):
            user.sudo().partner_id.ref = "seen"
            return user.partner_id.browse()

        self.patch(type(self.env["res.users"]), "_get_portal_contact", write_something)
        self.assertEqual(self.url_open("/my/security").status_code, 200)
        self.mira.partner_id.invalidate_recordset()
        self.assertFalse(self.mira.partner_id.ref)

    def test_every_page_of_a_view_asks_the_database_to_refuse_writing(self):
        self._start_view()
        asked = []
        http_class = type(self.env["ir.http"])
        self.patch(http_class, "_make_read_only", classmethod(lambda cls: asked.append(1)))
        for path in ("/my", "/my/addresses", "/my/security", "/web/image/res.users/1/avatar_128"):
            self.url_open(path)
        self.assertEqual(len(asked), 4)


@tagged("post_install", "-at_install")
class TestReadOnlyConnection(TransactionCase):
    def test_the_database_refuses_what_a_view_writes_also_after_a_commit(self):
        connection = db_connect(self.env.cr.dbname)
        with connection.cursor() as cr:
            self._make_read_only(cr)
            for end in (cr.commit, cr.rollback, cr.commit):
                with self.subTest(end.__name__):
                    self.assertEqual(self._get_mode(cr), "on")
                    end()
        with connection.cursor() as cr:
            self.assertEqual(self._get_mode(cr), "off")

    def _make_read_only(self, cr):
        environment = self.env(cr=cr)

        class Request:
            env = environment

        module = odoo.addons.partner_access.models.partner_access_http_view_as
        self.patch(module, "request", Request())
        self.env["ir.http"]._make_read_only()

    def _get_mode(self, cr):
        cr.execute("SHOW transaction_read_only")
        return cr.fetchone()[0]
