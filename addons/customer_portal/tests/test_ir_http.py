from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestIrHttp(TransactionCase):
    def test_texts_of_the_browser_are_translated_on_the_pages_of_the_portal(self):
        names = self.env["ir.http"]._get_translation_frontend_modules_name()
        self.assertLessEqual({"web", "partner_access", "customer_portal"}, set(names))
