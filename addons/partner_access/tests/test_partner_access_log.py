from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessLog(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.access_administrator = self._create_staff(
            "bram@noorder.example", "partner_access.group_access_administrator"
        )

    def test_a_row_tells_who_did_what_to_whom(self):
        entry = self._create_entry()
        user = entry._ensure_user()
        log = self.env["partner.access.log"].with_user(self.access_administrator)
        log._log("access_changed", user=user, text="Roles: orders")
        row = log.search([], limit=1)
        self.assertEqual(row.actor_id, self.access_administrator)
        self.assertEqual(row.user_id, user)
        self.assertEqual(row.partner_id, entry.partner_id)

    def test_a_row_of_a_failed_request_stays(self):
        with self.enter_registry_test_mode():  # the other transaction is read by this one
            self.env["partner.access.log"]._log_apart("failure", login="nobody@velthuis.example")
        row = self.env["partner.access.log"].search([], limit=1)
        self.assertEqual((row.kind, row.login), ("failure", "nobody@velthuis.example"))

    def test_details_are_read_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        log = self.env["partner.access.log"]
        log._log("view_ended", change={"end": ["by_hand"]})
        row = log.search([], limit=1)
        self.assertEqual(row.details, "Ended by hand.")
        self.assertEqual(row.with_context(lang="nl_NL").details, "Met de hand beëindigd.")

    def test_nobody_changes_the_log(self):
        log = self.env["partner.access.log"]
        log._log("feed", text="500 changes")
        with self.assertRaises(UserError):
            log.search([], limit=1).write({"text": "none"})
        with self.assertRaises(AccessError):
            log.with_user(self.access_administrator).create({"kind": "feed"})

    def test_only_access_administrators_read_the_log(self):
        with self.assertRaises(AccessError):
            self.env["partner.access.log"].with_user(self._create_staff()).search([])

    def test_rows_of_another_of_our_companies_are_its_own(self):
        zuid = self.env["res.company"].create({"name": "Zuiderlicht"})
        user = self._create_portal_user()
        log = self.env["partner.access.log"]
        log.with_user(user)._log("sign_in", user=user)
        ours = log.search([], limit=1)
        self.assertEqual(ours.company_id, user.company_id)
        other = self._create_staff(
            "zuid@noorder.example",
            "partner_access.group_access_administrator",
            company_id=zuid.id,
            company_ids=[Command.set(zuid.ids)],
        )
        log._log("failure", login="nobody@velthuis.example")
        nobody = log.search([], limit=1)
        seen = log.with_user(other).search([])
        self.assertIn(nobody, seen)
        self.assertNotIn(ours, seen)

    def test_it_is_found_by_kind_time_person_and_network(self):
        self.env["partner.access.log"]._log("sign_in", user=self._create_portal_user())
        view = self.env.ref("partner_access.partner_access_log_view_search")
        log = self.env["partner.access.log"].with_user(self.access_administrator)
        for one in etree.fromstring(view.arch).iter("filter"):
            with self.subTest(one.get("name")):
                if one.get("domain"):
                    domain = safe_eval(one.get("domain"))
                    self.assertIsInstance(log.search_count(domain), int)
                elif one.get("context"):
                    group = safe_eval(one.get("context"))["group_by"]
                    self.assertTrue(log.formatted_read_group([], [group], ["__count"]))
