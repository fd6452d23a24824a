import json
import re
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..models import partner_access_feed
from ..tools.feed_location import FeedLocationError
from .common import AccessCommon

FILE = b"email;company\nilse@velthuis.example;D1\n"


@tagged("post_install", "-at_install")
class TestPartnerAccessFeed(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_staff(cls, groups="partner_access.group_access_administrator")
        cls._create_company(cls, ref="D1")

    def _create_feed(self, **values):
        values = {"name": "ERP", "user_id": self.clerk.id, **values}
        return self.env["partner.access.feed"].create(values)

    def _create_fetched(self, **values):
        address = "https://erp.example/people.csv?key=1"
        return self._create_feed(location="https", address=address, **values)

    def _get_runs(self, feed):
        return self.env["partner.access.feed.run"].search([("feed_id", "=", feed.id)])

    def _answer(self, answer):
        """Let every address answer with a file, or an error."""
        effect = {"side_effect" if isinstance(answer, Exception) else "return_value": answer}
        return patch.object(partner_access_feed, "read_address", **effect)

    def _run_job(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 9.0)
        self.env["partner.access.feed"]._cron_run()

    def test_a_feed_is_imported_when_it_is_due(self):
        now = fields.Datetime.now()
        feed = self._create_fetched(next_fetch_on=now, interval_hours=24)
        self._create_fetched(name="Later", next_fetch_on=fields.Datetime.add(now, hours=1))
        with self._answer((FILE, datetime(2026, 11, 22, 6))) as read:
            self._run_job()
        read.assert_called_once()
        self.assertEqual(feed.entry_count, 1)
        self.assertEqual(feed.last_made_on, datetime(2026, 11, 22, 6))
        self.assertEqual(feed.last_run_id.file_name, "people.csv")
        self.assertGreater(feed.next_fetch_on, fields.Datetime.add(now, hours=23))

    def test_a_feed_that_fails_tells_the_responsible_and_does_not_stop_the_others(self):
        now = fields.Datetime.now()
        for error, words in (
            (FeedLocationError(code="status", status=404), "404"),
            (FeedLocationError(code="unreachable", error="SSLError"), "SSLError"),
            (KeyError("x"), "unexpected"),
        ):
            broken = self._create_fetched(name="A", next_fetch_on=now)
            folder = self._create_feed(
                name="B", location="folder", file_name="people.csv", next_fetch_on=now
            )
            with (
                self.subTest(words),
                self._answer(error),
                mute_logger(partner_access_feed.__name__),
            ):
                self._run_job()
            run, other = (self._get_runs(feed) for feed in (broken, folder))
            self.assertEqual(run.state, "refused")
            self.assertIn(words, run.reason)
            self.assertEqual(run.activity_ids.user_id, self.clerk)
            self.assertIn("folder", other.reason)

    def test_the_job_makes_what_was_left_to_it(self):
        feed = self._create_feed()
        run = feed._start_run(FILE, "api", dry_run=True)
        run.state = "queued"
        self._run_job()
        self.assertEqual((run.state, feed.entry_count), ("done", 1))

    def test_fetching_by_hand_shows_the_report(self):
        feed = self._create_fetched().with_user(self.clerk)
        for method, state in (("action_preview", "preview"), ("action_fetch", "done")):
            with self.subTest(method), self._answer((FILE, None)):
                action = getattr(feed, method)()
                run = self.env[action["res_model"]].browse(action["res_id"])
                self.assertEqual((run.state, run.origin), (state, "https"))
        with self.assertRaises(UserError):
            self._create_feed().action_fetch()

    def test_the_password_of_an_address_is_for_those_who_look_after_the_server(self):
        feed = self._create_fetched(address_user="odoo", address_password="geheim")
        with self.assertRaises(AccessError):
            feed.with_user(self.clerk).read(["address_password"])
        with self.assertRaises(AccessError):
            feed.with_user(self.clerk).write({"address": "https://elsewhere.example"})

    def test_settings_that_cannot_work_are_refused(self):
        for values in (
            {"location": "https", "address": "http://erp.example/people.csv"},
            {"location": "https"},
            {"location": "folder"},
            {"company_headers": " , "},
            {"name_headers": "E Mail"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create_feed(**values)

    def test_a_content_or_moment_that_means_nothing_is_refused(self):
        feed = self._create_feed()
        for parameters in (
            {"content": 5},
            {"content": "x", "made_on": "yesterday"},
            {"content": "x", "made_on": "0001-01-01T00:00:00+14:00"},
        ):
            with self.subTest(parameters), self.assertRaises(UserError):
                feed.import_file(**parameters)
        for ids in ([], [feed.id, feed.id + 1], ["x"]):
            with self.subTest(ids), self.assertRaises(UserError):
                feed.browse(ids).import_file("x")
        with self.assertRaises(MissingError):
            feed.browse(2**31 - 1).import_file("x")

    def test_what_is_no_text_is_refused_as_a_file(self):
        report = self._create_feed().import_file("email;company\n\ud800@velthuis.example;D1\n")
        self.assertEqual(report["state"], "refused")
        self.assertIn("UTF-8", report["reason"])

    def test_others_neither_read_nor_import(self):
        company = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        feed = self._create_feed(company_id=company.id)
        users = (
            self._create_staff("ander@noorder.example") + self._create_portal_user() + self.clerk
        )
        for user in users:
            with self.subTest(user.login), self.assertRaises(AccessError):
                feed.with_user(user).import_file(FILE.decode())


@tagged("post_install", "-at_install")
class TestPartnerAccessFeedApi(AccessCommon, HttpCase):
    """The page for developers: its examples are run as they stand there."""

    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()

    def setUp(self):
        super().setUp()
        clerk = self._create_staff(groups="partner_access.group_access_administrator")
        self.feed = self.env["partner.access.feed"].create({"name": "ERP", "user_id": clerk.id})
        self._create_company(ref="D4101")
        self._create_company(name="Ander Bedrijf", ref="D4102")
        keys = self.env["res.users.apikeys"].with_user(clerk)
        expires = fields.Datetime.add(fields.Datetime.now(), days=1)
        self.key = keys._generate("rpc", "ERP", expires)

    def _call(self, method, **parameters):
        model, _dot, name = method.rpartition(".")
        return self.url_open(
            f"/json/2/{model}/{name}",
            data=json.dumps(parameters),
            headers={"Authorization": f"bearer {self.key}", "Content-Type": "application/json"},
        )

    def test_the_examples_are_answered_as_the_page_says(self):
        section = self.page.partition("## The feed of addresses")[2]
        calls = re.findall(r"```json\n(.*?)```\s+```json\n(.*?)```", section, re.DOTALL)
        names = re.findall(r"`POST /json/2/([\w.]+)/(\w+)`", section)
        self.assertEqual(len(calls), len(names))
        run_id = None
        for (model, name), (body, told) in zip(names, calls, strict=True):
            parameters = json.loads(body)
            parameters["ids"] = [run_id or self.feed.id]
            found = self._call(f"{model}.{name}", **parameters).json()
            with self.subTest(name):
                told = json.loads(told)
                run_id = told["run_id"] = found["run_id"]
                self.assertEqual(found, told)

    def test_who_does_not_look_after_access_is_told_so(self):
        self.feed.company_id = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        with mute_logger("odoo.http"):
            answer = self._call("partner.access.feed.import_file", ids=self.feed.ids, content="x")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("AccessError", answer.json()["name"])  # the key itself was good
        with mute_logger("odoo.http"):
            answer = self._call("partner.access.feed._start_run", ids=self.feed.ids)
        self.assertEqual(answer.status_code, 403)
