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

    def test_three_pieces_of_a_dozen_are_not_three_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(line={"product_uom_id": dozen.id})
        lots = self._get_lots(line).sorted("id")
        self.assertEqual(len(lots), 12)
        self._create_case(line, quantity=0.25, lot_ids=lots[:3])
        self.assertEqual(line.cso_claimed_qty, 0.25)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 0.75})

    def test_each_piece_of_a_dozen_can_be_claimed_once(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(line={"product_uom_id": dozen.id})
        for lot in self._get_lots(line):
            self._create_case(line, quantity=1 / 12, lot_ids=lot)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 0})
        self.assertAlmostEqual(line.cso_claimed_qty, 1)

    def test_parts_of_a_unit_are_claimed_where_the_article_is_sold_so(self):
        product = self._create_product(uom_id=self.env.ref("uom.product_uom_kgm").id)
        line = self._create_delivered_line(product=product, quantity=2.5)
        self._create_case(line, quantity=1.25)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 1.25})

    def test_what_is_not_shipped_yet_is_not_claimed(self):
        line = self._create_confirmed_line(self.product, 10, {})
        self._put_in_stock(self.product, 4)
        self._ship(line.order_id, 4)
        self._invoice(line.order_id)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 4})

    def test_of_a_kit_whole_sets_are_claimed(self):
        line, parts = self._create_kit_line(3)
        picking = self._ship_parts(line, {parts[0]: 6, parts[1]: 3})
        self.assertEqual(line._get_claimable_quantities(), {line.id: 3})
        self._create_case(line, "complaint", quantity=1, comment="It does not fit.")
        self.assertEqual(line._get_claimable_quantities(), {line.id: 2})
        back = picking.move_ids.filtered(lambda move: move.product_id == parts[0])
        self._bring_back(back, 1)
        self.assertEqual(line._get_claimable_quantities(), {line.id: 1})

    def test_of_a_kit_that_lacks_a_part_nothing_is_claimed(self):
        line, parts = self._create_kit_line(3)
        self._ship_parts(line, {parts[0]: 6, parts[1]: 0})
        self.assertEqual(line._get_claimable_quantities(), {line.id: 0})

    def _create_kit_line(self, quantity):
        """A line of which parts are shipped, two of the first and one of the second per set."""
        line = self._create_confirmed_line(self._create_product(name="Set"), quantity, {})
        parts = [self._create_product(name=name) for name in ("Arm", "Base")]
        whole = line.move_ids
        for part, count in zip(parts, (2, 1), strict=True):
            self._put_in_stock(part, count * quantity)
            values = {"product_id": part.id, "product_uom_qty": count * quantity, "state": "draft"}
            whole.copy({**values, "product_uom": part.uom_id.id, "sale_line_id": line.id})
        whole._action_cancel()
        return line, parts

    def _ship_parts(self, line, quantities):
        picking = line.order_id.picking_ids
        picking.action_confirm()
        picking.action_assign()
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            move.quantity = quantities[move.product_id]
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True)._action_done()
        return picking

    def _bring_back(self, move, quantity):
        back = move.copy(
            {
                "origin_returned_move_id": move.id,
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
                "product_uom_qty": quantity,
                "picking_id": False,
                "sale_line_id": move.sale_line_id.id,
            }
        )
        back._action_confirm()
        back.quantity = quantity
        back.picked = True
        back._action_done()

    def test_free_serials_are_those_no_open_position_holds(self):
        line = self._create_delivered_line(quantity=3)
        position = self._create_case(line)
        free = line._get_return_facts()[line.id].free_lots
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
    """Two transactions at once: who comes second is run again, and then finds what is left."""

    def _race_for(self, *numbers):
        return self._race("cso.rma", numbers, self._submit_or_withdraw)

    def _submit_or_withdraw(self, case):
        """Submit a cart as its own user, or withdraw what was submitted."""
        case = case.with_user(case.user_id).sudo()
        if case.submitted_on:
            case.line_ids._withdraw()
            return case.line_ids.state
        return case._submit().name

    def _create_carts(self, factories, line, *positions, users=()):
        """Return the ids of carts about one line: pairs of reason and values of the position."""
        numbers = []
        for index, (code, values) in enumerate(positions):
            user = users[index] if users else None
            cart = factories._create_cart(user)
            factories._create_position(line, code, cart=cart, **values)
            numbers.append(cart.id)
        return numbers

    def test_of_two_carts_with_one_serial_the_second_is_refused(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line()
            numbers = self._create_carts(factories, line, ("doa", {}), ("doa", {}))
        self.assertIn("claimed or returned already", self._race_for(*numbers))

    def test_of_two_carts_with_too_many_units_the_second_is_refused(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line(product=factories.product, quantity=3)
            two = ("doa", {"quantity": 2})
            numbers = self._create_carts(factories, line, two, two)
        self.assertIn("Only 1 can still be claimed", self._race_for(*numbers))

    def test_of_customer_and_clerk_with_one_serial_the_second_is_refused(self):
        with self._open_factories() as factories:
            number = factories.env["res.users"].search([], order="id desc", limit=1).id
            customer = factories._create_portal_user(f"buyer{number}", factories.branch)
            clerk = factories._create_clerk(f"clerk{number}")
            for users in ((customer, clerk), (clerk, customer)):
                line = factories._create_delivered_line()
                claims = ("doa", {}), ("commercial", {})
                numbers = self._create_carts(factories, line, *claims, users=users)
                factories.env.cr.commit()
                with self.subTest(users[0].login):
                    self.assertIn("claimed or returned already", self._race_for(*numbers))

    def test_of_a_quantity_and_a_serial_the_second_is_refused(self):
        by_quantity, by_serial = ("complaint", {"comment": "It does not fit."}), ("doa", {})
        with self._open_factories() as factories:
            for claims in ((by_quantity, by_serial), (by_serial, by_quantity)):
                line = factories._create_delivered_line()
                numbers = self._create_carts(factories, line, *claims)
                factories.env.cr.commit()
                with self.subTest(claims[0][0]):
                    self.assertIn("claimed or returned already", self._race_for(*numbers))

    def test_what_is_withdrawn_at_the_same_moment_can_be_claimed_again(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line()
            numbers = self._create_carts(factories, line, ("doa", {}), ("doa", {}))
            factories.env["cso.rma"].browse(numbers[0])._submit()
        self.assertRegex(self._race_for(*numbers), r"^RMA\d{5}$")

    def test_a_withdrawal_while_others_submit_gives_back_its_own_units_only(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line(product=factories.product, quantity=3)
            claims = ("doa", {"quantity": 1}), ("doa", {"quantity": 2})
            numbers = self._create_carts(factories, line, *claims)
            factories.env["cso.rma"].browse(numbers[1])._submit()
        self.assertEqual(self._race_for(*numbers), "withdrawn")
        with self._open("sale.order.line", line.id) as line:
            self.assertEqual(line.cso_claimed_qty, 1)

    def test_two_submits_of_one_cart_make_one_case(self):
        with self._open_factories() as factories:
            number = factories._create_position(factories._create_delivered_line()).rma_id.id
        name = self._race("cso.rma", (number, number), lambda case: case._submit().name)
        self.assertRegex(name, r"^RMA\d{5}$")
        with self._open("cso.rma", number) as case:
            self.assertEqual(len(case.picking_ids), 1)
