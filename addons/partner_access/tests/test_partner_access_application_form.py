from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .application_common import ANSWERS, KINDS, PDF, ApplicationCommon
from .file_common import make_attacks


@tagged("post_install", "-at_install")
class TestPartnerAccessApplicationForm(ApplicationCommon, TransactionCase):
    def test_what_is_typed_is_kept_complete_or_not(self):
        application = self._create_application(documents=(), vat=False)
        country = self.env.ref("base.de")
        application._save_answers({"vat": "NL1", "city": "  Köln\x00 ", "country_id": country.id})
        self.assertEqual(application.vat, "NL1")
        self.assertEqual(application.city, "Köln")
        self.assertEqual(application.country_id, country)

    def test_what_nobody_asked_for_is_ignored(self):
        application = self._create_application(documents=())
        company = self._create_company()
        application._save_answers(
            {
                "state": "accepted",
                "email": "ander@x.example",
                "partner_id": company.id,
                "country_id": "99999999",
                "user_id": 1,
                "city": ["Delft"],
            }
        )
        self.assertEqual(application.state, "draft")
        self.assertEqual(application.email, "tess@testman.example")
        self.assertFalse(application.partner_id or application.country_id or application.user_id)
        application._save_answers({"city": "x" * 9000, "contact_name": "Tess\r\nBcc: a@b.example"})
        self.assertEqual(len(application.city), 200)
        self.assertEqual(application.contact_name, "Tess Bcc: a@b.example")

    def test_all_that_is_missing_is_named_at_once(self):
        application = self._create_application(documents=KINDS[:1], vat="NL1", city=False)
        errors = self._submit(application, signed_name="", accepted_id="")
        self.assertEqual(
            list(errors),
            ["city", "vat", *(f"document_{kind}" for kind in KINDS[1:]), "accepted", "signed_name"],
        )
        self.assertEqual(application.state, "draft")

    def test_a_complete_application_is_sent_signed(self):
        application = self._create_application()
        errors = self._submit(
            application, signature=self._make_signature(), network_address="192.0.2.7"
        )
        self.assertEqual(errors, {})
        self.assertEqual(application.state, "submitted")
        self.assertTrue(application.number.startswith("APP"))
        self.assertEqual(application.signed_name, "Tess Testman")
        self.assertEqual(application.signed_address, "192.0.2.7")
        self.assertIn("resellers", application.signed_text)
        self.assertTrue(application.signature)

    def test_conditions_that_changed_meanwhile_are_shown_again(self):
        application = self._create_application()
        old = application._get_conditions()
        self._create_conditions(version="2")
        self.assertIn("accepted", self._submit(application, accepted_id=str(old.id)))
        self.assertEqual(self._submit(application), {})

    def test_what_is_no_picture_is_no_signature(self):
        application = self._create_application()
        start = "data:image/png;base64,"
        for text in (
            "x",
            start,
            start + "AAAA",
            start + "ä",
            "data:text/html;base64,PGI+",
            "0" * 9,
        ):
            with self.subTest(text):
                self.assertIn("signature", self._submit(application, signature=text))

    def test_what_was_sent_cannot_be_changed(self):
        application = self._create_submitted()
        application._save_answers({"city": "Elders"})
        self.assertEqual(application.city, ANSWERS["city"])
        for act in (
            lambda: application._add_document("a.pdf", PDF, "other"),
            lambda: application._remove_document(application.document_ids[0].id),
            lambda: self._submit(application),
            lambda: application._set_email("ander@testman.example"),
        ):
            with self.assertRaises(UserError):
                act()

    def test_documents_are_checked_as_elsewhere(self):
        application = self._create_application(documents=())
        for name, (content, reason) in make_attacks().items():
            with self.subTest(name), self.assertRaisesRegex(UserError, reason):
                application._add_document(name, content, "letterhead")
        self.assertFalse(application.document_ids)

    def test_a_document_has_at_most_three_files(self):
        application = self._create_application()
        for _number in range(2):
            application._add_document("more.pdf", PDF, "letterhead")
        with self.assertRaisesRegex(UserError, "at most 3"):
            application._add_document("more.pdf", PDF, "letterhead")
        self.assertEqual(
            application._add_document("x.pdf", PDF, "zz").portal_document_kind, "other"
        )

    def test_all_documents_together_have_a_limit(self):
        application = self._create_application()
        room = "odoo.addons.partner_access.models.partner_access_application_form.TOTAL_LIMIT"
        with patch(room, 4 * len(PDF)):
            application._add_document("four.pdf", PDF, "other")
            with self.assertRaisesRegex(UserError, "60 MB"):
                application._add_document("five.pdf", PDF, "other")

    def test_the_text_is_kept_in_the_language_in_which_it_was_read(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        application = self._create_application()
        conditions = application._get_conditions()
        terms = {"nl_NL": {"We sell to resellers only.": "Wij verkopen aan handelaren."}}
        conditions.update_field_translations("text", terms)
        self._submit(application.with_context(lang="nl_NL"))
        self.assertIn("handelaren", application.signed_text)

    def test_nothing_is_sent_once_the_page_is_closed(self):
        application = self._create_application()
        application._get_conditions().active = False
        errors = self._submit(application, accepted_id="False")
        self.assertIn("no applications", errors["accepted"])

    def test_only_own_documents_that_nobody_saw_yet_are_removed(self):
        first = self._create_submitted()
        other = self._create_application(email="ander@testman.example")
        first.state = "asked"
        for document in (other.document_ids[0], first.document_ids[0]):
            first._remove_document(document.id)
            self.assertTrue(document.exists())
        other._remove_document(other.document_ids[0].id)
        self.assertEqual(len(other.document_ids), 2)

    def test_a_mistyped_address_is_mended_and_older_links_end(self):
        application = self._create_application(documents=())
        links = self.env["partner.access.application.link"]
        old = links._open(application)
        token = application._set_email(" Tess@Testman.NL ")
        self.assertEqual(application.email, "tess@testman.nl")
        self.assertFalse(links._find_application(old))
        self.assertEqual(links._find_application(token), application)
        with self.assertRaises(UserError):
            application._set_email("tess")

    def test_a_question_is_answered_with_a_new_document_and_signed_again(self):
        application = self._create_submitted()
        application.with_user(self._create_clerk())._ask("Your extract is old.\nA new one?")
        self.assertIn("answer", self._submit(application))
        application._save_answers({"answer": "Here <b>it</b> is"})
        application._add_document("new.pdf", PDF, "register_extract")
        self.assertEqual(self._submit(application), {})
        self.assertEqual(application.state, "submitted")
        texts = [str(message.body) for message in application._get_messages()]
        self.assertIn("A new one?", texts[0])
        self.assertIn("Here &lt;b&gt;it&lt;/b&gt; is", texts[1])
        self.assertFalse(application._get_messages()[1].author_id)
