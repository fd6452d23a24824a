from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoTextDialog(RmaCommon):
    def test_a_standard_text_is_filled_in_and_may_be_changed(self):
        position = self._create_case(self._create_delivered_line())
        standard = self.env["cso.standard.text"].create(
            {"name": "Seal", "kind": "refuse", "text": "The seal is broken."}
        )
        action = position.action_refuse()
        with Form(self.env["cso.refuse"].with_context(**action["context"])) as form:
            form.standard_text_id = standard
            self.assertEqual(form.text, "The seal is broken.")
            form.text += " Look at the photo."
        self.assertEqual(form.record.text, "The seal is broken. Look at the photo.")

    def test_the_text_comes_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        contact = self._create_portal_user("femke", self.branch).partner_id
        contact.lang = "nl_NL"
        position = self._create_case(self._create_delivered_line())
        position.rma_id.contact_id = contact
        standard = self.env["cso.standard.text"].create(
            {"name": "Seal", "kind": "refuse", "text": "The seal is broken."}
        )
        standard.with_context(lang="nl_NL").text = "Het zegel is verbroken."
        action = position.action_refuse()
        with Form(self.env["cso.refuse"].with_context(**action["context"])) as form:
            form.standard_text_id = standard
            self.assertEqual(form.text, "Het zegel is verbroken.")

    def test_several_customers_each_read_a_standard_text_in_their_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        positions = self.env["cso.rma.line"]
        for name, lang in (("femke", "nl_NL"), ("tom", "en_US")):
            contact = self._create_portal_user(name, self.branch).partner_id
            contact.lang = lang
            position = self._create_case(self._create_delivered_line())
            position.rma_id.contact_id = contact
            positions |= position
        standard = self.env["cso.standard.text"].create(
            {"name": "Seal", "kind": "refuse", "text": "The seal is broken."}
        )
        standard.with_context(lang="nl_NL").text = "Het zegel is verbroken."
        context = positions.action_refuse()["context"]
        dialog = (
            self.env["cso.refuse"].with_context(**context).create({"standard_text_id": standard.id})
        )
        dialog.action_refuse()
        self.assertEqual(
            positions.mapped("refusal_text"), ["Het zegel is verbroken.", "The seal is broken."]
        )
