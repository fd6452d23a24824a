from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged

from .test_portal_request import SELLER, RequestCase


@tagged("post_install", "-at_install")
class TestPortalRequestAnswer(RequestCase, TransactionCase):
    def _open(self, decision, request, user=None):
        dialogs = self.env["portal.request.answer"].with_user(user or self.manager)
        context = {"default_decision": decision, "default_request_id": request.id}
        return Form(dialogs.with_context(**context))

    def test_the_dialog_accepts_and_refuses(self):
        for decision, state in {"accept": "accepted", "refuse": "refused"}.items():
            with self.subTest(decision):
                request = self._submit()
                dialog = self._open(decision, request)
                dialog.text = "As agreed"
                dialog.save().action_answer()
                self.assertEqual(request.sudo().state, state)
                self.assertEqual(request.sudo().answer, "As agreed")

    def test_warnings_are_shown_before_it_is_accepted(self):
        self.warnings = ["Call back on a number you know.", "Already packed."]
        request = self._submit()
        dialog = self._open("accept", request)
        self.assertEqual(dialog.warning_text, "\n".join(self.warnings))
        self.assertFalse(self._open("refuse", request).warning_text)
        dialog.save().action_answer()
        self.assertEqual(request.sudo().state, "accepted")

    def test_what_changed_since_the_dialog_was_opened_is_shown_first(self):
        request = self._submit()
        dialog = self._open("accept", request).save()
        self.warnings = ["Shipped meanwhile."]
        with self.assertRaisesRegex(UserError, "Shipped meanwhile"):
            dialog.action_answer()
        self.assertEqual((request.sudo().state, self.done), ("open", []))

    def test_of_two_clerks_the_second_reads_what_the_first_did(self):
        request = self._submit()
        first, second = self._open("accept", request).save(), self._open("accept", request).save()
        first.action_answer()
        with self.assertRaisesRegex(UserError, request.sudo().name):
            second.action_answer()
        self.assertEqual(self.done, ["accepted"])

    def test_nobody_answers_what_he_may_not_see(self):
        other = self._create_staff("request_other", SELLER)
        request = self._submit()
        with self.assertRaises(AccessError):
            self._open("accept", request, other)
        values = {"request_id": request.id, "decision": "accept"}
        dialog = self.env["portal.request.answer"].with_user(other).create(values)
        with self.assertRaises(AccessError):
            dialog.action_answer()
