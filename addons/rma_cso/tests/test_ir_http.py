from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestIrHttp(TransactionCase):
    def test_texts_of_the_browser_are_translated_on_the_pages_of_the_portal(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"]._load_module_terms(["rma_cso"], ["nl_NL"])
        text = "Saved a moment ago. You can go on later, also on another device."
        names = self.env["ir.http"]._get_translation_frontend_modules_name()
        modules, _params = self.env["ir.http"]._get_translations_for_webclient(names, "nl_NL")
        messages = {row["id"]: row["string"] for row in modules["rma_cso"]["messages"]}
        self.assertTrue(messages[text].startswith("Zojuist opgeslagen"))
