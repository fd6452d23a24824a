from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestResConfigSettings(TransactionCase):
    def test_the_life_of_a_link_and_the_support_contact_are_settings(self):
        values = {"portal_link_hours": 2, "portal_support_phone": "+31 10 000 00 00"}
        self.env["res.config.settings"].create(values).execute()
        self.assertEqual(self.env["res.users"]._get_link_hours(), 2)
        self.assertEqual(self.env.company.portal_support_phone, "+31 10 000 00 00")
