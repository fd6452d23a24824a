from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestForm(PortalCase):
    def get_draft(self, code="doa", user=None):
        reason = self._get_reason(code)
        drafts = self.env["cso.form.draft"].with_user(user or self.user).sudo()
        return drafts._get_draft(self.line, reason)

    def save(self, **answers):
        return self.call(
            "/my/returns/form/save",
            line=self.line.id,
            reason="doa",
            uid=self.user.id,
            answers=answers,
        )

    def test_only_owner_and_colleague_open_the_form(self):
        for step in ("", "/address"):
            url = self.get_form_url(step=step)
            self.assertIn(self.get_status(url, self.user), (200, 303))
            self.assertIn(self.get_status(url, self.colleague), (200, 303))
            self.assertEqual(self.get_status(url, self.stranger), 404)
            self.assertEqual(self.get_status(url), 303)

    def test_garbage_leads_to_not_found(self):
        lines = ("", "x", "-1", "0", "1.5", "99999999999", "2147483648", "%00")
        for line in lines:
            with self.subTest(line=line):
                url = f"/my/returns/form?line={line}&reason=doa"
                self.assertEqual(self.url_open(url).status_code, 404)
        for reason in ("", "gold", "x" * 300, "wrong_invoice'--", "%00"):
            with self.subTest(reason=reason[:20]):
                url = f"/my/returns/form?line={self.line.id}&reason={reason}"
                self.assertEqual(self.url_open(url).status_code, 404)

    def test_what_no_database_can_hold_is_left_out_and_the_rest_kept(self):
        self.assertTrue(self.save(comment="a\x00b\ud800c", reference="\udfff")["saved"])
        self.assertEqual(self.get_draft().answers, {"comment": "abc", "reference": ""})

    def test_a_draft_does_not_grow_without_end(self):
        self.save(comment="x" * 1_000_000, lot_ids=list(range(1, 50_000)))
        self.assertLess(len(str(self.get_draft().answers)), 50_000)

    def test_what_a_page_claims_to_have_shown_may_be_anything(self):
        for base in ("[" * 50_000, '{"a":' * 50_000, "NaN", "[]", "x", "1"):
            with self.subTest(base=base[:5]):
                answers = self.get_answers(comment="typed", base=base)
                self.assertEqual(self.post("/my/returns/form", **answers).status_code, 200)
                self.assertEqual(self.get_draft().answers["comment"], "typed")

    def test_a_draft_whose_reason_is_gone_leads_to_the_other_reasons_of_its_line(self):
        self.save(comment="Typed for nothing?")
        self._get_reason("doa").active = False
        text = self.url_open("/my/returns").text
        self.assertIn(f"/my/returns/register?line={self.line.id}", text)
        self.assertNotIn("reason=doa", text)
        other = self.url_open(self.get_form_url(code="defect")).text
        self.assertIn("Typed for nothing?", other)

    def test_nothing_is_written_by_looking(self):
        self.url_open(self.get_form_url())
        self.assertFalse(self.get_draft())

    def test_what_is_typed_is_there_after_a_new_sign_in_for_the_same_user_only(self):
        self.assertTrue(self.save(comment="Half a sentence")["saved"])
        self.authenticate(None, None)
        self.sign_in(self.user)
        self.assertIn("Half a sentence", self.url_open(self.get_form_url()).text)
        self.sign_in(self.colleague)
        self.assertNotIn("Half a sentence", self.url_open(self.get_form_url()).text)

    def test_a_form_that_was_posted_after_the_session_ended_leads_back_to_itself(self):
        page = html.fromstring(self.url_open(self.get_form_url()).content)
        action = find(page, "form", class_="o_cso_form")[0].get("action")
        self.authenticate(None, None)
        response = self.post(action, follow=False, **self.get_answers())
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login?redirect=", response.headers["Location"])
        self.assertIn("line%3D", response.headers["Location"])
        self.sign_in(self.user)
        self.assertEqual(self.url_open(action).status_code, 200)

    def test_looking_at_an_address_that_only_takes_answers_leads_on(self):
        for url in ("/my/returns/form", "/my/returns/form/address", "/my/returns/form/upload"):
            with self.subTest(url=url):
                response = self.url_open(f"{url}?", allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith("/my/returns/register"))

    def test_saving_gives_the_token_of_the_session_of_now(self):
        token = self.save(comment="Typed before")["csrf_token"]
        data = {**self.get_answers(), "csrf_token": token}
        self.assertIn("/address", self.url_open("/my/returns/form", data=data).url)

    def test_a_serial_that_is_held_is_named_at_the_question(self):
        self.submit(self.add_to_cart())
        response = self.post("/my/returns/form", **self.get_answers(lots=self.lots[:2]))
        self.assertIn(f"{self.lots[0].name}: in case", response.text)
        self.assertIn("check=1", response.url)

    def test_a_page_of_another_user_saves_nothing(self):
        self.sign_in(self.colleague)
        self.assertIn("other_user", self.save(comment="Typed by Mira"))
        self.assertFalse(self.get_draft() or self.get_draft(user=self.colleague))

    def test_saving_refuses_strange_lines_and_survives_strange_answers(self):
        for answers in ("text", 7, None, {"lot_ids": {"a": 1}, "comment": [1]}):
            with self.subTest(answers=answers):
                result = self.call(
                    "/my/returns/form/save",
                    line=self.line.id,
                    reason="doa",
                    uid=self.user.id,
                    answers=answers,
                )
                self.assertTrue(result["saved"])
        self.sign_in(self.stranger)
        result = self.call(
            "/my/returns/form/save",
            line=self.line.id,
            reason="doa",
            uid=self.stranger.id,
            answers={},
        )
        self.assertEqual(result["code"], 404)

    def test_missing_answers_stand_at_the_top_with_a_link_and_at_the_question(self):
        response = self.post("/my/returns/form", line=self.line.id, reason="doa", comment="Dead")
        page = html.fromstring(response.content)
        links = [link.get("href") for link in find(page, "div[@role='alert']//a")]
        self.assertEqual(links, ["#q_lot_ids", "#q_fault_code", "#q_wish"])
        for link in links:
            self.assertEqual(len(find(page, f"*[@id='{link[1:]}']")), 1)
        self.assertEqual(find(page, "*[@id='q_comment']")[0].text_content().strip(), "Dead")

    def test_complete_answers_lead_to_the_address_and_into_the_cart(self):
        response = self.post("/my/returns/form", **self.get_answers())
        self.assertIn("/my/returns/form/address", response.url)
        cart = self.add_to_cart()
        self.assertEqual(cart.line_ids.lot_ids, self.lots[:1])
        self.assertEqual(cart.line_ids.fault_code, "no_response")
        self.assertEqual(cart.return_address_id, self.line.order_id.partner_shipping_id)
        self.assertFalse(self.get_draft())

    def test_the_serial_that_was_searched_for_is_chosen_already(self):
        page = html.fromstring(
            self.url_open(f"{self.get_form_url()}&lot={self.lots[1].id}").content
        )
        chosen = find(page, "input[@name='lot_ids'][@checked]")
        self.assertEqual([box.get("value") for box in chosen], [str(self.lots[1].id)])
        foreign = self._get_lots(self._create_delivered_line(1))
        for lot in (foreign.id, "x", "99999999999"):
            page = html.fromstring(self.url_open(f"{self.get_form_url()}&lot={lot}").content)
            self.assertFalse(find(page, "input[@name='lot_ids'][@checked]"))

    def test_another_reason_keeps_what_both_ask(self):
        response = self.post("/my/returns/form", **self.get_answers(switch="defect"))
        page = html.fromstring(response.content)
        self.assertIn("reason=defect", response.url)
        self.assertEqual(
            find(page, "*[@id='q_comment']")[0].text_content().strip(), "No light at all."
        )
        self.assertTrue(find(page, "input[@name='fault_code'][@value='no_response'][@checked]"))

    def test_a_serial_of_another_customer_is_not_taken(self):
        foreign = self._create_delivered_line(1, partner=self.stranger_company)
        answers = self.get_answers(lots=self._get_lots(foreign))
        response = self.post("/my/returns/form", **answers)
        self.assertIn("check=1", response.url)

    def test_fields_that_are_not_asked_cannot_be_set(self):
        cart = self.add_to_cart(
            authorisation_state="authorised", fee_percent="0", partner_id=self.stranger_company.id
        )
        self.assertEqual(cart.line_ids.authorisation_state, "pending")
        self.assertEqual(cart.partner_id, self.branch)

    def test_an_address_outside_the_company_is_not_found(self):
        self.stranger_company.street = "Elsewhere 1"
        self.post("/my/returns/form", **self.get_answers())
        for address in (self.stranger_company.id, "x", "99999999999", ""):
            with self.subTest(address=address):
                response = self.post(
                    "/my/returns/form/address", line=self.line.id, reason="doa", address=address
                )
                self.assertEqual(response.status_code, 404)

    def test_a_new_address_is_asked_completely_and_made_below_the_own_company(self):
        self.post("/my/returns/form", **self.get_answers())
        typed = {"line": self.line.id, "reason": "doa", "address": "new", "name": "Dock 3"}
        response = self.post("/my/returns/form/address", **typed)
        self.assertIn("#q_street", response.text)
        country = self.env.ref("base.nl").id
        self.post(
            "/my/returns/form/address",
            street="Kade 1",
            zip="3011 AA",
            city="Rotterdam",
            country_id=country,
            user_id=1,
            **typed,
        )
        address = self.get_cart().return_address_id
        self.assertEqual(address.parent_id, self.branch)
        self.assertEqual((address.type, address.street), ("delivery", "Kade 1"))
        self.assertFalse(address.user_id)

    def test_a_refused_reason_says_why_until_when_and_what_instead(self):
        old = self._create_delivered_line(1, invoiced_ago=16, shipped_ago=16)
        text = self.url_open(self.get_form_url(old, "commercial")).text
        for words in ("Possible until", "Possible instead", "Buyback"):
            with self.subTest(words=words):
                self.assertIn(words, text)
        self.assertNotIn("o_cso_form", text)
        response = self.post("/my/returns/form", line=old.id, reason="commercial", switch="buyback")
        self.assertIn("reason=buyback", response.url)

    def test_a_reason_that_is_possible_for_fewer_units_keeps_its_form(self):
        line = self._create_delivered_line(15)
        self.assertIn("o_cso_form", self.url_open(self.get_form_url(line, "commercial")).text)

    def test_a_refused_reason_is_not_added_by_posting(self):
        old = self._create_delivered_line(1, invoiced_ago=16, shipped_ago=16)
        answers = self.get_answers(lots=self._get_lots(old), sealed_confirmed="1")
        answers |= {"line": old.id, "reason": "commercial"}
        self.post("/my/returns/form", **answers)
        address = old.order_id.partner_shipping_id.id
        self.post("/my/returns/form/address", line=old.id, reason="commercial", address=address)
        self.assertFalse(self.get_cart())

    def test_the_serial_that_was_searched_for_wins_over_that_of_the_draft(self):
        self.save(lot_ids=self.lots[:1].ids, comment="Typed before")
        page = html.fromstring(
            self.url_open(f"{self.get_form_url()}&lot={self.lots[1].id}").content
        )
        chosen = find(page, "input[@name='lot_ids'][@checked]")
        self.assertEqual([box.get("value") for box in chosen], [str(self.lots[1].id)])
        self.assertEqual(find(page, "*[@id='q_comment']")[0].text_content().strip(), "Typed before")
        self.assertEqual(self.get_draft().answers["lot_ids"], self.lots[:1].ids)

    def test_two_tabs_of_one_form_keep_what_the_other_one_typed(self):
        self.save(comment="First", reference="R1")
        page = html.fromstring(self.url_open(self.get_form_url()).content)
        base = find(page, "input[@name='base']")[0].get("value")
        self.save(comment="Typed in the second tab", reference="R1")
        self.post(
            "/my/returns/form",
            base=base,
            **self.get_answers(comment="First", reference="R2"),
        )
        answers = self.get_draft().answers
        self.assertEqual(answers["comment"], "Typed in the second tab")
        self.assertEqual(answers["reference"], "R2")

    def test_what_a_tab_replaces_is_told(self):
        self.save(comment="First")
        answers = {"comment": "Mine"}
        values = {"line": self.line.id, "reason": "doa", "uid": self.user.id}
        base = '{"comment": ""}'
        result = self.call("/my/returns/form/save", answers=answers, base=base, **values)
        self.assertIn("First", result["replaced"][0])
        self.assertEqual(self.get_draft().answers["comment"], "Mine")

    def test_a_strange_base_is_no_error(self):
        values = {"line": self.line.id, "reason": "doa", "uid": self.user.id, "answers": {}}
        for base in ("x", "[1]", 7, {"a": 1}, None, "null", '{"lot_ids": {"a": 1}}'):
            with self.subTest(base=base):
                result = self.call("/my/returns/form/save", base=base, **values)
                self.assertTrue(result["saved"])

    def test_open_drafts_stand_on_the_start_page_until_they_are_discarded(self):
        self.save(comment="Half a sentence")
        self.assertIn("Not submitted yet", self.url_open("/my/returns").text)
        draft = self.get_draft()
        self.sign_in(self.colleague)
        self.assertNotIn("Not submitted yet", self.url_open("/my/returns").text)
        self.post("/my/returns/draft/discard", draft=draft.id)
        self.assertTrue(draft.exists())
        self.sign_in(self.user)
        self.post("/my/returns/draft/discard", draft=draft.id)
        self.assertFalse(draft.exists())
