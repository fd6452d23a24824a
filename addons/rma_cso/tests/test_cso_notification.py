from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon

EVENTS = ("submitted", "authorised", "refused", "asked", "extended", "reminder", "expired")


@tagged("post_install", "-at_install")
class TestCsoNotification(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.clerk = cls._create_clerk()
        cls.clerk.email = "desk@distributor.example"
        cls.notifications = cls.env["cso.notification"]
        # Tests of two transactions at once leave theirs in the database.
        cls.notifications.search(cls.notifications._get_pending_domain()).unlink()

    def _create_own_cart(self, **values):
        return self._create_cart(user=self.user, contact_id=self.user.partner_id.id, **values)

    def _create_own_case(self, code="doa", **values):
        """A position of a case that the portal user submitted; nothing is left to be mailed."""
        line = self._create_delivered_line(price=300.0)
        position = self._create_case(line, code, cart=self._create_own_cart(), **values)
        self._send()
        return position

    def _send(self):
        """Run the job; return the mails that it made, oldest first."""
        known = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("rma_cso.ir_cron_cso_notification").method_direct_trigger()
        return (self.env["mail.mail"].search([]) - known).sorted("id")

    def test_a_case_is_confirmed_once_with_its_form(self):
        case = self._create_case(self._create_delivered_line(), cart=self._create_own_cart()).rma_id
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertEqual((mails.state, mails.email_to), ("outgoing", self.user.email))
        self.assertEqual((mails.model, mails.res_id), ("cso.rma", case.id))
        self.assertIn(case.name, mails.subject)
        # Tests print no PDF; the file is named by the case all the same.
        self.assertEqual(mails.attachment_ids.name.rpartition(".")[0], case.name)
        self.assertFalse(self._send())

    def test_each_position_gets_one_of_three_messages(self):
        cart = self._create_own_cart()
        for code in ("doa", "buyback", "wrong_invoice"):
            self._create_position(self._create_delivered_line(), code, cart=cart, comment="Why")
        cart._submit()
        body = self._send().body_html
        for text in ("Send it.", "Do not send it yet.", "It is being handled."):
            with self.subTest(text):
                self.assertEqual(body.count(text), 1)

    def test_what_is_to_be_sent_comes_with_address_rules_and_no_promise(self):
        address = self._create_customer(name="Dock", street="Havenweg 8", city="Rotterdam")
        self.env.company.write(
            {
                "cso_receiving_partner_id": address.id,
                "cso_returns_email": "returns@distributor.example",
                "cso_packing_rules": "Use two boxes.",
            }
        )
        position = self._create_case(self._create_delivered_line(), cart=self._create_own_cart())
        mail = self._send()
        until = fields.Date.to_string(position.valid_until)[:4]
        for text in ("Havenweg 8", "RMA department", "Use two boxes.", "promises a credit", until):
            with self.subTest(text):
                self.assertIn(text, mail.body_html)
        self.assertEqual(mail.email_from, "returns@distributor.example")

    def test_without_goods_to_send_no_address_is_told(self):
        self._create_case(self._create_delivered_line(), "shortage", cart=self._create_own_cart())
        body = self._send().body_html
        self.assertNotIn("RMA department", body)
        self.assertNotIn("How to pack", body)

    def test_an_authorisation_tells_the_fee(self):
        position = self._create_own_case("buyback", comment="Too many")
        self._authorise(position, fee_percent=12.5)
        mail = self._send()
        for text in ("accepted", "Send it.", "12.50 %", "taken off the credit", "RMA department"):
            with self.subTest(text):
                self.assertIn(text, mail.subject + mail.body_html)
        self.assertTrue(mail.attachment_ids)

    def test_a_refusal_tells_why_and_what_is_possible_instead(self):
        position = self._create_own_case("buyback", comment="Too many")
        position.reason_id.alternative_ids = self._get_reason("commercial")
        position._refuse("The <b>box</b> was opened.")
        body = self._send().body_html
        self.assertIn("The &lt;b&gt;box&lt;/b&gt; was opened.", body)
        self.assertIn("Possible instead:", body)
        self.assertIn(self._get_reason("commercial").name, body)

    def test_a_question_is_mailed(self):
        self._create_own_case("complaint")._ask_back("Which firmware?")
        mail = self._send()
        self.assertIn("question", mail.subject)
        self.assertIn("Which firmware?", mail.body_html)

    def test_an_extension_tells_until_when_and_why(self):
        position = self._create_own_case()
        position._extend(self.today + timedelta(days=40), "Carrier on strike")
        body = self._send().body_html
        self.assertIn("Carrier on strike", body)
        self.assertIn(str((self.today + timedelta(days=40)).year), body)

    def test_a_withdrawal_is_confirmed(self):
        self._create_own_case()._withdraw()
        self.assertIn("Withdrawn.", self._send().body_html)

    def test_an_expiry_tells_that_units_are_free(self):
        position = self._create_own_case()
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            position._expire()
            self.assertIn("The units are free again.", self._send().body_html)

    def test_the_mails_tell_how_it_goes_on_with_the_goods(self):
        position = self._create_own_case()
        self.env["cso.difference"].create(
            {"position_id": position.id, "kind": "damaged", "quantity": 1.0}
        )
        position._notify("received")
        self._receive(position)
        position.test_result = "no_fault"
        position._notify("tested")
        note = self._decide_credit(position)
        received, tested, decided = self._send()
        for mail, texts in (
            (received, ("1 of 1 received.", "1 arrived damaged.", "promises a credit")),
            (tested, ("Tested: No fault found.",)),
            (decided, ("You get a credit note.", "our accounting checks the credit note")),
        ):
            with self.subTest(mail.subject):
                for text in texts:
                    self.assertIn(text, mail.body_html)
                self.assertNotIn(str(note.amount_total), mail.body_html)

    def test_a_posted_credit_note_is_mailed_as_pdf_with_its_amount(self):
        position = self._create_tested_position(
            self._create_delivered_line(price=300.0), cart=self._create_own_cart()
        )
        note = self._decide_credit(position)
        self._send()
        note.action_post()
        mail = self._send()
        self.assertEqual(mail.subject, f"{position.rma_id.name}: credit note {note.name}")
        self.assertIn("363.00", mail.body_html)
        self.assertEqual(mail.attachment_ids.name.split(".")[0], note.name.replace("/", "-"))

    def test_who_may_not_see_prices_reads_no_amount_and_gets_no_pdf(self):
        self.user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_prices")
        position = self._create_tested_position(
            self._create_delivered_line(price=300.0), cart=self._create_own_cart()
        )
        note = self._decide_credit(position)
        self._send()
        note.action_post()
        mail = self._send()
        self.assertIn(note.name, mail.body_html)
        self.assertNotIn("363.00", mail.body_html)
        self.assertFalse(mail.attachment_ids)

    def test_a_credit_note_that_is_reset_meanwhile_is_not_mailed(self):
        position = self._create_tested_position(
            self._create_delivered_line(), cart=self._create_own_cart()
        )
        note = self._decide_credit(position)
        self._send()
        note.action_post()
        note.button_draft()
        self.assertFalse(self._send())

    def test_what_leaves_for_a_case_is_one_mail_with_tracking_and_slip(self):
        position = self._create_tested_position(
            self._create_delivered_line(), cart=self._create_own_cart()
        )
        picking = position._send_back("Not accepted")
        self._send()
        picking.carrier_tracking_ref = "1Z999"
        picking.move_ids.picked = True
        picking.button_validate()
        mail = self._send()
        for text in ("1Z999", position.lot_ids.name, position.product_id.name):
            with self.subTest(text):
                self.assertIn(text, mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        domain = [("picking_id", "=", picking.id)]
        self.assertFalse(self.env["portal.notification"].search(domain))

    def test_an_objection_is_confirmed(self):
        position = self._create_own_case("buyback", comment="Too many")
        position._refuse("No.")
        self._send()
        position.with_user(self.user).sudo()._object("Look again.")
        mail = self._send().filtered(lambda mail: mail.email_to == self.user.email)
        self.assertIn("objection", mail.subject)
        self.assertIn("Do not send it yet.", mail.body_html)

    def test_several_positions_of_a_case_are_one_mail(self):
        cart = self._create_own_cart()
        for _index in range(2):
            self._create_position(
                self._create_delivered_line(), "buyback", cart=cart, comment="Too many"
            )
        cart._submit()
        self._send()
        cart.line_ids._refuse("No.")
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.body_html.count("Refused."), 2)

    def test_what_is_not_so_any_more_is_not_mailed(self):
        position = self._create_own_case("buyback", comment="Too many")
        self._authorise(position)
        position._refuse("A mistake.")
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertIn("Refused.", mails.body_html)

    def test_each_event_has_a_mail_that_can_be_made(self):
        position = self._create_own_case("buyback", comment="Too many")
        with patch.object(type(self.notifications), "_is_true", return_value=True):
            for event in EVENTS:
                position._notify(event)
                with self.subTest(event):
                    self.assertIn(position.rma_id.name, self._send().subject)

    def test_the_mail_is_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.user.lang = "nl_NL"
        notification = self._create_own_case().rma_id.notification_ids
        self.assertEqual(notification._get_lang(), "nl_NL")
        self.user.lang = False
        self.env.company.partner_id.lang = "en_US"
        self.assertEqual(notification._get_lang(), "en_US")

    def test_who_left_is_not_mailed_and_the_desk_knows(self):
        position = self._create_own_case()
        self.user.active = False
        position._withdraw()
        self.assertFalse(self._send())
        self.assertTrue(position.rma_id.is_mail_failed)
        self.assertIn("address", position.rma_id.message_ids[0].body)

    def test_a_clerk_who_registers_is_not_the_one_who_is_mailed(self):
        case = self._create_case(self._create_delivered_line(), cart=self._create_cart(self.clerk))
        self.assertFalse(case.rma_id._get_contact())
        self.assertFalse(self._send())
        self.assertTrue(case.rma_id.is_mail_failed)

    def test_a_contact_without_sign_in_is_mailed_without_a_link(self):
        caller = self.env["res.partner"].create(
            {"name": "Piet", "email": "piet@kade.example", "parent_id": self.branch.id}
        )
        self._create_case(
            self._create_delivered_line(), cart=self._create_cart(contact_id=caller.id)
        )
        mail = self._send()
        self.assertEqual(mail.email_to, "piet@kade.example")
        self.assertNotIn("/my/returns", mail.body_html)

    def test_a_mail_that_fails_is_noted_and_not_tried_for_ever(self):
        case = self._create_own_case("buyback", comment="Too many").rma_id
        other = self._create_own_case("buyback", comment="Too many").rma_id
        (case | other)._request_confirmation()
        tries = self._send_broken(case)
        self.assertEqual((tries.count(case), tries.count(other)), (1, 1))
        self.assertEqual((case.is_mail_failed, other.is_mail_failed), (True, False))
        self.assertIn("customer has none", case.message_ids[0].body)
        case.with_user(self.clerk).action_send_mails_again()
        self.assertEqual(len(self._send()), 1)
        self.assertFalse(case.is_mail_failed)

    def _send_broken(self, broken):
        """Run the job twice with a template that fails for some cases; return what it tried."""
        tries = []

        def send_mail(template, number, *args, **kwargs):
            tries.append(self.notifications.browse(number).rma_id)
            if tries[-1] in broken:
                raise KeyError

        with (
            patch.object(self.registry["mail.template"], "send_mail", send_mail),
            mute_logger("odoo.addons.customer_portal.models.portal_mail_queue"),
        ):
            self._send()
            self._send()
        return tries

    def test_a_job_that_dies_after_the_mail_leaves_neither_mail_nor_mark(self):
        case = self._create_own_case().rma_id
        case._request_confirmation()
        notification = case.notification_ids.filtered(lambda one: not one.sent_on)
        send_mail = type(self.env["mail.template"]).send_mail

        def die(template, *args, **kwargs):
            send_mail(template, *args, **kwargs)
            raise KeyboardInterrupt

        domain = [("model", "=", "cso.rma"), ("res_id", "=", case.id)]
        before = self.env["mail.mail"].search_count(domain)
        with (
            patch.object(self.registry["mail.template"], "send_mail", die),
            self.assertRaises(KeyboardInterrupt),
        ):
            notification._try_send({})
        self.assertFalse(notification.sent_on)
        self.assertEqual(self.env["mail.mail"].search_count(domain), before)
        self.assertEqual(len(self._send()), 1)

    def _write_as_clerk(self, case, subtype="mail.mt_comment"):
        return case.with_user(self.clerk).message_post(
            body="Please send a photo.", message_type="comment", subtype_xmlid=subtype
        )

    def test_a_message_of_the_desk_is_mailed_once_to_the_contact(self):
        case = self._create_own_case().rma_id
        case.message_subscribe(self.user.partner_id.ids)
        message = self._write_as_clerk(case)
        mails = self._send()
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.email_to, self.user.email)
        self.assertIn("Please send a photo.", mails.body_html)
        self.assertFalse(message.notification_ids)

    def test_a_note_is_mailed_to_nobody(self):
        case = self._create_own_case().rma_id
        self._write_as_clerk(case, "mail.mt_note")
        self.assertFalse(self._send())

    def test_a_message_of_the_customer_goes_to_the_returns_mailbox(self):
        case = self._create_own_case().rma_id
        by_user = case.with_user(self.user).sudo()
        self.env.company.cso_returns_email = False
        by_user._post_customer_message("Where do I send it?")
        self.assertFalse(self._send())
        self.env.company.cso_returns_email = "returns@distributor.example"
        by_user._post_customer_message("And when?")
        mail = self._send()
        self.assertEqual(mail.email_to, "returns@distributor.example")
        self.assertIn("And when?", mail.body_html)

    def test_the_desk_sees_who_waits_for_an_answer(self):
        case = self._create_own_case().rma_id
        by_user = case.with_user(self.user).sudo()
        by_user._post_customer_message("Where do I send it?")
        self.assertTrue(case.unanswered_since)
        self._write_as_clerk(case, "mail.mt_note")
        self.assertTrue(case.unanswered_since)
        self._write_as_clerk(case)
        self.assertFalse(case.unanswered_since)
        by_user._post_customer_message("Thanks, and when?")
        case.with_user(self.clerk).action_mark_answered()
        self.assertFalse(case.unanswered_since)

    def test_portal_users_read_no_mails_of_the_queue(self):
        self._create_own_case()
        self.assertFalse(self.notifications.with_user(self.user).has_access("read"))
        self.assertFalse(self.notifications.with_user(self.clerk).has_access("write"))
