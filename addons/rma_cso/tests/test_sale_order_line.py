from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RaceCommon, RmaCommon


@tagged("post_install", "-at_install")
class TestSaleOrderLine(RmaCommon):
    def test_submitting_writes_what_is_claimed(self):
        line = self._create_delivered_line(quantity=2)
        self._create_case(line)
        self.assertEqual((line.cso_claimed_qty, line.cso_claim_limit), (1, 2))

    def test_reasons_that_take_no_units_claim_nothing(self):
        line = self._create_delivered_line()
        self._create_case(line, "missing_accessory", comment="The cable")
        self.assertEqual(line.cso_claimed_qty, 0)

    def test_the_database_refuses_to_claim_more_than_was_delivered(self):
        line = self._create_delivered_line()
        position = self._create_case(line)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            position.quantity = 2
            self.env.flush_all()

    def test_free_serials_are_those_no_open_position_holds(self):
        line = self._create_delivered_line(quantity=3)
        position = self._create_case(line)
        free = line._get_claimable_lots()[line.id]
        self.assertEqual(free, self._get_lots(line) - position.lot_ids)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 2})

    def test_a_credit_leaves_the_order_invoiced(self):
        for policy in ("order", "delivery"):
            with self.subTest(policy):
                product = self._create_serial_product(invoice_policy=policy)
                line = self._create_delivered_line(product=product, quantity=2)
                position = self._create_tested_position(line)
                self.assertEqual((line.qty_delivered, line.qty_invoiced), (2, 2))
                self._decide_credit(position)
                self._check_credited(line)
                position.refund_ids.action_post()
                self._check_credited(line)

    def _check_credited(self, line):
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (1, 1))
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual(line.order_id.invoice_status, "invoiced")
        self.assertEqual(line.customer_status, "fulfilled")
        self.assertEqual(line.order_id.customer_status, "fulfilled")

    def test_receiving_goods_changes_nothing_to_invoice(self):
        product = self._create_serial_product(invoice_policy="delivery")
        line = self._create_delivered_line(product=product)
        self._create_tested_position(line)
        self.assertEqual(line.qty_delivered, 1)
        self.assertEqual(line.order_id.invoice_status, "invoiced")

    def test_a_cancelled_credit_note_puts_the_quantities_back(self):
        line = self._create_delivered_line()
        position = self._create_tested_position(line)
        self._decide_credit(position).button_cancel()
        self.assertEqual((line.qty_delivered, line.qty_invoiced), (1, 1))
        self.assertEqual(line.order_id.invoice_status, "invoiced")

    def test_a_credited_licence_stays_fulfilled(self):
        line = self._create_delivered_line(product=self._create_license(), quantity=3)
        line.qty_delivered = 3
        position = self._create_case(line, "licence_return", quantity=2)
        position.action_authorise()
        self._decide_credit(position).action_post()
        self.assertEqual(line.qty_invoiced, 1)
        self.assertEqual(line.order_id.invoice_status, "invoiced")
        self.assertEqual(line.customer_status, "fulfilled")


@tagged("post_install", "-at_install")
class TestClaimRace(RaceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._open_factories() as factories:
            serial = factories._create_delivered_line(quantity=1)
            units = factories._create_delivered_line(product=factories.product, quantity=3)
            cls.numbers = [
                factories._create_position(line, quantity=quantity).rma_id.id
                for line, quantity in ((serial, 1), (serial, 1), (units, 2), (units, 2))
            ]

    def _race_for(self, *numbers):
        return self._race("cso.rma", numbers, lambda case: case._submit().name)

    def test_the_loser_of_a_race_for_a_serial_is_run_again_and_refused(self):
        self.assertIn("claimed or returned already", self._race_for(*self.numbers[:2]))

    def test_the_loser_of_a_race_for_units_is_run_again_and_refused(self):
        self.assertIn("Only 1 can still be claimed", self._race_for(*self.numbers[2:]))

    def test_two_submits_of_one_cart_make_one_case(self):
        with self._open_factories() as factories:
            number = factories._create_position(factories._create_delivered_line()).rma_id.id
        self.assertRegex(self._race_for(number, number), r"^RMA\d{5}$")
        with self._open("cso.rma", number) as case:
            self.assertEqual(len(case.picking_ids), 1)
