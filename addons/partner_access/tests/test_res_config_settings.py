from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import AccessCommon

CLIENT_ID = "99999999-2222-3333-4444-555555555555"


@tagged("post_install", "-at_install")
class TestMicrosoftSettings(AccessCommon, TransactionCase):
    def _save(self, **values):
        values = {f"portal_microsoft_{name}": value for name, value in values.items()}
        settings = self.env["res.config.settings"].create(values)
        settings.execute()
        return settings

    def test_a_secret_is_kept_but_read_by_nobody(self):
        saved = self._save(enabled=True, client_id=CLIENT_ID, secret=" s3cret ")
        self.assertEqual(self.env["partner.access.secret"]._get_secret("microsoft"), "s3cret")
        self.env.invalidate_all()
        self.assertFalse(saved.portal_microsoft_secret)
        self.assertTrue(saved.is_portal_microsoft_secret_set)
        administrator = self.env.ref("base.user_admin")
        secrets = self.env["partner.access.secret"].with_user(administrator)
        for read in (
            lambda: secrets.search_read([], ["value"]),
            lambda: secrets.search([("value", "like", "s")]),
            lambda: secrets.create({"key": "x", "value": "y"}),
        ):
            with self.assertRaises(AccessError):
                read()
        params = self.env["ir.config_parameter"].search([("key", "like", "microsoft")])
        self.assertNotIn("s3cret", params.mapped("value"))

    def test_saving_without_typing_a_secret_keeps_the_one_there_is(self):
        self._save(enabled=True, client_id=CLIENT_ID, secret="s3cret")
        self._save(enabled=True, client_id=CLIENT_ID, secret=False)
        self.assertEqual(self.env["partner.access.secret"]._get_secret("microsoft"), "s3cret")

    def test_what_cannot_work_is_refused(self):
        good = {"enabled": True, "client_id": CLIENT_ID, "secret": "s3cret"}
        for name, value in (
            ("client_id", False),
            ("secret", False),
            ("authority", "http://login.example"),
            ("authority", "login.example"),
            ("staff_tenants", "noorder.example"),
        ):
            with self.subTest((name, value)), self.assertRaises(UserError):
                self._save(**{**good, name: value})

    def test_the_redirect_uri_is_that_of_the_route(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(
            settings.portal_microsoft_redirect_uri,
            settings.get_base_url() + "/web/login/microsoft/callback",
        )

    def test_only_who_changes_settings_changes_these(self):
        user = self._create_staff(groups="partner_access.group_access_administrator")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(user).create({"portal_microsoft_secret": "x"})


@tagged("post_install", "-at_install")
class TestResConfigSettings(TransactionCase):
    def test_the_life_of_a_link_and_the_support_contact_are_settings(self):
        values = {"portal_link_hours": 2, "portal_support_phone": "+31 10 000 00 00"}
        self.env["res.config.settings"].create(values).execute()
        self.assertEqual(self.env["res.users"]._get_link_hours(), 2)
        self.assertEqual(self.env.company.portal_support_phone, "+31 10 000 00 00")
