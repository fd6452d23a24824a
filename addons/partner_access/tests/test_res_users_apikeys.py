from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..models.partner_access_attempt import PAUSES
from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestResUsersApikeys(AccessCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()  # attempts are counted in transactions of their own
        self.patch(
            type(self.env["partner.access.attempt"]), "_get_network", lambda model: "192.0.2.1"
        )
        self.user = self._create_portal_user()
        self.keys = self.env["res.users.apikeys"]
        day = fields.Datetime.now() + timedelta(days=1)
        self.key = self.keys.with_user(self.user).sudo()._generate("rpc", "ERP", day)

    def _get_failures(self):
        self.env.flush_all()
        return self.env["partner.access.log"].search([("kind", "=", "failure")])

    def test_a_key_lets_in_whom_the_register_lets_in(self):
        self.assertEqual(self.keys._check_credentials(scope="rpc", key=self.key), self.user.id)
        self.assertFalse(self._get_failures())
        self.user.access_entry_ids.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self.keys._check_credentials(scope="rpc", key=self.key))

    def test_wrong_keys_are_logged_without_the_key_and_no_more_than_waiting_allows(self):
        for _number in range(len(PAUSES)):
            self.assertFalse(self.keys._check_credentials(scope="rpc", key="wrong key"))
        failures = self._get_failures()
        self.assertEqual(len(failures), PAUSES.index(30) + 1)
        self.assertEqual(set(failures.mapped("text")), {"API key"})
        self.assertFalse(any(failures.mapped("login")))
        self.assertEqual(self.keys._check_credentials(scope="rpc", key=self.key), self.user.id)
