from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..models import partner_access_feed_run
from .common import AccessCommon


def make_file(*names, company="D1", version=None):
    """A file that names people of a company."""
    head = "email;company" + (";version" if version else "")
    end = f";{version}" if version else ""
    rows = [f"{name}@velthuis.example;{company}{end}" for name in names]
    return "\n".join([head, *rows]) + "\n"


@tagged("post_install", "-at_install")
class TestPartnerAccessFeedRun(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_staff(cls, "bram@noorder.example", cls._group)
        cls.feed = cls.env["partner.access.feed"].create({"name": "ERP", "user_id": cls.clerk.id})
        cls.company = cls._create_company(cls, ref="D1")
        cls._create_company(cls, name="Ander Bedrijf", ref="D2")

    _group = "partner_access.group_access_administrator"
    people = ("ilse", "piet", "jan", "an", "bo")

    def _import(self, content, **options):
        report = self.feed.import_file(content, **options)
        return self.env["partner.access.feed.run"].browse(report["run_id"])

    def _count_people(self):
        return self.env["partner.access.entry"].search_count([("feed_id", "=", self.feed.id)])

    def test_the_brake_holds_a_file_until_a_person_imports_it(self):
        self._import(make_file(*self.people))
        run = self._import(make_file(*self.people[:3]))
        self.assertEqual((run.state, run.lost_percent), ("held", 40))
        self.assertEqual(self._count_people(), 5)
        self.assertEqual(run.activity_ids.user_id, self.clerk)
        run.with_user(self.clerk).action_import()
        self.assertEqual((run.state, run.confirmed_by_id), ("done", self.clerk))
        self.assertEqual(self._count_people(), 3)
        self.assertFalse(run.activity_ids)

    def test_the_brake_knows_its_figure(self):
        for percent, state in ((19, "held"), (20, "done"), (0, "held"), (100, "done")):
            self.feed.brake_percent = 100
            self._import(make_file(*self.people))
            self.feed.brake_percent = percent
            with self.subTest(percent):
                self.assertEqual(self._import(make_file(*self.people[:4])).state, state)

    def test_a_file_that_moves_people_to_another_company_is_held_too(self):
        self._import(make_file(*self.people))
        run = self._import(make_file(*self.people, company="D2"))
        self.assertEqual((run.state, run.changed_count, run.lost_count), ("held", 5, 5))

    def test_a_file_whose_days_are_over_is_held_too(self):
        self._import(make_file(*self.people))
        lines = [f"{person}@velthuis.example;D1;2020-01-31" for person in self.people]
        run = self._import("\n".join(["email;company;valid until", *lines, ""]))
        self.assertEqual((run.state, run.changed_count, run.lost_count), ("held", 5, 5))

    def test_a_file_that_cannot_be_trusted_changes_nothing_and_says_why(self):
        self._import(make_file(*self.people), made_on="2026-11-22T06:00:00Z")
        for content, options, words in (
            ("", {}, "no rows"),
            ("email;company\n", {}, "no rows"),
            (make_file("ilse").rstrip(), {}, "cut off"),
            (make_file("ilse") + "x;y;z\n", {}, "Line 3"),
            (make_file("ilse"), {"made_on": "2026-11-21T06:00:00+01:00"}, "older"),
        ):
            with self.subTest(words):
                run = self._import(content, **options)
                self.assertEqual(run.state, "refused")
                self.assertIn(words, run.reason)
                self.assertFalse(run.row_ids)
        self.assertEqual(self._count_people(), 5)

    def test_a_file_with_a_version_is_compared_by_it(self):
        self._import(make_file(*self.people, version=10))
        run = self._import(make_file(*self.people, "eva", version=9))
        self.assertEqual(run.state, "refused")
        self.assertEqual(self._import(make_file(*self.people, "eva", version=10)).state, "done")

    def test_an_older_file_is_not_confirmed_after_a_later_one(self):
        self._import(make_file(*self.people))
        held = self._import(make_file("ilse"))
        second = self._import(make_file("piet"))
        self.assertEqual((held.state, second.state), ("cancelled", "held"))
        self._import(make_file(*self.people, "eva"))
        self.assertEqual(second.state, "cancelled")
        with self.assertRaises(UserError):
            held.action_import()
        self.assertEqual(self._count_people(), 6)

    def test_a_dry_run_changes_nothing_and_tells_every_row(self):
        self._import(make_file(*self.people))
        run = self._import(make_file("ilse", "eva"), dry_run=True)
        self.assertEqual(run.state, "preview")
        self.assertEqual((run.added_count, run.unchanged_count, run.removed_count), (1, 1, 4))
        self.assertEqual(self._count_people(), 5)
        run.with_user(self.clerk).action_discard()
        self.assertEqual(run.state, "cancelled")

    def test_a_preview_is_made_again_when_the_register_changed_since(self):
        run = self._import(make_file(*self.people), dry_run=True)
        self._create_entry(email="ilse@velthuis.example", partner_id=self.company.id)
        run.action_import()
        self.assertTrue(run.is_outdated)
        self.assertEqual((run.state, self._count_people()), ("preview", 0))
        run.action_import()
        self.assertEqual((run.state, self._count_people()), ("done", 4))

    def test_many_changes_are_left_to_the_job(self):
        self.patch(partner_access_feed_run, "AT_ONCE", 3)
        cron = self.env.ref("partner_access.ir_cron_run_feeds")
        run = self._import(make_file(*self.people))
        self.assertEqual((run.state, self._count_people()), ("queued", 0))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        run._import_queued()
        self.assertEqual((run.state, self._count_people()), ("done", 5))

    def test_the_log_tells_of_an_import(self):
        self._import(make_file(*self.people))
        row = self.env["partner.access.log"].search([("kind", "=", "feed")], limit=1)
        self.assertIn("ERP: 5 added", row.text)

    def test_the_report_tells_the_rows_that_were_asked_for(self):
        self._import(make_file(*self.people))
        run = self._import(make_file(*self.people, "eva"), dry_run=True)
        report = run.get_report(fates=["added"])
        self.assertEqual(
            report["rows"],
            [
                {
                    "line": 7,
                    "email": "eva@velthuis.example",
                    "company": "D1",
                    "fate": "added",
                    "reason": None,
                }
            ],
        )
        self.assertEqual(len(run.get_report(["unchanged"], limit=2, offset=4)["rows"]), 1)

    def test_parameters_that_mean_nothing_are_refused(self):
        run = self._import(make_file(*self.people))
        for parameters in (
            {"fates": ["lost"]},
            {"fates": "added"},
            {"limit": 1001},
            {"limit": -1},
            {"limit": "ten"},
            {"offset": True},
        ):
            with self.subTest(parameters), self.assertRaises(UserError):
                run.get_report(**parameters)

    def test_others_neither_see_nor_import(self):
        run = self._import(make_file(*self.people), dry_run=True)
        company = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        away = self._create_staff(
            "ver@noorder.example", self._group, company_id=company.id, company_ids=company.ids
        )
        portal = self._create_portal_user(login="klant@velthuis.example")
        for user in (self._create_staff(), portal, away):
            for method in ("get_report", "action_import", "action_discard"):
                with self.subTest(f"{user.login} {method}"), self.assertRaises(AccessError):
                    getattr(run.with_user(user), method)()
            with self.subTest(f"{user.login} rows"), self.assertRaises(AccessError):
                run.row_ids.with_user(user).read(["email"])

    def test_nobody_writes_a_report(self):
        run = self._import(make_file(*self.people), dry_run=True).with_user(self.clerk)
        for values in ({"state": "queued"}, {"removed_count": 0}):
            with self.subTest(values), self.assertRaises(AccessError):
                run.write(values)
        with self.assertRaises(AccessError):
            run.row_ids.write({"fate": "added"})

    def test_old_files_are_forgotten_with_their_rows(self):
        run = self._import(make_file(*self.people))
        self.assertIn(run._name, self.env["partner.access.retention"]._get_retention_models())
        rows = run.row_ids
        run._forget()
        self.assertFalse(run.exists() or rows.exists())
        self.assertEqual(self._count_people(), 5)
