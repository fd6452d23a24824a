from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .test_portal_request import RequestCase


@tagged("post_install", "-at_install")
class TestPortalRequestNotification(RequestCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_roles(cls, cls.user, "administrator")
        cls.colleague = cls._create_portal_user("request_colleague", cls.branch)
        cls.colleague.partner_id.email = "colleague@kade.example"
        cls._give_roles(cls, cls.colleague, "orders")

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: float("inf"))

    def _run(self):
        """The job; the mails it made."""
        before = self.env["mail.mail"].search([])
        self.env["portal.request.notification"]._cron_send()
        return self.env["mail.mail"].search([]) - before

    def test_who_asks_is_told_that_it_arrived_and_how_it_was_answered(self):
        request = self._submit(note="Please hurry")
        mail = self._run()
        self.assertEqual(mail.email_to, "buyer@kade.example")
        for text in (request.sudo().name, "has arrived", "Kade IT BV", "Please hurry"):
            with self.subTest(text):
                self.assertIn(text, mail.body_html)
        self._as_manager(request)._refuse("We need the extract of the register")
        mail = self._run()
        self.assertIn("Not accepted", mail.subject)
        self.assertIn("We need the extract of the register", mail.body_html)
        self.assertIn(f"/my/requests/{request.id}", mail.body_html)
        self.assertFalse(self._run())

    def test_nobody_is_told_what_he_did_himself(self):
        request = self._submit()
        request.with_user(self.user).sudo()._withdraw()
        self.assertFalse(self._run())

    def test_company_data_are_told_to_every_administrator_whatever_they_chose(self):
        self._give_roles(self.colleague, "administrator")
        (self.user | self.colleague).portal_mail_request = False
        self._submit("company")
        mails = self._run()
        told = {"buyer@kade.example", "colleague@kade.example"}
        self.assertEqual(set(mails.mapped("email_to")), told)
        other = mails.filtered(lambda mail: mail.email_to == "colleague@kade.example")
        self.assertIn("If that is not right, tell us at once", other.body_html)

    def test_a_switch_ends_the_mails_about_orders(self):
        request = self._submit("change")
        self.assertEqual(len(self._run()), 1)
        self.user.portal_mail_request = False
        self._as_manager(request)._accept()
        self.assertFalse(self._run())

    def test_who_left_is_replaced_by_colleagues_who_see_the_request(self):
        request = self._submit("change")
        self._run()
        self.user.active = False
        self._as_manager(request)._accept()
        self.assertEqual(self._run().mapped("email_to"), ["colleague@kade.example"])

    def test_a_mail_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.user.lang = "nl_NL"
        notifications = self.env["portal.request.notification"]
        self._submit()
        notification = notifications.search([], order="id desc", limit=1)
        template = self.env.ref("customer_portal.mail_template_request_received")
        self.assertEqual(template._render_lang(notification.ids)[notification.id], "nl_NL")

    def test_a_failure_is_noted_for_the_account_manager(self):
        refusal = UserError("no such template")

        def fail(notification):
            raise refusal

        self.patch(type(self.env["portal.request.notification"]), "_prepare_mail", fail)
        request = self._submit().sudo()
        self.assertFalse(self._run())
        self.assertIn("The customer got no mail", request.message_ids[:1].body)

    def test_imported_data_mail_nobody(self):
        requests = self.env["portal.request"].with_user(self.user)
        quiet = requests.with_context(tracking_disable=True)
        quiet._submit("company", self.branch, self.env.company)
        self.assertFalse(self._run())
