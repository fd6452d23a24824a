from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormWrongDelivery(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2, price=63.21)
        cls.received = cls._create_product(
            name="Expansion Desktop 10 TB",
            barcode="3660619040438",
            maker_part_number="STKP-10000-400",
            list_price=153.84,
        )
        cls.on_slip = {"slip_matches": "yes", "quantity": "1", "keep_choice": "keep"}
        cls.not_on_slip = {
            "slip_matches": "no",
            "quantity": "1",
            "received_identification": "3660619040438",
            "keep_choice": "send_back",
            "still_wanted": "yes",
        }

    def get_errors(self, photos=None, **answers):
        return self._get_errors(self.line, "wrong_delivery", photos, **answers)

    def prepare(self, **answers):
        return self._create_form(self.line, "wrong_delivery", **answers)._prepare_position_values()

    def find(self, number, **answers):
        answers = {**self.not_on_slip, "received_identification": number, **answers}
        return self._create_form(self.line, "wrong_delivery", **answers)

    def test_each_branch_requires_its_own_answers(self):
        for answers in (self.on_slip, self.not_on_slip):
            self.assertEqual(self.get_errors(**answers), set())
            for question in set(answers) - {"slip_matches"}:
                with self.subTest(slip=answers["slip_matches"], question=question):
                    rest = {key: answers[key] for key in answers if key != question}
                    self.assertEqual(self.get_errors(**rest), {question})
        self.assertEqual(self.get_errors(quantity="1"), {"slip_matches"})

    def test_what_only_the_other_branch_asks_is_not_looked_at(self):
        lots = self._get_lots(self.line)
        answers = {
            **self.not_on_slip,
            **self.on_slip,
            "typed_serials": "X1",
            "lot_ids": lots[:1].ids,
        }
        values = self._create_form(
            self.line, "wrong_delivery", **answers
        )._prepare_position_values()
        self.assertFalse(values["received_identification"] or values["typed_serials"])
        self.assertFalse(values["received_product_id"] or values["still_wanted"])
        self.assertEqual(values["lot_ids"][0][2], lots[:1].ids)
        answers["slip_matches"] = "no"
        values = self._create_form(
            self.line, "wrong_delivery", **answers
        )._prepare_position_values()
        self.assertEqual(values["received_product_id"], self.received.id)
        self.assertEqual((values["typed_serials"], values["lot_ids"][0][2]), ("X1", []))

    def test_the_article_is_found_by_part_number_or_ean_as_people_write_them(self):
        numbers = (
            "3660619040438",
            " 3660619 040438 ",
            "03660619040438",
            "STKP-10000-400",
            "stkp10000400",
        )
        for number in numbers:
            with self.subTest(number=number):
                self.assertEqual(self.find(number).received_product_id._origin, self.received)
        note = self._create_question(
            self.line, "wrong_delivery", "received_identification", **self.not_on_slip
        )["note"]
        self.assertIn("Expansion Desktop 10 TB", note)
        self.assertIn("3660619040438", note)

    def test_what_is_not_in_the_catalogue_is_described_and_photographed(self):
        for number in ("36606190404XX", "²", "unknown", "'; --", "%", "9" * 100):
            with self.subTest(number=number[:10]):
                answers = {**self.not_on_slip, "received_identification": number}
                errors = self.get_errors(**answers)
                self.assertEqual(errors, {"received_description", "photo_received_article"})
        answers["received_description"] = "A grey box."
        photos = self._create_photos("received_article")
        self.assertEqual(self.get_errors(photos, **answers), set())
        form = self._create_form(self.line, "wrong_delivery", **answers)
        self.assertEqual(form._get_offer(), {})
        self.assertFalse(form._prepare_position_values()["offer_unit_price"])

    def test_articles_that_are_not_sold_here_are_not_found(self):
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        for values in (
            {"active": False},
            {"sale_ok": False},
            {"company_id": other_company.id},
        ):
            with self.subTest(values=values):
                product = self._create_product(name="Hidden", maker_part_number="HID-1")
                product.write(values)
                self.assertFalse(self.find("HID-1").received_product_id)
                product.maker_part_number = False

    def test_a_number_of_two_articles_is_said_to_be_so(self):
        self._create_product(name="The other one", maker_part_number="STKP 10000 400")
        form = self.find("STKP-10000-400")
        self.assertFalse(form.received_product_id)
        note = form._get_answer_note("received_identification")
        self.assertIn("The other one", note)
        self.assertIn("Expansion Desktop", note)
        self.assertIn("received_description", form._get_questions())

    def test_the_ordered_article_is_not_the_wrong_one(self):
        self.line.product_id.barcode = "4006381333931"
        answers = {**self.not_on_slip, "received_identification": "4006381333931"}
        self.assertEqual(self.get_errors(**answers), {"received_identification"})

    def test_the_offer_of_the_slip_is_below_the_invoice(self):
        form = self._create_form(self.line, "wrong_delivery", **self.on_slip)
        self.assertEqual(form._get_offer()["unit_price"], 62.89)

    def test_the_offer_of_another_article_is_below_what_the_customer_pays_for_it_now(self):
        self.assertEqual(self.find("3660619040438")._get_offer()["unit_price"], 153.07)
        rule = {"compute_price": "percentage", "percent_price": 50.0, "applied_on": "3_global"}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Half", "item_ids": [(0, 0, rule)]}
        )
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.branch.property_product_pricelist = pricelist
        self.assertEqual(self.find("3660619040438")._get_offer()["unit_price"], 76.54)

    def test_tax_in_the_list_price_is_no_part_of_the_offer(self):
        self.received.list_price = 121.0
        self.received.taxes_id = self.tax.copy({"price_include_override": "tax_included"})
        self.assertEqual(self.find("3660619040438")._get_offer()["unit_price"], 99.50)

    def test_the_article_of_a_case_stays_the_one_that_was_found(self):
        form = self._create_form(self.line, "wrong_delivery", **self.not_on_slip)
        position = form._add_to_cart()
        position.rma_id._submit()
        self.received.active = False
        form = position._new_form()
        self.assertEqual(form.received_product_id._origin, self.received)
        self.assertNotIn("received_description", form._get_questions())
        self.assertEqual(position.offer_unit_price, 153.07)
