from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

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
