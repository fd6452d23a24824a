from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..hooks import SETTINGS, post_init_hook, pre_init_hook, uninstall_hook
from .common import AccessCommon


@tagged("post_install", "-at_install")
class TestHooks(AccessCommon, TransactionCase):
    def _rename(self, user, login):
        """Give a user a sign-in name as a database without this add-on may hold it."""
        self.env.flush_all()
        self.cr.execute("UPDATE res_users SET login = %s WHERE id = %s", [login, user.id])
        self.env.invalidate_all()

    def test_two_names_that_differ_in_case_only_stop_the_installation_by_name(self):
        user = self._create_portal_user(login="een@velthuis.example")
        other = self._create_portal_user(login="twee@velthuis.example")
        pre_init_hook(self.env)
        self.cr.execute("DROP INDEX res_users_login_unique")
        self._rename(other, "EEN@velthuis.example ")
        with self.assertRaises(UserError) as refused:
            pre_init_hook(self.env)
        self.assertIn(f"{user.login} / EEN@velthuis.example", str(refused.exception))

    def test_installing_tidies_sign_in_names_and_registers_portal_users(self):
        user = self._create_portal_user()
        self.cr.execute("DELETE FROM partner_access_entry WHERE user_id = %s", [user.id])
        self._rename(user, "Inkoop@Velthuis.example")
        post_init_hook(self.env)
        self.assertEqual(user.login, "inkoop@velthuis.example")
        self.assertEqual(user.access_entry_ids.source, "staff")

    def test_installing_closes_free_sign_up_and_uninstalling_does_not_open_it(self):
        params = self.env["ir.config_parameter"]
        params.set_param("auth_signup.invitation_scope", "b2c")
        post_init_hook(self.env)
        for key, value in SETTINGS.items():
            self.assertEqual(params.get_param(key), value)
        uninstall_hook(self.env)
        self.assertEqual(params.get_param("auth_signup.invitation_scope"), "b2b")
        self.assertFalse(params.get_param("auth_signup.reset_password.validity.hours"))
