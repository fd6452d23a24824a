from datetime import date

from odoo.tests import TransactionCase, tagged

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessFeedPlan(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feed = cls.env["partner.access.feed"].create({"name": "ERP", "brake_percent": 100})
        cls.head = cls._create_company(cls, ref="D1", vat="NL945807302B01")
        cls.branch = cls._create_company(
            cls, name="Velthuis Gouda", ref="D1-2", vat="NL945807302B01", parent_id=cls.head.id
        )
        cls.other = cls._create_company(cls, name="Ander Bedrijf", ref="D2")

    def _import(self, *rows, head="email;company"):
        """Import rows and return what became of each: ``[(fate, reason)]``."""
        content = "".join(f"{row}\n" for row in (head, *rows))
        report = self.feed.import_file(content)
        self.assertEqual(report["state"], "done", report["reason"])
        run = self.env["partner.access.feed.run"].browse(report["run_id"])
        return [(row.fate, row.reason or "") for row in run.row_ids.sorted("id")]

    def _get_entry(self, email):
        entries = self.env["partner.access.entry"].with_context(active_test=False)
        return entries.search([("email", "=", email)])

    def test_a_company_is_found_by_reference_or_vat_number_and_a_branch_below_it(self):
        cases = {
            "D1": self.head,
            " d1 ": self.head,
            "nl 9458.073.02.B01": self.head,
            "D1-2": self.branch,
            "D1;velthuis gouda": self.branch,
            "NL945807302B01;D1-2": self.branch,
            "D2": self.other,
        }
        rows = [
            f"p{number}@velthuis.example;{text if ';' in text else text + ';'}"
            for number, text in enumerate(cases)
        ]
        self._import(*rows, head="email;company;branch")
        for number, (text, expected) in enumerate(cases.items()):
            with self.subTest(text):
                entry = self._get_entry(f"p{number}@velthuis.example")
                self.assertEqual(entry.partner_id, expected)
                self.assertEqual((entry.source, entry.feed_id), ("feed", self.feed))

    def test_a_row_that_cannot_be_used_is_refused_with_the_reason(self):
        self._create_company(name="Nog Een", ref="DUBBEL")
        self._create_company(name="Nog Een B", ref="dubbel")
        self._create_staff(login="staf@noorder.example")
        head = "email;company;branch;roles;valid until"
        for row, words in (
            ("ilse;D1;;;", "no e-mail address"),
            ("a@b.example, c@d.example;D1;;;", "no e-mail address"),
            ("ilse@velthuis.example;D9;;;", "D9"),
            ("ilse@velthuis.example;;;;", "no company"),
            ("ilse@velthuis.example;DUBBEL;;;", "Nog Een"),
            ("ilse@velthuis.example;D2;Gouda;;", "no branch Gouda"),
            ("ilse@velthuis.example;D1;;boss;", "no role boss"),
            ("ilse@velthuis.example;D1;;;soon", "no date"),
            ("Staf@noorder.example;D1;;;", "employee"),
        ):
            with self.subTest(row):
                [(fate, reason)] = self._import(row, head=head)
                self.assertEqual(fate, "refused")
                self.assertIn(words, reason)

    def test_an_address_of_two_companies_is_quarantined_and_keeps_what_it_has(self):
        self._import("ilse@velthuis.example;D1")
        fates = self._import("ilse@velthuis.example;D1", "ILSE@velthuis.example ;D2")
        self.assertEqual([fate for fate, _reason in fates], ["quarantined"] * 2)
        entry = self._get_entry("ilse@velthuis.example")
        self.assertTrue(entry.active)
        self.assertEqual(entry.partner_id, self.head)

    def test_a_repeated_row_counts_once_and_a_contradiction_not_at_all(self):
        for roles, expected in (
            ("prices", ["added", "unchanged"]),
            ("orders", ["quarantined"] * 2),
        ):
            with self.subTest(roles):
                rows = [f"{roles}@velthuis.example;D1;{one}" for one in ("prices", roles)]
                fates = self._import(*rows, head="email;company;roles")
                self.assertEqual([fate for fate, _reason in fates if fate != "removed"], expected)

    def test_an_address_of_another_customer_is_quarantined_whoever_gave_it(self):
        company = self.env["res.company"].create({"name": "Tweede Handelshuis"})
        for values in (
            {"source": "staff"},
            {"source": "customer"},
            {"source": "application", "company_id": company.id},
        ):
            with self.subTest(values):
                email = f"{values['source']}@velthuis.example"
                entry = self._create_entry(email=email, partner_id=self.other.id, **values)
                [(fate, _reason), *_removed] = self._import(f"{email};D1")
                self.assertEqual(fate, "quarantined")
                self.assertEqual((entry.partner_id, entry.source), (self.other, values["source"]))

    def test_entries_of_customers_staff_and_applications_are_not_touched(self):
        for source in ("staff", "customer", "application"):
            entry = self._create_entry(
                email=f"{source}@velthuis.example", partner_id=self.branch.id, source=source
            )
            row = f"{entry.email};D1;Anders;administrator"
            head = "email;company;name;roles"
            with self.subTest(source):
                self.assertEqual(self._import(row, head=head)[0][0], "unchanged")
                self._import("nobody@velthuis.example;D1")  # names it no more
                self.assertTrue(entry.active)
                self.assertEqual((entry.partner_id, entry.name), (self.branch, False))
                self.assertNotIn("administrator", entry.role_ids.mapped("code"))

    def test_what_changed_is_written_and_told(self):
        head = "email;company;name;roles;valid until"
        self._import("ilse@velthuis.example;D1;Ilse Maas;orders, Returns;", head=head)
        entry = self._get_entry("ilse@velthuis.example")
        self.assertEqual(set(entry.role_ids.mapped("code")), {"orders", "returns"})
        row = "ilse@velthuis.example;D1-2;Ilse Maas;prices;31-12-2026"
        [(fate, reason)] = self._import(row, head=head)
        self.assertEqual(fate, "changed")
        self.assertIn("Velthuis Techniek → Velthuis Gouda", reason)
        self.assertNotIn("Ilse", reason)
        self.assertEqual(entry.partner_id, self.branch)
        self.assertEqual(entry.role_ids.mapped("code"), ["prices"])
        self.assertEqual(entry.valid_until, date(2026, 12, 31))
        self.assertEqual(self._import(row, head=head), [("unchanged", "")])

    def test_a_vat_number_leaves_people_in_their_branch_and_a_reference_does_not(self):
        self._import("ilse@velthuis.example;D1-2")
        entry = self._get_entry("ilse@velthuis.example")
        self.assertEqual(self._import("ilse@velthuis.example;NL945807302B01"), [("unchanged", "")])
        self.assertEqual(entry.partner_id, self.branch)
        self.assertEqual(self._import("ilse@velthuis.example;D1")[0][0], "changed")
        self.assertEqual(entry.partner_id, self.head)

    def test_a_column_that_the_file_has_not_is_left_as_it_is(self):
        head = "email;company;name;roles;valid until"
        self._import("ilse@velthuis.example;D1;Ilse;administrator;31-12-2026", head=head)
        self.assertEqual(self._import("ilse@velthuis.example;D1"), [("unchanged", "")])
        entry = self._get_entry("ilse@velthuis.example")
        self.assertEqual(entry.role_ids.mapped("code"), ["administrator"])
        self.assertEqual((entry.name, entry.valid_until), ("Ilse", date(2026, 12, 31)))

    def test_who_is_missing_loses_access_and_gets_it_back_with_the_old_user(self):
        rows = ["ilse@velthuis.example;D1", "piet@velthuis.example;D1"]
        self._import(*rows)
        entry = self._get_entry("ilse@velthuis.example")
        user = entry._ensure_user()
        token = user._compute_session_token("x" * 84)
        self.assertEqual([fate for fate, _ in self._import(rows[1])], ["unchanged", "removed"])
        self.assertFalse(user.active)
        self.assertNotEqual(user._compute_session_token("x" * 84), token)
        self.assertEqual(self._import(*rows)[0], ("added", "Had access before."))
        self.assertTrue(entry.active and user.active)
        self.assertEqual(len(self._get_entry("ilse@velthuis.example")), 1)

    def test_who_comes_back_from_another_company_gets_the_old_user_back(self):
        self._import("ilse@velthuis.example;D1")
        user = self._get_entry("ilse@velthuis.example")._ensure_user()
        for reference, company in (("D2", self.other), ("D1", self.head)):
            self._import("nobody@velthuis.example;D1")
            self._import(f"ilse@velthuis.example;{reference}")
            with self.subTest(reference):
                entry = self._get_entry("ilse@velthuis.example").filtered("active")
                self.assertEqual((entry.user_id, user.active), (user, True))
                self.assertEqual(user.commercial_partner_id, company)

    def test_an_invitation_that_waits_is_what_the_feed_gives(self):
        waiting = self._create_entry(
            email="ilse@velthuis.example",
            partner_id=self.head.id,
            source="customer",
            active=False,
            is_elsewhere=True,
        )
        self._import("ilse@velthuis.example;D1")
        self.assertEqual((waiting.active, waiting.source), (True, "feed"))
        self.assertFalse(waiting.is_elsewhere)

    def test_what_a_person_took_away_a_feed_does_not_give_back(self):
        self._import("ilse@velthuis.example;D1")
        entry = self._get_entry("ilse@velthuis.example")
        entry.active = False
        [(fate, reason)] = self._import("ilse@velthuis.example;D1")
        self.assertEqual(fate, "unchanged")
        self.assertIn("A person took the access away", reason)
        self.assertFalse(entry.active)
        self.assertEqual(self._import("ilse@velthuis.example;D2"), [("added", "")])

    def test_an_entry_that_staff_takes_over_is_the_feeds_no_more(self):
        self._import("ilse@velthuis.example;D1")
        entry = self._get_entry("ilse@velthuis.example")
        entry.write({"source": "staff", "partner_id": self.branch.id})
        self.assertIn("without this feed", self._import("ilse@velthuis.example;D1")[0][1])
        self._import("nobody@velthuis.example;D1")
        self.assertEqual((entry.active, entry.partner_id), (True, self.branch))

    def test_two_feeds_leave_each_other_alone(self):
        self._import("ilse@velthuis.example;D1")
        second = self.feed.copy({"name": "CRM"})
        report = second.import_file("email;company\nilse@velthuis.example;D1\n")
        self.assertEqual(report["counts"]["unchanged"], 1)
        second.import_file("email;company\npiet@velthuis.example;D1\n")
        self.assertEqual(self._get_entry("ilse@velthuis.example").feed_id, self.feed)
        self.assertTrue(self._get_entry("ilse@velthuis.example").active)

    def test_the_day_of_the_last_file_is_noted(self):
        self._import("ilse@velthuis.example;D1")
        entry = self._get_entry("ilse@velthuis.example")
        entry.seen_on = date(2026, 1, 1)
        self._import("ilse@velthuis.example;D1")
        self.assertEqual(entry.seen_on, date.today())

    def test_queries_do_not_grow_with_the_rows(self):
        counts = []
        for count in (2, 40):
            rows = [f"p{number}@velthuis.example;D1;Naam" for number in range(count)]
            self._import(*rows, head="email;company;name")
            renamed = [row.replace("Naam", "Anders") for row in rows[:1]] + rows[1:]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._import(*renamed, head="email;company;name")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
