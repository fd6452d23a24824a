from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_access.models.partner_access_log_change import NOTHING

from .common import TeamCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessEntryTrail(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()

    def _get_rows(self, act):
        """Rows of the log that were written meanwhile, as pairs of kind and text."""
        log = self.env["partner.access.log"]
        before = log.search([])
        act()
        rows = log.search([]) - before
        return [(row.kind, row.text) for row in rows]

    def test_the_log_tells_what_changed(self):
        entry = self.person.access_entry_ids
        returns = self.env.ref("partner_access.role_returns")
        cases = [
            ({"role_ids": [Command.set(returns.ids)]}, "access_changed", "→ Returns"),
            ({"scope": "own"}, "access_changed", f"{NOTHING} → Only their own"),
            ({"partner_id": self.delft.id}, "access_changed", "Velthuis Gouda → Velthuis Delft"),
            ({"valid_until": "2099-12-31"}, "access_changed", f"{NOTHING} → 12/31/2099"),
            ({"active": False}, "access_taken", False),
            ({"active": True}, "access_given", "Returns"),
        ]
        for vals, kind, text in cases:
            with self.subTest(vals=vals):
                rows = self._get_rows(lambda vals=vals: entry.write(vals))
                self.assertEqual([row[0] for row in rows], [kind])
                self.assertIn(text or "", rows[0][1] or "")

    def test_everybody_reads_a_change_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        returns = self.env.ref("partner_access.role_returns")
        returns.with_context(lang="nl_NL").name = "Retouren"
        self.person.access_entry_ids.role_ids = returns
        row = self.env["partner.access.log"].search([("kind", "=", "access_changed")], limit=1)
        self.assertIn("Returns", row._get_texts()[row])
        row = row.with_context(lang="nl_NL")
        self.assertIn("→ Retouren", row._get_texts()[row])

    def test_an_entry_that_is_deleted_is_access_taken(self):
        entry = self._create_entry(email="weg@velthuis.example")
        self.assertEqual(self._get_rows(entry.unlink), [("access_taken", False)])

    def test_neither_of_two_customers_reads_of_the_other(self):
        other = self.stranger.commercial_partner_id
        rows = self._get_rows(lambda: self.person.access_entry_ids.write({"partner_id": other.id}))
        self.assertEqual(sorted(kind for kind, _text in rows), ["access_given", "access_taken"])
        log = self.env["partner.access.log"].search([("user_id", "=", self.person.id)], limit=2)
        self.assertEqual(log.partner_id, self.gouda | other)
        self.assertNotIn("Velthuis", str(log.mapped("text")))

    def test_what_stays_the_same_is_no_row(self):
        entry = self.person.access_entry_ids
        self.assertFalse(self._get_rows(lambda: entry.write({"scope": False, "active": True})))

    def test_a_new_entry_is_access_given_and_says_to_whom_and_by_whom(self):
        register = self.env["partner.access.entry"].with_user(self.gouda_admin).sudo()
        entry = register.create({"email": "nieuw@velthuis.example", "partner_id": self.gouda.id})
        row = self.env["partner.access.log"].search([("login", "=", entry.email)])
        self.assertEqual(row.kind, "access_given")
        self.assertEqual((row.partner_id, row.actor_id), (self.gouda, self.gouda_admin))

    def test_whatever_changes_what_somebody_sees_is_told_to_all_workers(self):
        entry, contact = self.person.access_entry_ids, self.person.partner_id
        changes = [
            (entry, {"role_ids": [Command.clear()]}),
            (entry, {"scope": "own"}),
            (entry, {"valid_until": "2020-01-01"}),
            (entry, {"partner_id": self.delft.id}),
            (contact, {"parent_id": self.head.id}),
            (self.head, {"portal_scope": "company"}),
            (self.gouda, {"parent_id": False}),
            (self.person, {"active": False}),
        ]
        for record, vals in changes:
            with self.subTest(model=record._name, vals=vals):
                registry = type(self.env.registry)
                with patch.object(registry, "clear_cache", autospec=True) as clear_cache:
                    record.write(vals)
                self.assertTrue(clear_cache.called)

    def test_who_took_access_away_is_kept_until_it_is_given_back(self):
        entry = self.person.access_entry_ids
        for source in ("feed", "staff", "customer"):
            entry.with_context(partner_access_source=source).active = False
            self.assertEqual(entry.ended_by, source)
            entry.active = True
            self.assertFalse(entry.ended_by)
        self.person.active = False
        self.assertEqual(entry.ended_by, "staff")

    def test_queries_do_not_grow_with_entries(self):
        register = self.env["partner.access.entry"]
        roles = [Command.link(self.env.ref("partner_access.role_orders").id)]
        values = {"partner_id": self.gouda.id, "role_ids": roles}

        def count(number):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            emails = [f"{number}.{one}@velthuis.example" for one in range(number)]
            entries = register.create([{**values, "email": email} for email in emails])
            entries.valid_until = "2099-12-31"
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(8))
