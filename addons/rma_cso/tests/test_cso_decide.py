from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDecide(RmaCommon):
    def _open(self, form, positions, **values):
        context = {"active_model": "cso.rma.line", "active_ids": positions.ids}
        return self.env[f"cso.decide.{form}"].with_context(**context).create(values)

    def _redeliver(self, **values):
        """Decide a redelivery of a unit that is in stock; return position and order."""
        line = self._create_delivered_line(product=self._create_product(), **values)
        self._put_in_stock(line.product_id, 1)
        position = self._create_tested_position(line, "shortage")
        self._open("delivery", position).action_decide()
        return position, position.free_line_ids.order_id

    def _send_back(self, position, is_shipped):
        position._send_back()
        moves = position._get_back_moves()
        if is_shipped:
            moves.picked = True
            moves.picking_id.button_validate()

    def test_an_outcome_fits_its_dialog_and_the_reason(self):
        position = self._create_tested_position(self._create_delivered_line())
        for form, code in (("take.back", "credit"), ("take.back", "taken_back")):
            outcome = self.env.ref(f"rma_cso.outcome_{code}")
            wizard = self._open(form, position, outcome_id=outcome.id)
            with self.subTest(code), self.assertRaisesRegex(UserError, "does not fit"):
                wizard.action_decide()
        self.assertEqual(position.state, "to_decide")

    @mute_logger("odoo.sql_db")
    def test_a_position_stands_once_in_a_dialog(self):
        line = self._create_delivered_line(quantity=5)
        position = self._create_tested_position(line)
        command = Command.create({"position_id": position.id})
        for form in ("credit", "goodwill", "keep"):
            wizard = self._open(form, position)
            with self.subTest(form), self.assertRaises(UniqueViolation), self.cr.savepoint():
                wizard.line_ids = [command]
                self.env.flush_all()
        wizard = self._open("delivery", position)
        wizard.line_ids = [Command.create({"position_id": position.id, "quantity": 1.0})]
        wizard.line_ids.product_id = position.product_id
        with self.assertRaisesRegex(UserError, "Only 1 are claimed"):
            wizard.action_decide()

    def test_the_customer_has_not_both_goods_and_what_replaces_them(self):
        for is_shipped in (False, True):
            for form in ("credit", "delivery"):
                position = self._create_tested_position(self._create_delivered_line())
                self._send_back(position, is_shipped)
                with (
                    self.subTest(form=form, is_shipped=is_shipped),
                    self.assertRaisesRegex(UserError, "go back|Nothing is left"),
                ):
                    self._open(form, position, **self._get_outcome(form)).action_decide()

    def _get_outcome(self, form):
        name = "replacement" if form == "delivery" else "credit"
        return {"outcome_id": self.env.ref(f"rma_cso.outcome_{name}").id}

    def test_credited_goods_stay_with_us(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._open("credit", position).action_decide()
        with self.assertRaisesRegex(UserError, "stay with us"):
            position._dispose("customer")

    def test_an_order_free_of_charge_that_is_cancelled_stays_so(self):
        position, order = self._redeliver()
        order.action_cancel()
        self._open("credit", position).action_decide()
        with self.assertRaisesRegex(UserError, "stays cancelled"):
            order.action_draft()

    def test_what_was_delivered_free_of_charge_is_not_credited_as_well(self):
        position, order = self._redeliver()
        self._ship(order)
        order.action_cancel()
        self.assertEqual(position.state, "settled")
        with self.assertRaisesRegex(UserError, "does not fit"):
            self._open("credit", position).action_decide()

    def test_a_salesperson_delivers_no_more_free_of_charge_than_was_decided(self):
        _position, order = self._redeliver()
        seller = self._create_clerk("seller", "sales_team.group_sale_manager")
        line = order.order_line.with_user(seller)
        other = self._create_product()
        for values in ({"product_uom_qty": 5.0}, {"product_id": other.id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "free of charge"):
                line.write(values)
        for record, values in (
            (line, {"cso_free_for_id": False}),
            (order.with_user(seller), {"cso_rma_id": False}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                record.write(values)
        line.product_uom_qty = 0.0
        self.assertFalse(order.order_line.product_uom_qty)

    def test_what_is_kept_is_neither_sold_twice_nor_decided_otherwise(self):
        line = self._create_delivered_line(product=self._create_product(), price=63.21)
        self._put_in_stock(line.product_id, 5)
        position = self._create_kept(line, "over_delivery", 62.89, quantity=2)
        self._open("keep", position).action_decide()
        position.refund_line_ids.move_id.button_cancel()
        stock = line.product_id.qty_available
        self.assertEqual(position._get_possible_outcomes().code, "keep_offer")
        with self.assertRaisesRegex(UserError, "settled in part"):
            position._refuse("No.")
        position.kept_line_id.order_id.action_cancel()
        with self.assertRaisesRegex(UserError, "return its delivery first"):
            self._open("keep", position).action_decide()
        self.assertEqual(line.product_id.qty_available, stock)

    def test_what_left_the_order_before_it_was_invoiced_is_not_refused_any_more(self):
        line = self._create_delivered_line(2, invoiced_ago=None, product=self._create_product())
        position = self._create_case(line, "commercial", quantity=2)
        position.move_ids.quantity = 1.0
        self._receive(position)
        position.test_result = "no_fault"
        self._open("credit", position).action_decide()
        self._receive(position)
        self.assertEqual((position.state, position.uninvoiced_qty), ("decided", 1))
        with self.assertRaisesRegex(UserError, "settled in part"):
            position._refuse("No.")
