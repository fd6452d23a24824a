from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoDifference(RmaCommon):
    """What comes at the dock in another way than announced, and what the desk makes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dock = cls._create_clerk("dock", "stock.group_stock_user")
        cls.clerk = cls._create_clerk("desk")
        cls.bulk = cls._create_product(name="Cable", standard_price=7.0)

    def _validate(self, picking):
        """Validate what was counted, as the warehouse does it."""
        picking = picking.with_user(self.dock)
        picking.move_ids.filtered("quantity").picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _get_rows(self, position):
        return [(row.kind, row.quantity, row.is_open) for row in position.difference_ids]

    def _create_bulk_case(self, announced=3, **values):
        line = self._create_delivered_line(product=self.bulk, quantity=announced)
        return self._create_case(line, quantity=announced, **values)

    def _add_article(self, picking, product, quantity=1.0):
        return (
            self.env["stock.move"]
            .with_user(self.dock)
            .create(
                {
                    "product_id": product.id,
                    "quantity": quantity,
                    "product_uom_qty": quantity,
                    "picking_id": picking.id,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        )

    def test_counts_that_differ_are_noted_and_stop_nothing(self):
        for counted, rows in (
            (3, []),
            (2, [("fewer", 1, True)]),
            (5, [("more", 2, True)]),
        ):
            with self.subTest(counted):
                position = self._create_bulk_case()
                position.move_ids.quantity = counted
                self._validate(position.rma_id.picking_ids)
                self.assertEqual(self._get_rows(position), rows)
                self.assertEqual(position.received_qty, counted)

    def test_a_surplus_has_no_delivery_behind_it_and_comes_at_the_cost_of_the_article(self):
        position = self._create_bulk_case(1)
        self.bulk.standard_price = 9.0
        position.move_ids.quantity = 3
        self._validate(position.rma_id.picking_ids)
        surplus = position.difference_ids.move_id
        self.assertFalse(surplus.origin_returned_move_id or surplus.sale_line_id)
        self.assertEqual((surplus.quantity, surplus.value), (2, 18))
        self.assertEqual(position.sale_line_id.qty_delivered, 1)

    def test_what_comes_later_closes_the_difference(self):
        position = self._create_bulk_case()
        position.move_ids.quantity = 1
        self._validate(position.rma_id.picking_ids)
        rest = position.rma_id._get_open_receipts()
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        rest.move_ids.quantity = 1
        self._validate(rest)
        self.assertEqual(self._get_rows(position), [("fewer", 1, True)])
        self._validate(position.rma_id._get_open_receipts())
        self.assertEqual(self._get_rows(position), [("fewer", 1, False)])
        self.assertEqual(position.received_qty, 3)

    def test_the_desk_expects_no_more(self):
        position = self._create_bulk_case()
        position.move_ids.quantity = 2
        self._validate(position.rma_id.picking_ids)
        row = position.difference_ids
        with self.assertRaises(AccessError):
            row.with_user(self.dock).action_expect_no_more()
        row.with_user(self.clerk).action_expect_no_more()
        self.assertFalse(position.rma_id._get_open_receipts())
        self.assertEqual((row.is_open, row.resolved_by_id), (False, self.clerk))

    def test_another_article_is_taken_in_and_counts_for_nothing(self):
        other = self._create_product(name="Mouse")
        position = self._create_bulk_case(1)
        picking = position.rma_id.picking_ids
        position.move_ids.quantity = 0
        move = self._add_article(picking, other)
        self._validate(picking)
        self.assertEqual((move.cso_rma_line_id, move.cso_step), (position, "receipt"))
        self.assertEqual(self._get_rows(position), [("other_article", 1, True)])
        self.assertEqual((position.received_qty, position.state), (0, "authorised"))

    def test_serials_that_differ_are_noted(self):
        for counted, rows in (
            ((0,), []),
            ((1,), [("other_serial", 1, True)]),
            ((0, 1), [("more", 1, True)]),
        ):
            with self.subTest(counted):
                line = self._create_delivered_line(quantity=2)
                lots = self._get_lots(line).sorted("id")
                position = self._create_case(line, lot_ids=lots[0])
                move = position.move_ids
                self._count_lots(move, lots.browse([lots[index].id for index in counted]))
                self._validate(move.picking_id)
                self.assertEqual(self._get_rows(position), rows)
                self.assertEqual(position.difference_ids.lot_id, lots[1] if rows else lots[2:])
                self.assertTrue(
                    all(one.origin_returned_move_id for one in position.move_ids),
                    "both were delivered on the line",
                )

    def _count_lots(self, move, lots):
        item = move.move_line_ids
        for lot in lots[1:]:
            item.copy({"lot_id": lot.id, "quantity": 1.0})
        item.lot_id = lots[0]

    def test_a_serial_that_nobody_can_read_stops_nothing(self):
        position = self._create_case(self._create_delivered_line())
        move = position.move_ids
        move.move_line_ids.lot_id = False
        self._validate(move.picking_id)
        row = position.difference_ids
        self.assertEqual((row.kind, row.lot_id.name[:8]), ("other_serial", position.rma_id.name))

    def test_the_serial_of_a_unit_that_is_counted_besides_is_not_guessed(self):
        line = self._create_delivered_line(quantity=2)
        position = self._create_case(line, lot_ids=self._get_lots(line).sorted("id")[0])
        picking = position.rma_id.picking_ids
        position.move_ids.quantity = 2
        self._add_article(picking, self._get_lots(self._create_delivered_line()).product_id)
        self._validate(picking)
        self.assertEqual(set(position.difference_ids.mapped("kind")), {"more", "other_article"})
        for row in position.difference_ids:
            self.assertIn(position.rma_id.name, row.lot_id.name)

    def test_another_serial_is_looked_at_before_the_decision(self):
        line = self._create_delivered_line(quantity=2)
        lots = self._get_lots(line).sorted("id")
        position = self._create_case(line, lot_ids=lots[0])
        position.move_ids.move_line_ids.lot_id = lots[1]
        self._validate(position.rma_id.picking_ids)
        position.test_result = "confirmed"
        with self.assertRaisesRegex(UserError, "resolve the difference first"):
            position.action_decide()
        position.difference_ids.with_user(self.clerk).action_accept_serial()
        self.assertEqual(position.lot_ids, lots[1])
        self.assertFalse(position.rma_id._get_open_receipts())
        held = self.env["cso.rma.line.lot"].search([("line_id", "=", position.id)])
        self.assertEqual((held.lot_id, held.is_held), (lots[1], False))
        position.action_decide()

    def test_a_serial_of_another_customer_is_not_accepted(self):
        position = self._create_case(self._create_delivered_line())
        foreign = self.env["stock.lot"].create(
            {"name": "X-1", "product_id": position.product_id.id}
        )
        position.move_ids.move_line_ids.lot_id = foreign
        self._validate(position.rma_id.picking_ids)
        with self.assertRaisesRegex(UserError, "X-1 was not delivered"):
            position.difference_ids.with_user(self.clerk).action_accept_serial()

    def test_a_serial_too_many_is_not_accepted(self):
        line = self._create_delivered_line(quantity=2)
        position = self._create_case(line)
        self._receive(position)
        other = self._get_lots(line) - position.lot_ids
        with self.assertRaisesRegex(UserError, "one too many"):
            position._accept_lot(other)

    def test_the_dock_notes_what_it_sees_and_the_desk_says_what_it_did(self):
        position = self._create_bulk_case(1)
        row = (
            self.env["cso.difference"]
            .with_user(self.dock)
            .create({"kind": "damaged", "position_id": position.id, "note": "Corner dented"})
        )
        self.assertEqual((row.rma_id, row.partner_id), (position.rma_id, self.branch))
        desk_row = row.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "what was done"):
            desk_row.action_resolve()
        desk_row.resolution = "Told the customer."
        desk_row.action_resolve()
        self.assertFalse(row.is_open)
        desk_row.action_reopen()
        self.assertTrue(row.is_open)

    def test_the_only_position_of_the_case_and_its_article_are_filled_in(self):
        position = self._create_bulk_case(1)
        context = {"default_rma_id": position.rma_id.id, "default_kind": "damaged"}
        form = Form(self.env["cso.difference"].with_user(self.dock).with_context(**context))
        self.assertEqual((form.position_id, form.product_id), (position, self.bulk))

    def test_customers_and_other_companies_read_no_differences(self):
        row = self.env["cso.difference"].create({"kind": "unannounced", "number": "77"})
        buyer = self._create_portal_user("buyer", self.branch)
        with self.assertRaises(AccessError):
            row.with_user(buyer).read(["note"])
        row.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(row.with_user(self.dock).search([("id", "=", row.id)]))

    def test_an_unannounced_parcel_is_matched_to_an_expired_position(self):
        position = self._create_case(self._create_delivered_line())
        position._close("expired")
        row = self.env["cso.difference"].create(
            {"kind": "unannounced", "number": position.rma_id.name, "tracking_ref": "3S-1"}
        )
        desk_row = row.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "Choose the position"):
            desk_row.action_match()
        desk_row.position_id = position
        action = desk_row.action_match()
        self.assertEqual((position.state, position.tracking_ref), ("authorised", "3S-1"))
        self.assertEqual(action["res_id"], position.rma_id._get_open_receipts().id)
        self.assertFalse(row.is_open)
        self._validate(position.rma_id._get_open_receipts())
        self.assertEqual(position.state, "received")
