import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.partner_access.tests.common import RetentionCommon

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalDownload(RetentionCommon, PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("download_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("download_colleague", cls.branch)
        cls.stranger = cls._create_portal_user("download_stranger", cls.stranger_company)
        cls.order = cls._create_order(client_order_ref="PO 7")

    def setUp(self):
        super().setUp()
        # committing a test's cursor would end the transaction that a test is
        self.commits = []
        cron_class = type(self.env["ir.cron"])
        self.patch(
            cron_class, "_commit_progress", lambda *_args, **_kw: self.commits.append(1) or 9
        )

    def _ask(self, user=None, filters=None, file_format="csv", **values):
        downloads = self.env["portal.download"].with_user(user or self.user)
        parameters = downloads.env["sale.line.export"]._prepare_parameters(filters or {})
        kind, name = f"lines_{file_format}", f"order-lines.{file_format}"
        download = downloads._enqueue(kind, name, parameters, 1)
        download.write(values)
        return download

    def _run_queue(self):
        """What the job does, with a cursor of its own as the job has."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.env(cr=cr)["portal.download"]._run_queue()
        self.env.invalidate_all()

    def _make(self, **values):
        download = self._ask(**values)
        self._run_queue()
        return download

    # --- asking ---------------------------------------------------------------------------------

    def test_the_same_asked_twice_is_one_file(self):
        self.assertEqual(self._ask(), self._ask())
        self.assertNotEqual(self._ask(), self._ask(filters={"open": "1"}))
        self.assertNotEqual(self._ask(), self._ask(self.colleague))

    def test_two_clicks_at_the_same_moment_are_one_file(self):
        download = self._ask()
        copied = download.read(["kind", "name", "parameters", "parameters_key"])[0]
        vals = {**copied, "user_id": self.user.id}
        vals.pop("id")
        with mute_logger("odoo.sql_db"):
            self.assertFalse(self.env["portal.download"]._create_once(vals))

    def test_a_user_waits_for_five_files_at_most(self):
        for number in range(5):
            self._ask(filters={"order": f"S{number}"})
        with self.assertRaisesRegex(UserError, "5 of your files"):
            self._ask(filters={"order": "S9"})
        self.assertTrue(self._ask(self.colleague))

    def test_the_job_is_woken_at_once(self):
        cron = self.env.ref("customer_portal.ir_cron_run_downloads")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._ask()
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    # --- the job --------------------------------------------------------------------------------

    def test_a_file_is_made_and_announced(self):
        download = self._make()
        self.assertEqual(download.state, "done")
        content = download.attachment_id.raw.decode("utf-8-sig")
        self.assertIn(self.order.name, content)
        self.assertEqual(download.file_size, len(download.attachment_id.raw))
        mail = self.env["mail.mail"].search([("model", "=", "portal.download")])
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("/my/downloads", mail.body_html)
        self.assertIn(self.user.email, mail.email_to)

    def test_the_mail_speaks_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.user.lang = "nl_NL"
        template = self.env.ref("customer_portal.mail_template_download_ready")
        template.with_context(lang="nl_NL").subject = "Uw bestand staat klaar"
        self._make()
        mail = self.env["mail.mail"].search([("model", "=", "portal.download")])
        self.assertEqual(mail.subject, "Uw bestand staat klaar")

    def test_a_file_holds_what_its_user_sees(self):
        download = self._make(user=self.stranger)
        self.assertNotIn(self.order.name, download.attachment_id.raw.decode())

    def test_what_a_stopped_server_left_is_made_anew(self):
        download = self._make(state="running", attempt_count=1)
        self.assertEqual(download.state, "done")

    def test_what_stops_the_server_is_given_up(self):
        download = self._make(state="running", attempt_count=3)
        self.assertEqual(download.state, "failed")
        self.assertIn("Ask for less", download.error)

    def test_a_failure_says_so_and_leaves_the_others(self):
        export = type(self.env["sale.line.export"])
        first, second = self._ask(), self._ask(self.colleague)
        write = export._write_csv
        secret = ValueError("secret detail")

        def fail(model, *args):
            if model.env.user == self.user:
                raise secret
            return write(model, *args)

        with (
            patch.object(export, "_write_csv", fail),
            mute_logger("odoo.addons.customer_portal.models.portal_download"),
        ):
            self._run_queue()
        self.assertEqual((first.state, second.state), ("failed", "done"))
        self.assertNotIn("secret", first.error)

    def test_rights_lost_meanwhile_stop_the_file(self):
        changes = {
            "left": lambda user: user.write({"active": False}),
            "moved": lambda user: user.partner_id.write({"parent_id": self.other_branch.id}),
            "role": lambda user: user.access_entry_ids.write(
                {"role_ids": self.env.ref("partner_access.role_returns").ids}
            ),
        }
        for name, change in changes.items():
            with self.subTest(name):
                user = self._create_portal_user(f"download_{name}", self.branch)
                download = self._ask(user)
                change(user)
                self._run_queue()
                self.assertEqual(download.state, "failed")
                self.assertIn("Your rights have changed", download.error)

    def test_progress_is_committed_but_not_for_each_line(self):
        download = self._ask()
        download.total_count = 1000
        for done in range(0, 1000, 100):
            download._set_progress(done)
        self.assertEqual(len(self.commits), 1)
        with patch("odoo.addons.customer_portal.models.portal_download.PROGRESS_SECONDS", 0):
            download._set_progress(500)
        self.assertEqual(download._get_percent(), 50)
        self.assertEqual(len(self.commits), 2)

    def test_a_large_file_is_not_read_into_memory(self):
        download = self._ask()
        path = os.path.join(self.env["ir.attachment"]._filestore(), "large_test_file")
        with open(path, "wb") as file:
            file.write(b"x" * 3_000_000)
        with patch.object(type(self.env["ir.attachment"]), "_file_write") as write:
            attachment = download._create_attachment(path)
        write.assert_not_called()
        self.assertEqual(attachment.file_size, 3_000_000)
        self.assertEqual(attachment.raw, b"x" * 3_000_000)

    def test_files_are_deleted_after_a_week(self):
        download = self._make()
        kept = download.expires_on - fields.Datetime.now()
        self.assertAlmostEqual(kept, timedelta(days=7), delta=timedelta(minutes=5))
        attachment = download.attachment_id
        self._run_retention(self.env["portal.download"])
        self.assertTrue(download.exists())
        download.expires_on = fields.Datetime.now()
        self._run_retention(self.env["portal.download"])
        self.assertFalse(download.exists() or attachment.exists())

    def test_a_link_to_a_file_that_was_deleted_says_so(self):
        download = self._make()
        download.expires_on = fields.Datetime.now()
        self._run_retention(self.env["portal.download"])
        page = self._get(f"/my/downloads/{download.id}", self.user)
        self.assertEqual(page.status_code, 404)
        self.assertIn("kept for 7 days", " ".join(page.text.split()))

    # --- pages ----------------------------------------------------------------------------------

    def test_the_page_lists_what_was_asked_for(self):
        self._ask(filters={"open": "1"})
        page = self._get("/my/downloads", self.user)
        self.assertEqual(page.status_code, 200)
        for text in ("order-lines.csv", "Open only", "Waiting", "o_portal_downloads_open"):
            self.assertIn(text, page.text)

    def test_an_empty_page_says_what_would_be_here(self):
        page = self._get("/my/downloads", self.user)
        self.assertIn("You have not asked for a file", page.text)
        self.assertNotIn("o_portal_downloads_open", page.text)

    def test_the_page_costs_the_same_for_many_files(self):
        self.authenticate(self.user.login, PASSWORD)
        self._make()
        few = self._count_queries("/my/downloads")
        for number in range(4):
            self._make(filters={"order": f"S{number}"})
        self.assertLessEqual(self._count_queries("/my/downloads"), few + 1)

    def test_pages_write_nothing(self):
        download = self._make()
        self.authenticate(self.user.login, PASSWORD)
        self._get("/my/downloads")
        with self.assertQueriesWriteNothing():
            self._get("/my/downloads")
            self._get(f"/my/downloads/{download.id}")
            self._ask_progress()

    def _ask_progress(self):
        return self.make_jsonrpc_request("/my/downloads/progress", {})

    def test_the_page_can_ask_how_far_a_file_is(self):
        download = self._ask(state="running", done_count=50, total_count=200)
        self.authenticate(self.user.login, PASSWORD)
        expected = {"state": "running", "percent": 25, "progress": "50 of 200"}
        self.assertEqual(self._ask_progress(), {str(download.id): expected})
        self.authenticate(self.colleague.login, PASSWORD)
        self.assertEqual(self._ask_progress(), {})

    def test_the_user_gets_the_file(self):
        download = self._make()
        response = self._get(f"/my/downloads/{download.id}", self.user)
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.content, download.attachment_id.raw)

    def test_nobody_else_gets_the_file(self):
        download = self._make()
        attachment = download.attachment_id
        paths = (
            f"/my/downloads/{download.id}",
            f"/web/content/{attachment.id}",
            f"/web/content/portal.download/{download.id}/attachment_id",
        )
        staff = self._create_staff("download_staff", "base.group_user,base.group_system")
        for user in (self.colleague, self.stranger, staff):
            for path in paths:
                with self.subTest(user.login, path=path):
                    self.assertEqual(self._get(path, user).status_code, 404)
        self.authenticate(None, None)
        for path in paths:
            self.assertIn(self._get(path).status_code, (303, 404))

    def test_the_user_reads_no_row_and_no_attachment_besides_the_page(self):
        download = self._make()
        for user in (self.user, self.colleague, self.stranger):
            for record in (download, download.attachment_id):
                with self.subTest(user.login, record=record), self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
            attachments = self.env["ir.attachment"].with_user(user)
            self.assertFalse(attachments.search([("id", "=", download.attachment_id.id)]))

    def test_who_lost_the_rights_loses_the_file(self):
        download = self._make()
        self.user.partner_id.parent_id = self.other_branch
        response = self._get(f"/my/downloads/{download.id}", self.user)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("order-lines", self._get("/my/downloads").text)

    def test_a_file_that_is_not_there_is_not_found(self):
        download = self._ask()
        self.authenticate(self.user.login, PASSWORD)
        for number in (download.id, 0, -1, 2**31, 10**30, "x", "²"):
            with self.subTest(number):
                self.assertEqual(self._get(f"/my/downloads/{number}").status_code, 404)
                self.assertEqual(self._retry(number), 404)

    def _retry(self, number):
        data = {"csrf_token": http.Request.csrf_token(self)}
        path = f"/my/downloads/{number}/retry"
        return self.url_open(path, data=data, allow_redirects=False).status_code

    def test_a_failed_file_can_be_tried_again(self):
        download = self._ask(state="failed", error="No luck.")
        self.assertIn("No luck.", self._get("/my/downloads", self.user).text)
        self.assertEqual(self._retry(download.id), 303)
        self.assertFalse(download.exists())
        self._run_queue()
        again = self.env["portal.download"].search([("user_id", "=", self.user.id)])
        self.assertEqual(again.state, "done")

    def test_trying_again_has_the_same_limit(self):
        download = self._ask(state="failed", error="No luck.")
        for number in range(5):
            self._ask(filters={"order": f"S{number}"})
        self.authenticate(self.user.login, PASSWORD)
        self.assertEqual(self._retry(download.id), 200)
        self.assertEqual(download.state, "failed")
