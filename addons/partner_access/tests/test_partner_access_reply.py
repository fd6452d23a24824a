from odoo.tests import TransactionCase, tagged

from .application_common import ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessReply(ApplicationCommon, TransactionCase):
    def _send(self, application, action):
        dialogs = self.env["partner.access.reply"].with_user(self.clerk)
        dialog = dialogs.with_context(**action["context"]).create({"text": "Why?"})
        self.assertEqual(dialog.lang, "en_US")
        dialog.action_send()

    def test_the_dialogs_ask_and_refuse(self):
        self.clerk = self._create_clerk()
        application = self._create_submitted().with_user(self.clerk)
        self._send(application, application.action_ask())
        self.assertEqual(application.state, "asked")
        self._send(application, application.action_refuse())
        self.assertEqual((application.state, application.refusal), ("refused", "Why?"))
