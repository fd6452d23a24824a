from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoNotification(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)

    def _create_own_case(self, code="doa", **values):
        """A position of a case that the portal user submitted; nothing is left to be mailed."""
        cart = self._create_cart(user=self.user, contact_id=self.user.partner_id.id)
        position = self._create_case(self._create_delivered_line(), code, cart=cart, **values)
        self._send()
        return position

    def _send(self):
        """Run the job; return the mails that it made, oldest first."""
        known = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("rma_cso.ir_cron_cso_notification").method_direct_trigger()
        return (self.env["mail.mail"].search([]) - known).sorted("id")

    def test_a_case_is_confirmed_once_with_its_form(self):
        cart = self._create_cart(user=self.user, contact_id=self.user.partner_id.id)
        case = self._create_case(self._create_delivered_line(), cart=cart).rma_id
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.state, "outgoing")
        self.assertIn(case.name, mails.subject)
        # Tests print no PDF; the file is named by the case all the same.
        self.assertEqual(mails.attachment_ids.name.rpartition(".")[0], case.name)
        self.assertFalse(self._send())

    def test_a_mail_that_fails_is_noted_and_not_tried_for_ever(self):
        case = self._create_own_case("buyback", comment="Too many").rma_id
        other = self._create_own_case("buyback", comment="Too many").rma_id
        (case | other)._request_confirmation()
        tries = self._send_broken(case)
        self.assertEqual((tries.count(case), tries.count(other)), (1, 1))
        self.assertEqual((case.is_mail_failed, other.is_mail_failed), (True, False))
        self.assertIn("customer has none", case.message_ids[0].body)
        case.with_user(self._create_clerk()).action_send_mails_again()
        self.assertEqual(len(self._send()), 1)
        self.assertFalse(case.is_mail_failed)

    def _send_broken(self, broken):
        """Run the job twice with a template that fails for some cases; return what it tried."""
        tries = []

        def send_mail(template, number, *args, **kwargs):
            tries.append(self.env["cso.notification"].browse(number).rma_id)
            if tries[-1] in broken:
                raise KeyError

        with (
            patch.object(self.registry["mail.template"], "send_mail", send_mail),
            mute_logger("odoo.addons.rma_cso.models.cso_notification"),
        ):
            self._send()
            self._send()
        return tries
