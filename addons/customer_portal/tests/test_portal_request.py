from datetime import timedelta

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date, Datetime
from odoo.http import Request
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PortalFactories, PortalHttp

DIFFERENCES = [{"label": "Legal name", "old": "Kade IT", "new": "Kade IT BV", "note": "be careful"}]
SELLER = "sales_team.group_sale_salesman"


class RequestCase(PortalFactories):
    """Requests of the branch; what their kind does is noted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.manager = cls._create_staff("request_manager", SELLER)
        cls.branch.user_id = cls.manager
        cls.user = cls._create_portal_user("request_buyer", cls.branch)
        cls.user.partner_id.email = "buyer@kade.example"

    def setUp(self):
        super().setUp()
        self.done = []
        self.warnings = []
        for kind in ("order", "change", "company"):
            self._patch_kind("accept", kind, lambda request: self.done.append("accepted"))
            self._patch_kind("refuse", kind, lambda request: self.done.append("taken back"))
            self._patch_kind("get_differences", kind, lambda request: DIFFERENCES)
            self._patch_kind("get_warnings", kind, lambda request: self.warnings)

    def _patch_kind(self, name, kind, function):
        self.patch(type(self.env["portal.request"]), f"_{name}_{kind}", function)

    def _submit(self, kind="order", user=None, **values):
        requests = self.env["portal.request"].with_user(user or self.user)
        return requests._submit(kind, self.branch, self.env.company, **values).sudo(False)

    def _as_manager(self, request):
        return request.with_user(self.manager)

    def _give_roles(self, user, *codes):
        roles = self.env["partner.access.role"].search([("code", "in", codes)])
        user.access_entry_ids.role_ids = [Command.set(roles.ids)]


@tagged("post_install", "-at_install")
class TestPortalRequest(RequestCase, TransactionCase):
    def test_a_request_is_open_numbered_and_in_the_name_of_who_asks(self):
        request = self._submit(note="Please hurry").sudo()
        self.assertRegex(request.name, r"^REQ/\d{4}/\d{5}$")
        self.assertEqual(request.state, "open")
        self.assertEqual(request.requester_id, self.user)
        self.assertEqual(request.commercial_partner_id, self.branch)

    def test_what_is_accepted_is_done_once(self):
        request = self._as_manager(self._submit())
        request._accept("Welcome")
        self.assertEqual(self.done, ["accepted"])
        self.assertEqual((request.state, request.answer), ("accepted", "Welcome"))
        self.assertEqual(request.decided_by_id, self.manager)
        with self.assertRaisesRegex(UserError, "Accepted.*request_manager"):
            request._accept("Welcome")
        self.assertEqual(self.done, ["accepted"])

    def test_what_is_refused_needs_a_text(self):
        request = self._as_manager(self._submit())
        for text in (None, "", "  \n"):
            with self.subTest(text), self.assertRaises(UserError):
                request._refuse(text)
        request._refuse("Not possible any more")
        self.assertEqual((request.state, self.done), ("refused", ["taken back"]))

    def test_what_fails_stays_open(self):
        refusal = UserError("too late")

        def fail(request):
            raise refusal

        self._patch_kind("accept", "order", fail)
        request = self._as_manager(self._submit())
        with self.assertRaisesRegex(UserError, "too late"), self.cr.savepoint():
            request._accept("Welcome")
        self.assertEqual(request.state, "open")

    def test_of_several_requests_one_that_was_answered_stops_all(self):
        requests = self._as_manager(self._submit() | self._submit())
        requests[0]._withdraw()
        with self.assertRaises(UserError):
            requests._accept()
        self.assertEqual(requests.mapped("state"), ["withdrawn", "open"])

    def test_nobody_answers_by_writing(self):
        request = self._as_manager(self._submit())
        for name, value in {
            "state": "accepted",
            "answer": "fine",
            "partner_id": self.office.id,
            "decided_by_id": self.manager.id,
            "note": "changed",
        }.items():
            with self.subTest(name), self.assertRaises(AccessError):
                request.write({name: value})

    def test_only_those_who_sell_read_and_answer(self):
        request = self._submit()
        colleague = self._create_staff("request_other", SELLER)
        leader = self._create_staff("request_leader", "sales_team.group_sale_salesman_all_leads")
        employee = self._create_staff("request_employee", "base.group_user")
        expected = {self.manager: True, leader: True, colleague: False, employee: False}
        for user, may in expected.items():
            with self.subTest(user.login):
                self.assertEqual(request.with_user(user).has_access("write"), may)
        with self.assertRaises(AccessError):
            request.with_user(self.user)._accept()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_requests_of_another_of_our_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        request = self._submit().sudo()
        request.company_id = other
        self.assertFalse(request.with_user(self.manager).has_access("read"))

    def test_colleagues_see_by_role_what_was_asked(self):
        colleague = self._create_portal_user("request_colleague", self.branch)
        requests = self._submit("company") | self._submit("change")
        cases = {
            ("orders",): ["change"],
            ("administrator",): ["change", "company"],
            ("prices",): [],
        }
        for roles, expected in cases.items():
            with self.subTest(roles):
                self._give_roles(colleague, *roles)
                found = requests.with_user(colleague)._filtered_access("read")
                self.assertEqual(sorted(found.sudo().mapped("kind")), expected)

    def test_who_went_to_another_company_leaves_the_requests_of_the_old_one_behind(self):
        request = self._submit("company").sudo()
        self.assertEqual(request.requester_id, self.user)
        self.assertTrue(request.with_user(self.user).read())
        self.user.partner_id.parent_id = self.stranger_company
        self.assertFalse(request.with_user(self.user).has_access("read"))

    def test_late_is_what_waits_for_more_than_two_working_days(self):
        late, fresh, done = self._submit(), self._submit(), self._submit()
        (late | done).sudo().late_after = Date.today() - timedelta(days=1)
        fresh.sudo().late_after = Date.today()
        self._as_manager(done)._accept()
        requests = self._as_manager(late | fresh | done)
        self.assertEqual(requests.filtered("is_late"), late)
        domain = [("id", "in", requests.ids)]
        self.assertEqual(requests.search([*domain, ("is_late", "=", True)]), late)
        self.assertEqual(requests.search([*domain, ("is_late", "=", False)]), done | fresh)

    def test_the_hours_until_the_answer_are_counted(self):
        request = self._submit()
        request.sudo().asked_on = Datetime.now() - timedelta(hours=6)
        self._as_manager(request)._accept()
        self.assertAlmostEqual(request.sudo().answer_hours, 6, places=1)

    def test_differences_are_shown_as_text_never_as_markup(self):
        bad = [{"label": "<b>x</b>", "old": "", "new": "<script>", "note": ""}]
        self._patch_kind("get_differences", "order", lambda request: bad)
        shown = self._as_manager(self._submit()).difference_html
        self.assertIn("&lt;script&gt;", shown)
        self.assertNotIn("<script>", shown)


@tagged("post_install", "-at_install")
class TestPortalRequestPages(RequestCase, PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_portal_user("request_stranger", cls.stranger_company)

    def _post(self, path, user=None):
        self.authenticate((user or self.user).login, PASSWORD)
        return self.url_open(path, data={"csrf_token": Request.csrf_token(self)})

    def _create_changes(self, count):
        """Changes that were asked for, each of an order of its own."""
        orders = self.env["sale.order"].create([{"partner_id": self.branch.id}] * count)
        values = {"kind": "change", "requester_id": self.user.id, "partner_id": self.branch.id}
        values |= {"company_id": self.env.company.id, "manager_id": self.manager.id}
        self.env["portal.request"].sudo().create([{**values, "order_id": one.id} for one in orders])

    def test_the_list_shows_what_was_asked_and_answered(self):
        waiting, refused = self._submit().sudo(), self._submit().sudo()
        refused._refuse("Sold out, sorry")
        page = self._get("/my/requests", self.user).text
        for text in (waiting.name, refused.name, "Waiting for an answer", "Sold out, sorry"):
            with self.subTest(text):
                self.assertIn(text, page)
        cases = {"open": {waiting}, "answered": {refused}, "²": {waiting, refused}}
        for key, expected in cases.items():
            with self.subTest(key):
                page = self._get(f"/my/requests?filterby={key}&page=²").text
                self.assertEqual({one for one in (waiting, refused) if one.name in page}, expected)

    def test_empty_lists_say_what_would_be_there(self):
        for path in ("/my/requests", "/my/requests?filterby=open"):
            with self.subTest(path):
                page = html.fromstring(self._get(path, self.user).text)
                empty = page.xpath("//div[contains(@class, 'op-empty')]//b")
                self.assertTrue(empty[0].text_content().strip())

    def test_the_page_shows_old_and_new_note_document_and_contact(self):
        document = self.env["ir.attachment"].create({"name": "extract.txt", "raw": b"REGISTER"})
        request = self._submit(note="Please hurry", document_ids=document.ids)
        page = self._get(f"/my/requests/{request.id}", self.user).text
        shown = ("Kade IT BV", "be careful", "Please hurry", "extract.txt", self.manager.name)
        for text in shown:
            with self.subTest(text):
                self.assertIn(text, page)
        file = self._get(f"/my/requests/{request.id}/file/{document.id}")
        self.assertEqual(
            (file.content, file.headers["X-Content-Type-Options"]), (b"REGISTER", "nosniff")
        )

    def test_what_is_somebody_elses_does_not_exist(self):
        request = self._submit()
        note = self.env["ir.attachment"].create(
            {"name": "inner.txt", "raw": b"x", "res_model": request._name, "res_id": request.id}
        )
        self.assertEqual(self._get(f"/my/requests/{request.id}", self.stranger).status_code, 404)
        answer = self._post(f"/my/requests/{request.id}/withdraw", self.stranger)
        self.assertEqual((answer.status_code, request.sudo().state), (404, "open"))
        for path in (f"/my/requests/{request.id}/file/{note.id}", "/my/requests/2147483647"):
            with self.subTest(path):
                self.assertEqual(self._get(path, self.user).status_code, 404)

    def test_a_request_is_withdrawn_once(self):
        request = self._submit().sudo()
        answer = self._post(f"/my/requests/{request.id}/withdraw")
        self.assertIn("Withdrawn. Everything stays as it was", answer.text)
        self.assertEqual((request.state, self.done), ("withdrawn", ["taken back"]))
        answer = self._post(f"/my/requests/{request.id}/withdraw")
        self.assertIn("does not wait for an answer any more", answer.text)
        self.assertEqual(self.done, ["taken back"])

    def test_pages_write_nothing_and_ask_no_more_for_more_requests(self):
        request = self._submit()
        self._create_changes(1)
        paths = ("/my/requests", f"/my/requests/{request.id}")
        self.authenticate(self.user.login, PASSWORD)
        for path in paths:
            with self.subTest(path), self.assertQueriesWriteNothing():
                self._get(path)
        few = self._count_queries("/my/requests")
        self._create_changes(18)
        self.assertLessEqual(self._count_queries("/my/requests"), few)
