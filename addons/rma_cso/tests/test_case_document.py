from odoo.tests import tagged

from .portal_common import PortalCase, make_picture


@tagged("post_install", "-at_install")
class TestCaseDocument(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.position = cls._create_case(cls.line, cart=cls._create_cart(user=cls.user))
        cls.case = cls.position.rma_id

    def test_the_label_is_there_while_there_is_something_to_send(self):
        url = f"/my/returns/{self.case.id}/label"
        self.assertEqual(self.get_status(url, self.user), 200)
        self.assertEqual(self.get_status(url, self.colleague), 200)
        self.assertEqual(self.get_status(url, self.stranger), 404)
        self.position._withdraw()
        self.assertEqual(self.get_status(url, self.user), 404)

    def test_documents_of_a_case_are_for_who_sees_it_and_no_other_case(self):
        self._receive(self.position)
        self.position.test_result = "confirmed"
        slip = self.position._send_back("Not accepted")
        slip.move_ids.picked = True
        slip.button_validate()
        other = self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
        for path, user, expected in (
            ("documents", self.colleague, 200),
            ("documents", self.stranger, 404),
            (f"slip/{slip.id}", self.user, 200),
            (f"slip/{slip.id}", self.stranger, 404),
            (f"credit/{slip.id}", self.user, 404),
            (f"invoice/{slip.id}", self.user, 404),
            (f"slip/{99999999999999}", self.user, 404),
            (f"label/{slip.id}", self.user, 404),
        ):
            with self.subTest(path=path, user=user.login):
                url = f"/my/returns/{self.case.id}/{path}"
                self.assertEqual(self.get_status(url, user), expected)
        url = f"/my/returns/{other.rma_id.id}/slip/{slip.id}"
        self.assertEqual(self.get_status(url, self.user), 404)

    def test_files_of_messages_are_for_who_sees_the_case(self):
        message = (
            self.case.with_user(self.user)
            .sudo()
            ._post_customer_message("See this", [("plate.png", make_picture())])
        )
        url = f"/my/returns/{self.case.id}/file/{message.attachment_ids.id}"
        self.assertEqual(self.get_status(url, self.colleague), 200)
        self.assertEqual(self.get_status(url, self.stranger), 404)
        other = self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
        wrong = f"/my/returns/{other.rma_id.id}/file/{message.attachment_ids.id}"
        self.assertEqual(self.get_status(wrong, self.user), 404)

    def test_a_page_that_the_desk_sends_is_downloaded_and_not_shown(self):
        self.case.message_post(
            body="See this",
            attachments=[("page.html", b"<script>alert(1)</script>")],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        number = self.case._get_customer_messages().attachment_ids.id
        response = self.url_open(f"/my/returns/{self.case.id}/file/{number}")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("sandbox", response.headers["Content-Security-Policy"])

    def test_files_of_notes_are_not_found(self):
        note = self.case.message_post(
            body="Inside", attachments=[("a.txt", b"x")], subtype_xmlid="mail.mt_note"
        )
        url = f"/my/returns/{self.case.id}/file/{note.attachment_ids.id}"
        self.assertEqual(self.get_status(url, self.user), 404)
