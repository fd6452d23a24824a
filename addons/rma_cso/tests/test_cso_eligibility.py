from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import ReturnRequest
from .common import RmaCommon

# code, days after the start on which it is possible for the last time
LAST_DAYS = [
    ("commercial", 15),
    ("own_mistake", 15),
    ("buyback", 30),
    ("wrong_delivery", 15),
    ("complaint", 15),
    ("over_delivery", 15),
    ("transport_damage", 4),
    ("concealed_damage", 15),
    ("shortage", 4),
    ("missing_accessory", 15),
    ("wrong_invoice", 30),
    ("doa", 45),
]


@tagged("post_install", "-at_install")
class TestCsoEligibility(RmaCommon):
    def _judge(self, line, code, quantity=None):
        return line._get_return_eligibility(self._get_reason(code), quantity)[line.id][0]

    def _get_codes(self, line, code, quantity=None):
        answer = self._judge(line, code, quantity)
        return [objection["code"] for objection in answer["objections"]]

    def test_the_last_day_counts_and_the_day_after_does_not(self):
        line = self._create_delivered_line()
        for code, days in LAST_DAYS:
            with self.subTest(code):
                moment = fields.Datetime.now() + timedelta(days=days)
                with freeze_time(moment):
                    self.assertNotIn("window", self._get_codes(line, code))
                with freeze_time(moment + timedelta(days=1)):
                    self.assertIn("window", self._get_codes(line, code))

    def test_today_is_a_day_of_the_company_calendar(self):
        self.env.company.resource_calendar_id.tz = "Pacific/Auckland"
        with freeze_time("2026-06-10 11:30:00"):
            self.assertEqual(str(self.env.company._get_cso_date()), "2026-06-10")
        with freeze_time("2026-06-10 12:30:00"):
            self.assertEqual(str(self.env.company._get_cso_date()), "2026-06-11")

    def test_the_last_day_ends_where_the_company_is(self):
        self.env.company.resource_calendar_id.tz = "Pacific/Auckland"
        with freeze_time("2026-06-01 03:00:00"):
            line = self._create_delivered_line()
            line.invoice_lines.move_id.button_draft()
            line.invoice_lines.move_id.invoice_date = "2026-06-01"
            line.invoice_lines.move_id.action_post()
        for moment, is_possible in (("2026-06-16 11:59", True), ("2026-06-16 12:00", False)):
            with self.subTest(moment), freeze_time(moment):
                self.assertEqual(self._judge(line, "commercial")["allowed"], is_possible)

    def test_a_defect_is_possible_for_the_months_of_the_policy(self):
        line = self._create_delivered_line()
        self.assertEqual(self._judge(line, "defect")["until"].year, self.today.year + 2)
        self._create_policy(warranty_months=12)
        self.assertEqual(self._judge(line, "defect")["until"].year, self.today.year + 1)

    def test_doa_counts_the_days_of_the_policy_from_the_receipt(self):
        line = self._create_delivered_line(shipped_ago=10, invoiced_ago=9)
        self._create_policy(doa_days=14)
        self.env.company.cso_transit_days = 2
        self.assertEqual((self._judge(line, "doa")["until"] - self.today).days, 6)

    def test_a_line_not_invoiced_yet_counts_from_its_ship_date(self):
        line = self._create_delivered_line(shipped_ago=10, invoiced_ago=None)
        self.assertEqual((self._judge(line, "commercial")["until"] - self.today).days, 5)

    def test_amount_limits_are_included(self):
        for price, is_possible in [
            (24.99, False),
            (25.00, True),
            (2000.00, True),
            (2000.01, False),
        ]:
            with self.subTest(price):
                line = self._create_delivered_line(price=price)
                self.assertEqual(self._judge(line, "commercial")["allowed"], is_possible)

    def test_the_value_is_after_discount(self):
        line = self._create_delivered_line(price=4000.0, discount=50.0)
        self.assertTrue(self._judge(line, "commercial")["allowed"])

    def test_a_refusal_for_the_amount_says_how_many_are_possible(self):
        line = self._create_delivered_line(quantity=15)
        objection = self._judge(line, "commercial")["objections"][0]
        self.assertEqual(objection["code"], "amount")
        self.assertEqual(objection["max_quantity"], 5)
        self.assertEqual(objection["alternative"], "buyback")
        self.assertTrue(self._judge(line, "commercial", 5)["allowed"])

    def test_the_value_counts_at_the_rate_of_the_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today - timedelta(days=9), "rate": 0.5}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        line = self._create_delivered_line(
            price=1000.5, order={"pricelist_id": pricelist.id}, invoiced_ago=3
        )
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today, "rate": 1.0}
        )
        self.assertIn("amount", self._get_codes(line, "commercial"))

    def test_excluded_articles_are_not_taken_back(self):
        product = self._create_serial_product(is_returnable=False)
        line = self._create_delivered_line(product=product)
        for code in ("commercial", "own_mistake", "buyback"):
            with self.subTest(code):
                self.assertIn("excluded", self._get_codes(line, code))
        self.assertTrue(self._judge(line, "doa")["allowed"])

    def test_specially_ordered_lines_are_not_taken_back(self):
        line = self._create_delivered_line(line={"is_special_order": True})
        self.assertIn("special_order", self._get_codes(line, "commercial"))

    def test_a_vendor_without_a_scheme_points_to_defect(self):
        line = self._create_delivered_line()
        self._create_policy(doa_scheme="no")
        objection = self._judge(line, "doa")["objections"][0]
        self.assertEqual((objection["code"], objection["alternative"]), ("no_doa", "defect"))

    def test_direct_service_answers_with_the_instructions(self):
        line = self._create_delivered_line()
        self._create_policy(warranty_handling="direct_service", instructions="Ask the maker.")
        objection = self._judge(line, "defect")["objections"][0]
        self.assertEqual(objection["code"], "vendor_handles")
        self.assertIn("Ask the maker.", objection["text"])

    def test_a_late_return_points_to_buyback_while_that_is_possible(self):
        line = self._create_delivered_line(invoiced_ago=20, shipped_ago=20)
        objection = self._judge(line, "commercial")["objections"][0]
        self.assertEqual(objection["alternative"], "buyback")
        late = self._create_delivered_line(invoiced_ago=31, shipped_ago=31)
        self.assertEqual(self._judge(late, "commercial")["objections"][0]["alternative"], "")

    def test_late_visible_damage_points_to_concealed_damage(self):
        line = self._create_delivered_line(invoiced_ago=5, shipped_ago=5)
        objection = self._judge(line, "transport_damage")["objections"][0]
        self.assertEqual(objection["alternative"], "concealed_damage")

    def test_a_licence_points_to_its_own_return(self):
        line = self._create_delivered_line(product=self._create_license())
        objection = self._judge(line, "commercial")["objections"][0]
        self.assertEqual((objection["code"], objection["alternative"]), ("kind", "licence_return"))
        self.assertTrue(self._judge(line, "licence_return")["allowed"])

    def test_of_a_service_only_the_invoice_can_be_claimed(self):
        freight = self._create_product(name="UPS Standard", type="service", is_storable=False)
        line = self._create_delivered_line(product=freight)
        answers = line._get_return_eligibility()[line.id]
        allowed = [answer["reason"].code for answer in answers if answer["allowed"]]
        self.assertEqual(allowed, ["wrong_invoice"])
        self.assertEqual(self._get_codes(line, "complaint"), ["kind"])

    def test_goods_cannot_be_returned_as_a_licence(self):
        self.assertEqual(self._get_codes(self._create_delivered_line(), "licence_return"), ["kind"])

    def test_all_objections_are_given(self):
        product = self._create_serial_product(is_returnable=False)
        line = self._create_delivered_line(product=product, price=10.0, invoiced_ago=20)
        codes = self._get_codes(line, "commercial")
        self.assertEqual(codes, ["window", "amount", "excluded"])

    def test_wrong_invoice_needs_an_invoice(self):
        line = self._create_delivered_line(invoiced_ago=None)
        self.assertIn("not_invoiced", self._get_codes(line, "wrong_invoice"))

    def test_nothing_is_possible_before_delivery(self):
        line = self._create_confirmed_line(self.product, 1, {})
        self.assertIn("not_delivered", self._get_codes(line, "doa"))

    def test_claimed_units_cannot_be_claimed_again(self):
        line = self._create_delivered_line(quantity=2)
        self._create_case(line)
        self.assertTrue(self._judge(line, "doa")["allowed"])
        self._create_case(line, lot_ids=self._get_lots(line).sorted("id")[1])
        self.assertIn("units", self._get_codes(line, "doa"))
        self.assertTrue(self._judge(line, "missing_accessory")["allowed"])

    def test_units_returned_without_us_cannot_be_claimed(self):
        product = self._create_product(is_storable=True)
        line = self._create_delivered_line(product=product, quantity=3)
        self._return(line.order_id.picking_ids, 2)
        objection = self._judge(line, "doa", 2)["objections"][0]
        self.assertEqual((objection["code"], objection["max_quantity"]), ("units", 1))

    def test_units_are_allotted_to_invoices_first_in_first_out(self):
        product = self._create_product(invoice_policy="delivery")
        line = self._create_delivered_line(product=product, quantity=2, invoiced_ago=None)
        invoice = self._invoice(line.order_id, 20, post=False)
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        self._invoice(line.order_id, 1)
        self.assertIn("window", self._get_codes(line, "commercial", 1))
        self._create_case(line, "buyback", comment="Too many")
        self.assertTrue(self._judge(line, "commercial", 1)["allowed"])

    def _create_parted_line(self, **values):
        """Two units, each shipped and invoiced by itself: twenty days ago and now."""
        product = values.pop("product", None) or self._create_product(invoice_policy="delivery")
        line = self._create_confirmed_line(product, 2, values)
        for days, serial in ((20, "OLD"), (0, "NEW")):
            is_tracked = product.tracking == "serial"
            self._put_in_stock(product, 1, [f"{serial}{line.id}"] if is_tracked else ())
            self._ship(line.order_id, 1).date_done = self._ago(days)
            self._invoice(line.order_id, days)
        return line

    def _ago(self, days):
        return fields.Datetime.now() - timedelta(days=days)

    def test_a_serial_is_judged_by_its_own_shipment_and_invoice(self):
        product = self._create_serial_product(invoice_policy="delivery")
        line = self._create_parted_line(product=product)
        old, new = self._get_lots(line).sorted("id")
        for lot, is_possible in ((old, False), (new, True)):
            with self.subTest(lot.name):
                position = self._create_position(line, "commercial", lot_ids=lot)
                self.assertEqual(not position._get_objections()[position], is_possible)

    def test_a_refusal_for_the_window_says_how_many_serials_are_possible(self):
        product = self._create_serial_product(invoice_policy="delivery")
        line = self._create_parted_line(product=product)
        objection = self._judge(line, "commercial")["objections"][0]
        self.assertEqual((objection["code"], objection["max_quantity"]), ("window", 1))
        self.assertIn("later for 1 of the serial numbers", objection["text"])

    def test_units_not_invoiced_yet_count_from_their_own_shipment(self):
        line = self._create_confirmed_line(self.product, 2, {})
        self._put_in_stock(self.product, 2)
        for days in (20, 3):
            self._ship(line.order_id, 1).date_done = self._ago(days)
        self.assertIn("window", self._get_codes(line, "commercial", 1))
        self._create_case(line, "buyback", comment="Too many")
        until = self._judge(line, "commercial", 1)["until"]
        self.assertEqual((until - self.today).days, 12)

    def test_licences_not_invoiced_yet_count_from_their_delivery_by_mail(self):
        line = self._create_delivered_line(product=self._create_license(), invoiced_ago=None)
        day = self.today - timedelta(days=5)
        self.env["sale.line.delivery"].create({"sale_line_id": line.id, "quantity": 1, "date": day})
        self.assertEqual((self._judge(line, "licence_return")["until"] - self.today).days, 10)

    def _judge_receipt(self, line, days, code="doa"):
        day = self.today + timedelta(days=days)
        request = ReturnRequest(line, self._get_reason(code), received_on=day)
        return self.env["cso.eligibility"]._assess([request])[0]

    def test_the_stated_day_of_receipt_counts(self):
        line = self._create_delivered_line(shipped_ago=50, invoiced_ago=50)
        self.assertIn("window", self._get_codes(line, "doa"))
        self.assertFalse(self._judge_receipt(line, -45)["objections"])
        self.assertEqual(self._judge_receipt(line, -46)["objections"][0]["code"], "window")

    def test_a_receipt_in_the_future_or_before_the_shipment_is_refused(self):
        line = self._create_delivered_line(shipped_ago=3)
        for days, text in ((1, "future"), (-4, "left our warehouse")):
            with self.subTest(days):
                objection = self._judge_receipt(line, days)["objections"][0]
                self.assertEqual(objection["code"], "received_on")
                self.assertIn(text, objection["text"])
        self.assertFalse(self._judge_receipt(line, -3)["objections"])

    def test_categories_can_be_excluded_with_those_below_them(self):
        parent = self.env["product.category"].create({"name": "3D printers"})
        child = self.env["product.category"].create({"name": "Resin", "parent_id": parent.id})
        line = self._create_delivered_line(product=self._create_product(categ_id=child.id))
        self._get_reason("commercial").excluded_categ_ids = parent
        self.assertEqual(self._get_codes(line, "commercial"), ["category"])
        self.assertFalse(self._get_codes(line, "own_mistake"))

    def test_a_wrong_invoice_is_told_before_the_delivery(self):
        line = self._create_confirmed_line(self.product, 1, {})
        self._invoice(line.order_id)
        self.assertTrue(self._judge(line, "wrong_invoice")["allowed"])

    def test_who_sees_no_prices_reads_no_amount(self):
        line = self._create_delivered_line(quantity=15)
        user = self._create_portal_user("plain", self.branch)
        with patch.object(type(user), "_has_access_role", lambda *args: False):
            objection = self._judge(line.with_user(user).sudo(), "commercial")["objections"][0]
        self.assertNotRegex(objection["text"], r"[$€]|\d[.,]\d")
        self.assertEqual(objection["max_quantity"], 5)

    def test_goods_with_a_defect_show_where_they_go(self):
        line = self._create_delivered_line()
        self.env.company.cso_returns_email = "rma@distributor.example"
        place = self._judge(line, "defect")["destination"]
        self.assertEqual((place["is_ours"], place["handling"]), (True, "Credit"))
        self.assertEqual(place["name"], self.env.company.partner_id.name)
        self.assertEqual(place["email"], "rma@distributor.example")
        self.assertFalse(self._judge(line, "commercial")["destination"])

    def test_direct_service_shows_the_service_centre(self):
        centre = self._create_customer(
            name="Repair Hub", city="Breda", phone="+31 76 1", website="https://hub.example"
        )
        line = self._create_delivered_line()
        self._create_policy(warranty_handling="direct_service", service_partner_id=centre.id)
        place = self._judge(line, "defect")["destination"]
        self.assertEqual((place["is_ours"], place["name"]), (False, "Repair Hub"))
        self.assertIn("Breda", place["address"])
        self.assertEqual((place["phone"], place["website"]), ("+31 76 1", "https://hub.example"))

    def test_late_goods_with_a_defect_go_nowhere(self):
        line = self._create_delivered_line(shipped_ago=800, invoiced_ago=800)
        self.assertFalse(self._judge(line, "defect")["destination"])

    def test_queries_do_not_grow_with_lines_and_reasons(self):
        vendors = [self._create_customer(name=f"Supply {index}") for index in range(8)]
        products = [self._create_bought_product(vendor) for vendor in vendors]
        for vendor in vendors[::2]:
            self._create_policy(vendor, warranty_handling="direct_service")
        lines = self.env["sale.order.line"].union(
            *(self._create_delivered_line(product=product) for product in products)
        )
        self.assertEqual(self._count_queries(lines), self._count_queries(lines[:2]))

    def _create_bought_product(self, vendor):
        """An article whose maker and main vendor are two others than those of the next one."""
        maker = self._create_customer(name="Maker")
        seller = {"partner_id": vendor.id, "price": 50.0}
        return self._create_serial_product(maker_id=maker.id, seller_ids=[Command.create(seller)])

    def _count_queries(self, lines):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        lines._get_return_eligibility()
        return self.cr.sql_log_count - before

    def test_serials_of_another_line_are_refused(self):
        product = self._create_serial_product()
        line = self._create_delivered_line(product=product)
        other = self._create_delivered_line(product=product)
        position = self._create_position(line, lot_ids=self._get_lots(other))
        codes = [one["code"] for one in position._get_objections()[position]]
        self.assertIn("serial", codes)

    def test_each_unit_needs_its_serial(self):
        position = self._create_position(self._create_delivered_line(quantity=2))
        position.write({"quantity": 2, "lot_ids": [Command.set(position.lot_ids.ids)]})
        codes = [one["code"] for one in position._get_objections()[position]]
        self.assertEqual(codes, ["serial_count"])
