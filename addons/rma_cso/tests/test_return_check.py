from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase, find

STRANGE_ANSWERS = (
    None,
    "text",
    7,
    ["list"],
    {"quantity": {"a": 1}, "slip_matches": ["no"], "received_identification": {"x": 1}},
    {"quantity": "1e400", "slip_matches": "maybe", "lot_ids": "x"},
    {"slip_matches": "no", "received_identification": "\x00²'; --%_\\", "quantity": "-1"},
    {"slip_matches": "no", "received_identification": "9" * 5000, "quantity": "NaN"},
    {"received_on": "0000-00-00", "received_total": "inf", "quantity": 10**30},
)


@tagged("post_install", "-at_install")
class TestReturnCheck(PortalCase):
    def check(self, code, line=None, **answers):
        """What the page is told after an answer."""
        line_id = (line or self.line).id
        return self.call("/my/returns/form/check", line=line_id, reason=code, answers=answers)

    def get_page(self, code, **answers):
        """The form of a reason after these answers were kept."""
        self.call(
            "/my/returns/form/save",
            line=self.line.id,
            reason=code,
            uid=self.user.id,
            answers=answers,
        )
        return html.fromstring(self.url_open(self.get_form_url(code=code)).content)

    def get_hidden(self, page):
        hidden = find(page, "div[@data-question]", class_="o_cso_hidden")
        return {question.get("data-question") for question in hidden}

    def test_an_answer_says_what_is_asked_next(self):
        questions = self.check("wrong_delivery", slip_matches="no")["questions"]
        self.assertTrue(questions["received_identification"]["asked"])
        self.assertFalse(questions["lot_ids"]["asked"])
        questions = self.check("wrong_delivery", slip_matches="yes")["questions"]
        self.assertFalse(questions["received_identification"]["asked"])
        self.assertTrue(questions["lot_ids"]["asked"])

    def test_a_number_is_looked_up_and_the_offer_made(self):
        self._create_product(name="Other drive", barcode="3660619040438", list_price=153.84)
        answers = {"slip_matches": "no", "quantity": "2"}
        state = self.check("wrong_delivery", received_identification="3660619040438", **answers)
        self.assertIn("Other drive", state["questions"]["received_identification"]["note"])
        keep = state["questions"]["keep_choice"]
        self.assertIn("153.07", keep["options"]["keep"])
        self.assertIn("306.14", keep["hints"]["keep"])
        self.assertEqual(state["photos"], [])
        state = self.check("wrong_delivery", received_identification="nothing", **answers)
        self.assertTrue(state["questions"]["received_description"]["asked"])
        self.assertNotIn("153", str(state["questions"]["keep_choice"]))
        self.assertEqual(state["photos"], ["received_article"])

    def test_no_amount_is_told_to_who_may_not_see_prices(self):
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        self.user.access_entry_ids.role_ids = roles
        state = self.check("transport_damage", quantity="2")
        keep = state["questions"]["keep_choice"]
        self.assertEqual(set(keep["options"]), {"keep", "send_back"})
        page = self.url_open(self.get_form_url(code="transport_damage")).text
        for text in (str(state), page):
            self.assertNotIn("300.57", text)
            self.assertNotIn("333.97", text)

    def test_what_follows_is_said_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.opener.cookies["frontend_lang"] = "nl_NL"
        state = self.check("transport_damage", quantity="2")
        self.assertIn("300,57", state["questions"]["keep_choice"]["options"]["keep"])
        state = self.check("over_delivery", received_total="3,5")
        self.assertIn("received_total", state["questions"])

    def test_what_is_not_possible_is_said_at_once_and_what_is_missing_is_not(self):
        questions = self.check("buyback", condition="opened")["questions"]
        self.assertIn("unopened goods", questions["condition"]["error"])
        self.assertFalse(questions["lot_ids"]["error"] or questions["comment"]["error"])
        questions = self.check("buyback", condition="unopened")["questions"]
        self.assertFalse(questions["condition"]["error"])
        error = self.check("over_delivery", received_total="2")["questions"]["received_total"]
        self.assertIn("3", error["error"])

    def test_strange_answers_are_no_error_of_the_server(self):
        for answers in STRANGE_ANSWERS:
            for code in ("wrong_delivery", "over_delivery", "wrong_invoice", "doa"):
                with self.subTest(answers=str(answers)[:60], code=code):
                    params = {"line": self.line.id, "reason": code, "answers": answers}
                    result = self.call("/my/returns/form/check", **params)
                    self.assertIn("questions", result)

    def test_only_an_own_line_and_a_reason_with_a_form_are_judged(self):
        self.assertEqual(self.check("gold")["code"], 404)
        self.sign_in(self.stranger)
        self.assertEqual(self.check("doa")["code"], 404)

    def test_nothing_is_kept_by_a_check(self):
        self.check("doa", comment="Half a sentence")
        drafts = self.env["cso.form.draft"].search([("user_id", "=", self.user.id)])
        self.assertFalse(drafts)

    def test_the_page_hides_what_is_not_asked_and_says_when_it_is(self):
        page = self.get_page("wrong_delivery", slip_matches="yes")
        self.assertIn("received_identification", self.get_hidden(page))
        self.assertNotIn("lot_ids", self.get_hidden(page))
        question = find(page, "div[@data-question='still_wanted']")[0]
        self.assertIn("Another article than the delivery slip says", question.text_content())
        self.assertTrue(find(page, "noscript"))
        page = self.get_page("wrong_delivery", slip_matches="no")
        self.assertIn("lot_ids", self.get_hidden(page))

    def test_an_impossible_answer_of_a_draft_stands_at_its_question(self):
        page = self.get_page("buyback", condition="damaged")
        question = find(page, "div[@data-question='condition']")[0]
        self.assertIn("unopened goods", question.text_content())
        self.assertFalse(find(page, "div[@role='alert']", class_="o_cso_errors"))

    def test_visible_damage_leads_to_the_form_for_hidden_damage(self):
        page = self.get_page("transport_damage", comment="Crushed.")
        self.assertTrue(find(page, "button[@name='switch'][@value='concealed_damage']"))
        response = self.post(
            self.get_form_url(code="transport_damage"),
            line=self.line.id,
            reason="transport_damage",
            comment="Crushed.",
            switch="concealed_damage",
        )
        page = html.fromstring(response.content)
        self.assertEqual(find(page, "*[@id='q_comment']")[0].text_content().strip(), "Crushed.")
