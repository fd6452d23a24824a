from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoPositionStatus(RmaCommon):
    def _get_now(self, position):
        return [now for now, _then in position._get_outlook()]

    def _settle(self, position, code, promises):
        outcome = self.env["cso.outcome"].search([("code", "=", code)])
        position._settle(outcome, promises)

    def test_who_was_not_invoiced_is_promised_no_credit_note(self):
        line = self._create_delivered_line(invoiced_ago=None)
        position = self._create_tested_position(line)
        self._decide_credit(position)
        self.assertIn("not invoiced", position._get_outcome_text())

    def test_each_state_says_who_has_it_next(self):
        line = self._create_delivered_line(product=self._create_product())
        position = self._create_case(line, "complaint", comment="Why")
        steps = [
            (lambda: None, "our returns desk looks"),
            (lambda: position._ask_back("Which one?"), "you answer our question"),
            (position._answer, "our returns desk looks"),
            (lambda: self._authorise(position), "you send the goods by"),
            (position._mark_sent, "your parcel is on its way to us"),
            (lambda: self._receive(position), "our technicians look"),
            (lambda: position.write({"test_result": "confirmed"}), "our returns desk decides"),
            (lambda: self._decide_credit(position), "our accounting checks the credit note"),
        ]
        for act, expected in steps:
            with self.subTest(expected):
                act()
                [now] = self._get_now(position)
                self.assertIn(expected, now)
        position.refund_ids.action_post()
        self.assertFalse(position._get_outlook())

    def test_each_promise_that_is_open_says_who_works_on_it(self):
        position = self._create_tested_position(self._create_delivered_line())
        for code, kind, expected in (
            ("goodwill", "amount", "our accounting checks the credit note"),
            ("keep_offer", "invoice", "our accounting checks the invoice"),
            ("replacement", "delivery", "our warehouse prepares the delivery"),
            ("repair", "back", "our warehouse prepares the delivery"),
            ("repair", "repair", "it is being repaired"),
        ):
            with self.subTest(kind):
                self._settle(position, code, [kind])
                self.assertEqual(self._get_now(position), [expected])

    def test_facts_are_told_in_whole_sentences(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._settle(position, "replacement", ["delivery"])
        self.assertEqual(
            position._get_facts(),
            ["1 of 1 received.", "Tested: Fault confirmed.", "You get a replacement."],
        )

    def test_each_difference_at_the_dock_has_its_words(self):
        position = self._create_case(self._create_delivered_line())
        values = {"position_id": position.id, "product_id": position.product_id.id}
        for kind, expected in (
            ("fewer", "2 fewer than announced."),
            ("more", "2 more than announced."),
            ("other_article", f"2 of another article arrived: {position.product_id.name}."),
            ("other_serial", f"Another serial number arrived: {position.lot_ids.name}."),
            ("damaged", "2 arrived damaged."),
            ("incomplete", "2 arrived incomplete."),
            ("unannounced", "The parcel came without a valid number."),
        ):
            with self.subTest(kind):
                difference = self.env["cso.difference"].create(
                    {**values, "kind": kind, "quantity": 2.0, "lot_id": position.lot_ids.id}
                )
                self.assertEqual(position._get_difference_texts(), [expected])
                events = [text for _date, text in position._get_events(1)]
                self.assertIn(f"position 1: {expected.rstrip('.')}", events)
                difference.unlink()

    def test_what_was_missing_and_came_later_is_not_told_any_more(self):
        position = self._create_case(self._create_delivered_line())
        for kind in ("fewer", "damaged"):
            self.env["cso.difference"].create(
                {"position_id": position.id, "kind": kind, "quantity": 1.0}
            )._resolve("Looked at")
        self.assertEqual(position._get_difference_texts(), ["1 arrived damaged."])

    def test_what_is_sent_back_is_told_with_its_parcel(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._settle(position, "repair", ["back"])
        picking = position._send_back("Repaired")
        [parcel] = position._get_parcels()
        self.assertEqual((parcel["day"], parcel["expected"]), (False, "being prepared"))
        picking.carrier_tracking_ref = "1Z999"
        picking.move_ids.picked = True
        picking.button_validate()
        [parcel] = position._get_parcels()
        self.assertEqual((parcel["picking"], parcel["links"][0][0]), (picking, "1Z999"))
        self.assertFalse(parcel["order"])
        texts = [step["text"] for step in position.rma_id._get_timeline()]
        self.assertEqual(texts[-1], "position 1: on its way to you with 1Z999")

    def test_what_is_delivered_free_of_charge_is_told_with_its_order(self):
        position = self._create_tested_position(self._create_delivered_line())
        order = position._make_free_orders(
            [
                {
                    "position": position,
                    "product": self._create_product(),
                    "quantity": 1.0,
                    "uom": position.product_uom_id,
                    "address": position.order_id.partner_shipping_id,
                }
            ]
        )
        self._settle(position, "replacement", ["delivery"])
        [parcel] = position._get_parcels()
        self.assertEqual((parcel["order"], parcel["day"]), (order, False))
        self.assertEqual(parcel["expected"], "no date from the supplier yet")

    def test_a_position_is_withdrawn_until_its_goods_are_on_the_way(self):
        position = self._create_case(self._create_delivered_line())
        self.assertTrue(position._may_withdraw())
        self._receive(position)
        position.test_result = "customer_damage"
        position._refuse("Damaged by a fall.")
        position._object("It never fell.")
        self.assertEqual((position.state, position._may_withdraw()), ("review", False))
        with self.assertRaisesRegex(UserError, "cannot be withdrawn"):
            position._withdraw()

    def test_the_timeline_counts_what_arrived_on_several_days(self):
        line = self._create_delivered_line(2, product=self._create_product())
        position = self._create_case(line, "defect", quantity=2.0)
        for _day in range(2):
            move = position.move_ids.filtered(lambda one: one.state == "assigned")
            move.write({"quantity": 1.0, "picked": True})
            move.picking_id.with_context(skip_backorder=False)._action_done()
        texts = [step["text"] for step in position.rma_id._get_timeline()]
        for count in (1, 2):
            self.assertIn(f"position 1: {count} of 2 received", texts)
