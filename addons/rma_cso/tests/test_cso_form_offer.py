from decimal import ROUND_HALF_UP, Decimal

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_cso_form import FormCommon

# Prices and offers as the manual of the trade shows them.
OFFERS = [
    ("over_delivery", 63.21, 0.5, 62.89),
    ("over_delivery", 153.84, 0.5, 153.07),
    ("over_delivery", 333.97, 0.5, 332.30),
    ("transport_damage", 333.97, 10, 300.57),
    ("transport_damage", 1.00, 0.5, 1.00),  # 0.995: a half is rounded up
]


@tagged("post_install", "-at_install")
class TestCsoFormOffer(FormCommon):
    def get_offer(self, line, code="transport_damage", **answers):
        return self._create_form(line, code, **answers)._get_offer()

    def test_offers_are_those_of_the_source(self):
        for code, price, percent, offered in OFFERS:
            with self.subTest(price=price, percent=percent):
                self._get_reason(code).offer_percent = percent
                line = self._create_delivered_line(1, price=price)
                self.assertEqual(self.get_offer(line, code)["unit_price"], offered)

    def test_every_cent_is_rounded_half_up_as_by_hand(self):
        form = self.env["cso.form.transport.damage"]
        currency = self.env.company.currency_id
        wrong = []
        for cents in range(1, 40_000):
            for percent in ("0.5", "10", "2.5"):
                exact = Decimal(cents) / 100 * (100 - Decimal(percent)) / 100
                by_hand = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
                offer = form._get_reduced_price(cents / 100, float(percent), currency)
                if Decimal(repr(offer)) != by_hand:
                    wrong.append((cents, percent, offer))
        self.assertEqual(wrong, [])

    def test_the_offer_is_below_the_invoiced_price_after_discount_without_tax(self):
        line = self._create_delivered_line(2, price=100.0, discount=20.0)
        offer = self.get_offer(line, quantity="2")
        self.assertEqual(offer["normal_price"], 80.0)
        self.assertEqual((offer["unit_price"], offer["total"]), (72.0, 144.0))

    def test_tax_that_is_in_the_price_is_no_part_of_the_offer(self):
        tax = self.tax.copy({"price_include_override": "tax_included"})
        line = self._create_delivered_line(1, price=121.0, taxes=tax)
        self.assertEqual(self.get_offer(line)["unit_price"], 90.0)

    def test_the_price_that_was_invoiced_counts_else_that_of_the_order(self):
        line = self._create_delivered_line(1, price=100.0, invoiced_ago=None)
        self.assertEqual(self.get_offer(line)["unit_price"], 90.0)
        invoice = self._invoice(line.order_id, post=False)
        invoice.invoice_line_ids.price_unit = 50.0
        invoice.action_post()
        self.assertEqual(self.get_offer(line)["unit_price"], 45.0)

    def test_the_offer_is_in_the_currency_of_the_invoice(self):
        dollar = self.env.ref("base.USD")
        euro = self.env.ref("base.EUR")
        foreign = (dollar | euro) - self.env.company.currency_id
        foreign[0].active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign[0].id}
        )
        line = self._create_delivered_line(1, order={"pricelist_id": pricelist.id})
        self.assertEqual(self.get_offer(line)["currency"], foreign[0])

    def test_without_percent_or_price_there_is_no_offer_and_no_question(self):
        free = self._create_delivered_line(1, price=0.0)
        self.assertEqual(self.get_offer(free), {})
        self.assertNotIn(
            "keep_choice", self._create_form(free, "transport_damage")._get_questions()
        )
        self._get_reason("transport_damage").offer_percent = 0
        line = self._create_delivered_line(1)
        self.assertEqual(self.get_offer(line), {})

    def test_who_may_not_see_prices_may_keep_the_goods_and_sees_no_amount(self):
        user = self._create_portal_user("blind", self.branch)
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        user.access_entry_ids.role_ids = roles
        line = self._create_delivered_line(1).with_user(user).sudo()
        form = self._create_form(line, "transport_damage", quantity="1").with_env(line.env)
        self.assertEqual((form._get_offer(), form.offer_text), ({}, ""))
        texts = [*dict(form._get_options("keep_choice")).values()]
        texts += form._get_hints("keep_choice").values()
        self.assertNotRegex(" ".join(texts), "333|300")
        self.assertEqual(form._prepare_position_values()["offer_unit_price"], 300.57)

    def test_who_may_not_see_prices_reads_no_offer_over_the_api(self):
        user = self._create_portal_user("blind", self.branch)
        line = self._create_delivered_line(1)
        answers = {"received_total": "2", "keep_choice": "keep"}
        position = self._create_form(line, "over_delivery", **answers)._add_to_cart()
        position.rma_id._submit()
        position = position.with_user(user)
        self.assertEqual(position.offer_unit_price, 332.30)
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        user.access_entry_ids.role_ids = roles
        position.invalidate_recordset()
        with self.assertRaises(AccessError):
            position.read(["offer_unit_price"])
        self.assertEqual(position.keep_choice, "keep")

    def test_the_offer_is_shown_before_choosing_and_kept_with_the_position(self):
        line = self._create_delivered_line(2)
        answers = {
            "quantity": "2",
            "noted_at_delivery": "yes",
            "comment": "Crushed.",
            "keep_choice": "keep",
        }
        question = self._create_question(line, "transport_damage", "keep_choice", **answers)
        self.assertIn("300.57", dict(question["options"])["keep"])
        self.assertIn("66.80", question["hints"]["keep"])
        form = self._create_form(line, "transport_damage", **answers)
        form.attachment_ids = self._create_photos("shipping_box", "retail_box", "shipping_label")
        position = form._add_to_cart()
        self.assertEqual((position.keep_choice, position.offer_unit_price), ("keep", 300.57))
        self.assertEqual(position.offer_percent, 10)
        self.assertEqual(position.offer_currency_id, line.currency_id)

    def test_an_offer_that_was_submitted_stays_as_it_was_made(self):
        line = self._create_delivered_line(1)
        answers = {"received_total": "2", "keep_choice": "keep"}
        position = self._create_form(line, "over_delivery", **answers)._add_to_cart()
        position.rma_id._submit()
        self._get_reason("over_delivery").offer_percent = 50
        words = dict(position._get_answer_words())
        self.assertIn("332.30", words["Do you want to keep the surplus?"])
        self._get_reason("over_delivery").offer_percent = 0
        words = dict(position._get_answer_words())
        self.assertIn("332.30", words["Do you want to keep the surplus?"])
