from unittest.mock import patch

from lxml import html

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase, find, make_picture

STEPS = ("answer", "message", "object", "sent", "withdraw")


@tagged("post_install", "-at_install")
class TestCase(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_cart(user=cls.user)
        cls.position = cls._create_position(cls.line, cart=cls.case)
        cls.review = cls._create_position(
            cls._create_delivered_line(), "complaint", cart=cls.case, comment="Not as described"
        )
        cls.case._submit()
        cls.url = f"/my/returns/{cls.case.id}"

    def read_page(self, url=""):
        return html.fromstring(self.url_open(url or self.url).content)

    def get_text(self, url=""):
        return " ".join(self.read_page(url).text_content().split())

    # --- who --------------------------------------------------------------------------------------

    def test_strangers_act_on_nothing(self):
        self.review._ask_back("Which firmware?")
        before = self.case._get_customer_messages()
        self.sign_in(self.stranger)
        for step in STEPS:
            with self.subTest(step):
                values = {"position": self.review.id, "message": "x", "answer": "x"}
                response = self.post(f"{self.url}/{step}", objection="x", **values)
                self.assertEqual(response.status_code, 404)
        self.assertEqual((self.position.state, self.review.state), ("authorised", "asked"))
        self.assertFalse(self.position.sent_on)
        self.assertEqual(self.case._get_customer_messages(), before)

    def test_a_colleague_of_the_same_branch_may_act(self):
        self.sign_in(self.colleague)
        self.post(f"{self.url}/message", message="I look after it now")
        self.post(f"{self.url}/sent", carrier="UPS")
        self.post(f"{self.url}/withdraw", position=self.review.id)
        self.assertEqual(self.case._get_customer_messages().author_id, self.colleague.partner_id)
        self.assertTrue(self.position.sent_on)
        self.assertEqual(self.review.state, "withdrawn")

    def test_who_sees_own_things_only_does_not_find_the_case_of_a_colleague(self):
        self.branch.portal_scope = "own"
        self.assertEqual(self.get_status(self.url, self.colleague), 404)
        response = self.post(f"{self.url}/message", message="x")
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.get_status(self.url, self.user), 200)

    def test_without_sign_in_there_is_the_way_to_it(self):
        for step in ("", "/answer", "/message", "/object", "/sent", "/documents", "/label"):
            with self.subTest(step):
                self.assertEqual(self.get_status(f"{self.url}{step}"), 303)

    def test_addresses_that_act_lead_to_the_case_when_looked_at(self):
        for step in STEPS:
            with self.subTest(step):
                response = self.url_open(f"{self.url}/{step}")
                self.assertTrue(response.url.endswith(self.url))

    # --- what the page says -----------------------------------------------------------------------

    def test_the_first_line_says_what_to_do_by_when(self):
        first = find(self.read_page(), "div", class_="op-todo")[0]
        self.assertIn("Send 1 piece by", " ".join(first.text_content().split()))

    def test_a_question_comes_first(self):
        self.review._ask_back("Which firmware?")
        page = self.read_page()
        first = find(page, "div", class_="op-todo")[0]
        self.assertIn("answer our question", first.text_content())
        self.assertIn("Which firmware?", page.text_content())

    def test_each_position_says_what_to_do_with_it(self):
        text = self.get_text()
        self.assertIn("send until", text)
        self.assertIn("Do not send it yet", text)
        self.assertIn("Not as described", text)
        self.review._refuse("It is as described.")
        self.assertIn("It is as described.", self.get_text())

    def test_the_fee_is_told_with_the_authorisation(self):
        position = self._create_case(
            self._create_delivered_line(price=300.0),
            "commercial",
            cart=self._create_cart(self.user),
        )
        text = self.get_text(f"/my/returns/{position.rma_id.id}")
        self.assertIn("Return fee 10 % of the value", text)

    def test_an_offer_is_shown_to_who_may_see_prices(self):
        self.review.sudo().offer_unit_price = 332.3
        self.assertIn("332.30", self.get_text())
        self.user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_prices")
        self.assertNotIn("332.30", self.get_text())

    # --- objection --------------------------------------------------------------------------------

    def test_a_refusal_is_objected_to_once_with_text_and_file(self):
        self.review._refuse("It is as described.")
        self.assertIn("Why should we look again?", self.get_text())
        files = {"files": ("plate.png", make_picture(), "image/png")}
        values = {"position": self.review.id, "objection": "See the\r\nphoto"}
        self.post(f"{self.url}/object", files=files, **values)
        self.assertEqual(self.review.objection_text, "See the\nphoto")
        self.assertEqual(self.case._get_customer_messages().attachment_ids.name, "plate.png")
        self.assertIn("you objected to the refusal", self.get_text())
        self.review._refuse("Still as described.")
        self.assertNotIn("Why should we look again?", self.get_text())
        response = self.post(f"{self.url}/object", **values)
        self.assertIn("objected once already", response.text)
        self.assertEqual(self.review.state, "refused")

    def test_a_typed_objection_is_not_lost(self):
        self.review._refuse("It is as described.")
        bad = {"files": ("page.html", b"<script/>", "text/html")}
        values = {"position": self.review.id, "objection": "My long text"}
        page = html.fromstring(self.post(f"{self.url}/object", files=bad, **values).content)
        self.assertIn("My long text", find(page, "textarea", name="objection")[0].text)
        self.assertEqual((self.review.state, self.review.objected_on), ("refused", False))
        empty = self.post(f"{self.url}/object", position=self.review.id, objection="  ")
        self.assertIn("write why you do not agree", empty.text)
        self.post(f"{self.url}/object", **values)
        again = html.fromstring(self.post(f"{self.url}/object", **values).content)
        self.assertIn("My long text", find(again, "textarea", name="message")[0].text)

    # --- sending ----------------------------------------------------------------------------------

    def test_chosen_positions_are_noted_as_sent(self):
        case = self._create_cart(user=self.user)
        first, second = (
            self._create_position(self._create_delivered_line(), cart=case) for _index in "12"
        )
        case._submit()
        self.post(f"/my/returns/{case.id}/sent", position=second.id, tracking="1Z999")
        self.assertEqual((first.sent_on, second.tracking_ref), (False, "1Z999"))
        response = self.post(f"/my/returns/{case.id}/sent", position=self.position.id)
        self.assertEqual(response.status_code, 404)

    def test_sent_twice_keeps_what_was_told_first(self):
        self.post(f"{self.url}/sent", carrier="UPS", tracking="1Z999")
        response = self.post(f"{self.url}/sent", carrier="DHL", tracking="")
        self.assertEqual(response.status_code, 200)
        self.assertEqual((self.position.carrier, self.position.tracking_ref), ("UPS", "1Z999"))

    # --- withdrawal -------------------------------------------------------------------------------

    def test_a_position_is_withdrawn_and_a_second_time_changes_nothing(self):
        for _index in range(2):
            response = self.post(f"{self.url}/withdraw", position=self.position.id)
            self.assertEqual(response.status_code, 200)
        self.assertEqual((self.position.state, self.review.state), ("withdrawn", "review"))
        events = self.case.notification_ids.mapped("event")
        self.assertEqual(events.count("withdrawn"), 1)

    def test_what_is_on_its_way_is_not_withdrawn(self):
        self.position._mark_sent("UPS")
        response = self.post(f"{self.url}/withdraw", position=self.position.id)
        self.assertIn("cannot be withdrawn any more", response.text)
        self.assertEqual(self.position.state, "authorised")

    def test_a_withdrawal_names_a_position_of_the_case(self):
        other = self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
        for value in (other.id, "", "x", "²", "-1", 2**31, "1\x00"):
            with self.subTest(value=value):
                response = self.post(f"{self.url}/withdraw", position=value)
                self.assertEqual(response.status_code, 404)
        self.assertEqual((other.state, self.position.state), ("authorised", "authorised"))

    # --- messages ---------------------------------------------------------------------------------

    def test_a_message_is_text_and_nothing_else(self):
        self.post(f"{self.url}/message", message="<script>alert(1)</script>\r\nSecond line\x00")
        page = self.read_page()
        body = find(page, "div", class_="o_cso_body")[0]
        self.assertIn("<script>alert(1)</script>", body.text_content())
        self.assertIn("Second line", body.text_content())
        self.assertFalse(find(body, "script"))

    def test_notes_of_the_desk_and_mails_are_not_shown(self):
        self.case.message_post(body="He is difficult.", subtype_xmlid="mail.mt_note")
        self.case.message_post(
            body="Hello, a photo please.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        text = self.get_text()
        self.assertNotIn("He is difficult.", text)
        self.assertIn("Hello, a photo please.", text)

    def test_what_was_typed_stays_when_a_file_is_refused(self):
        files = {"files": ("page.html", b"<script/>", "text/html")}
        response = self.post(f"{self.url}/message", message="My long text", files=files)
        page = html.fromstring(response.content)
        self.assertIn("My long text", find(page, "textarea", name="message")[0].text)
        self.assertIn("page.html cannot be taken", response.text)
        self.assertTrue(page.xpath("//div[@role='alert']/a[@href='#q_message']"))
        self.assertFalse(self.case._get_customer_messages())

    def test_garbage_in_a_message_is_no_error(self):
        for text in ("x" * 20_000, "\x00", "   ", "{{ 7*7 }} %s", "\ud83d\ude00"):
            with self.subTest(text=text[:9]):
                data = {"message": text.encode("utf-8", "surrogatepass")}
                self.assertEqual(self.post(f"{self.url}/message", **data).status_code, 200)

    def test_a_question_is_answered_with_text_and_file(self):
        self.review._ask_back("Which firmware?")
        files = {"files": ("plate.png", make_picture(), "image/png")}
        self.post(f"{self.url}/answer", position=self.review.id, answer="1.2", files=files)
        self.assertEqual(self.review.state, "review")
        message = self.case._get_customer_messages()
        self.assertEqual(message.attachment_ids.name, "plate.png")
        self.assertIn("Which firmware?", self.get_text())

    def test_files_are_whole_when_the_server_runs_a_message_again(self):
        cases, runs = self.registry["cso.rma"], []
        post = cases._post_customer_message

        def fail_once(case, *args):
            runs.append(args)
            if len(runs) == 1:
                raise ConcurrencyError(self.case.name)
            return post(case, *args)

        files = [("files", (name, make_picture(), "image/png")) for name in ("a.png", "b.png")]
        with patch.object(cases, "_post_customer_message", fail_once):
            self.post(f"{self.url}/message", message="See photos", files=files)
        message = self.case._get_customer_messages()
        self.assertEqual(len(runs), 2)
        self.assertEqual(sorted(message.attachment_ids.mapped("name")), ["a.png", "b.png"])

    def test_an_answer_to_what_is_not_asked_any_more_is_not_lost(self):
        self.review._ask_back("Which firmware?")
        self.review._answer()
        response = self.post(f"{self.url}/answer", position=self.review.id, answer="My text 1.2")
        self.assertIn("answered already", response.text)
        self.assertIn("My text 1.2", response.text)
        self.assertFalse(self.case._get_customer_messages())

    def test_customers_still_write_nothing_over_other_routes(self):
        thread = {"thread_model": "cso.rma", "thread_id": self.case.id}
        with mute_logger("odoo.http"):
            answer = self.call("/mail/message/post", post_data={"body": "x"}, **thread)
        self.assertTrue(answer["code"])
