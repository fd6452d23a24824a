from urllib.parse import urlencode

from lxml import html

from odoo.tests import tagged

from ..controllers import register
from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestRegister(PortalCase):
    def open_register(self, **params):
        query = "&".join(f"{key}={value}" for key, value in params.items())
        return self.url_open(f"/my/returns/register?{query}")

    def open_line(self, **params):
        return self.url_open("/my/returns/register/line?" + urlencode(params))

    def test_a_serial_finds_its_line_with_all_fourteen_reasons(self):
        page = html.fromstring(self.open_register(number=self.lots[1].name).content)
        self.assertEqual(len(find(page, "li", class_="o_cso_reason")), 14)
        self.assertIn(self.lots[1].name, find(page, "summary")[0].text_content())

    def test_possible_reasons_are_links_and_the_others_explain_themselves(self):
        old = self._create_delivered_line(1, invoiced_ago=16, shipped_ago=16)
        number = self._get_lots(old).name
        page = html.fromstring(self.open_register(number=number).content)
        cards = {
            find(card, "b")[0].text_content().strip(): card
            for card in find(page, "li", class_="o_cso_reason")
        }
        self.assertTrue(find(cards["Dead on arrival"], "a", class_="o_cso_choose"))
        refused = cards["Return of new goods"]
        self.assertEqual(refused.get("tabindex"), "0")
        self.assertIn("Possible until", refused.text_content())
        self.assertIn("Buyback", refused.text_content())

    def test_a_refusal_for_the_amount_leads_to_the_form_with_fewer(self):
        line = self._create_delivered_line(15)
        page = html.fromstring(self.open_register(number=line.order_id.name).content)
        self.assertIn("5 Units or fewer", " ".join(page.text_content().split()))

    def test_reasons_without_a_form_name_whom_to_ask(self):
        self._get_reason("doa").form = False
        self.env.company.portal_support_phone = "+31 10 555 01 00"
        page = html.fromstring(self.open_register(number=self.lots[0].name).content)
        card = next(
            card
            for card in find(page, "li", class_="o_cso_reason")
            if "Dead on" in card.text_content()
        )
        self.assertIn("+31 10 555 01 00", card.text_content())
        self.assertFalse(find(card, "a", class_="o_cso_choose"))

    def test_a_serial_in_a_case_is_named_with_its_case(self):
        case = self._create_case(self.line).rma_id
        text = self.open_register(number=self.lots[0].name.lower()).text
        self.assertIn(f"/my/returns/{case.id}", text)
        self.assertNotIn(case.name, self.open_register(number=self.lots[1].name).text)

    def test_one_line_is_shown_by_its_address_to_its_customer_only(self):
        self.assertEqual(self.open_register(line=self.line.id).status_code, 200)
        self.sign_in(self.stranger)
        for line in (self.line.id, "x", "99999999999"):
            with self.subTest(line=line):
                self.assertEqual(self.open_register(line=line).status_code, 404)

    def test_a_line_opens_to_all_facts_and_to_prices_with_the_role_only(self):
        self.line.order_id.client_order_ref = "PO 7781"
        self.line.product_id.barcode = "4023125027840"
        text = self.open_register(line=self.line.id).text
        for fact in ("PO 7781", "4023125027840", "333.97", "1,001.91"):
            with self.subTest(fact=fact):
                self.assertIn(fact, text)
        roles = self.env["partner.access.role"].search([("code", "=", "returns")])
        self.user._get_access_entry().role_ids = roles
        self.assertNotIn("333.97", self.open_register(line=self.line.id).text)

    def test_a_closed_line_says_that_nothing_was_delivered_yet(self):
        ordered = self._create_confirmed_line(self._create_product(), 2, {"partner": self.branch})
        for line, expected in ((ordered, True), (self.line, False)):
            with self.subTest(expected=expected):
                page = html.fromstring(self.open_register(line=line.id).content)
                row = find(page, "summary")[0].text_content()
                self.assertEqual("nothing delivered yet" in row, expected)

    def test_lines_are_counted_as_on_their_order(self):
        first, second = self._create_order(
            self.branch,
            [{"product_id": self._create_product().id, "product_uom_qty": 1} for _one in range(2)],
        ).order_line
        self.assertEqual((first | second)._get_cso_line_numbers(), {first.id: 1, second.id: 2})

    def test_a_stranger_finds_nothing_and_a_colleague_does(self):
        for user, count in ((self.colleague, 1), (self.stranger, 0)):
            with self.subTest(user=user.login):
                self.sign_in(user)
                page = html.fromstring(self.open_register(number=self.lots[0].name).content)
                self.assertEqual(len(find(page, "details", class_="o_cso_line")), count)

    def test_any_parameter_is_answered_with_a_page(self):
        garbage = ("", "x" * 500, "%00", "-1", "99999999999999999999", "%27%22%3C")
        for name in ("number", "number_type", "document", "period", "date_from", "page"):
            for value in garbage:
                with self.subTest(name=name, value=value[:20]):
                    response = self.open_register(**{"period": "free", name: value})
                    # What no database can hold is answered before any page is asked.
                    self.assertEqual(response.status_code, 404 if value == "%00" else 200)

    def test_dates_at_the_end_of_time_are_moved_into_a_range(self):
        for value in ("9999-12-31", "0001-01-01"):
            for name in ("date_from", "date_to"):
                with self.subTest(name=name, value=value):
                    response = self.open_register(period="free", **{name: value})
                    self.assertEqual(response.status_code, 200)

    def test_quantities_are_written_as_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.user.lang = "nl_NL"
        self.sign_in(self.user)
        kilo = self.env.ref("uom.product_uom_kgm")
        product = self._create_product(uom_id=kilo.id)
        line = self._create_delivered_line(2.5, product=product)
        self.assertIn("2,50", self.open_register(number=line.order_id.name).text)

    def test_of_several_lines_each_one_is_asked_when_it_is_opened(self):
        for _index in range(2):
            line = self._create_delivered_line(1, order={"client_order_ref": "several"})
        page = html.fromstring(self.open_register(number="several").content)
        self.assertEqual(len(find(page, "summary")), 2)
        self.assertFalse(find(page, "li", class_="o_cso_reason"))
        links = [find(one, "a")[0].get("href") for one in find(page, "p", class_="o_cso_ask")]
        self.assertIn(f"/my/returns/register?line={line.id}&number=several", links)

    def test_an_opened_line_shows_its_facts_and_reasons_and_keeps_the_serial(self):
        answer = self.open_line(line=self.line.id, number=self.lots[1].name.lower())
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        part = html.fromstring(answer.content)
        self.assertEqual(len(find(part, "li", class_="o_cso_reason")), 14)
        self.assertTrue(find(part, "dl", class_="o_cso_facts"))
        self.assertFalse(find(part, "header"))
        link = find(part, "a", class_="o_cso_choose")[0].get("href")
        self.assertIn(f"&lot={self.lots[1].id}", link)

    def test_a_line_is_opened_by_its_customer_only(self):
        for user, expected in ((self.colleague, 200), (self.stranger, 404)):
            with self.subTest(user=user.login):
                self.sign_in(user)
                self.assertEqual(self.open_line(line=self.line.id).status_code, expected)
        self.sign_in(self.user)
        for line in ("x", "-1", "²", "99999999999", ""):
            with self.subTest(line=line):
                self.assertEqual(self.open_line(line=line).status_code, 404)

    def test_the_search_needs_the_same_queries_for_two_lines_and_for_many(self):
        for _index in range(2):
            self._create_delivered_line(1, order={"client_order_ref": "few"})
        few = [self.count_queries(period="month"), self.count_queries(number="few")]
        for _index in range(20):
            self._create_delivered_line(1, order={"client_order_ref": "many"})
        many = [self.count_queries(period="month"), self.count_queries(number="many")]
        self.assertEqual(few, many)

    def test_of_very_many_lines_the_number_is_capped_and_the_last_page_is_reached(self):
        self.patch(register, "COUNT_LIMIT", 2)
        self.patch(register, "LINES_PER_PAGE", 1)
        for _index in range(3):
            self._create_delivered_line(1, order={"client_order_ref": "several"})
        cases = ((1, "2+ lines, page 1", True), (2, "2+ lines, page 2", True))
        for page, expected, has_more in (*cases, (3, "3 lines, page 3", False)):
            with self.subTest(page=page):
                answer = html.fromstring(self.open_register(number="several", page=page).content)
                self.assertIn(expected, " ".join(answer.text_content().split()))
                self.assertEqual(bool(answer.xpath("//a[@rel='next']")), has_more)

    def count_queries(self, **search):
        """Return the queries of a search, once what is kept in memory is there."""
        self.open_register(**search)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.open_register(**search)
        return self.env.cr.sql_log_count - before
