from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoTest(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bench = cls._create_clerk("bench", "stock.group_stock_user")

    def _create_received(self, quantity=1, product=None):
        line = self._create_delivered_line(
            quantity, product=product or self._create_serial_product()
        )
        position = self._create_case(line, "defect", quantity=quantity)
        self._receive(position)
        return position

    def _open(self, positions, user=None):
        positions = positions.with_user(user or self.bench)
        action = positions.action_test()
        return positions.env[action["res_model"]].with_context(**action["context"]).create({})

    def _upload(self):
        """A photo as the bench adds it to the dialog."""
        values = {"name": "box.png", "raw": b"\x89PNG", "mimetype": "image/png"}
        return self.env["ir.attachment"].with_user(self.bench).create(values).sudo()

    def _get_facts(self, case):
        names = ("quantity", "received_qty", "test_result", "disposition", "state")
        facts = [tuple(line[name] for name in names) for line in case.line_ids]
        return sorted(facts, key=str)

    def test_the_warehouse_tests_and_puts_away_in_one_step(self):
        position = self._create_received()
        photo = self._upload()
        dialog = self._open(position)
        dialog.line_ids.write(
            {"test_result": "no_fault", "disposition": "restock", "note": "Works."}
            | {"photo_ids": [(6, 0, photo.ids)]}
        )
        dialog.action_test()
        self.assertEqual(position.state, "to_decide")
        self.assertEqual((position.test_note, position.test_photo_ids), ("Works.", photo))
        self.assertEqual((position.tested_by_id, position.disposition), (self.bench, "restock"))
        self.assertEqual(self._get_goods(position), self.warehouse.lot_stock_id)

    def _get_goods(self, position):
        return position.lot_ids.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id

    def test_serials_that_fare_differently_become_positions(self):
        position = self._create_received(3)
        dialog = self._open(position)
        self.assertEqual(dialog.line_ids.lot_id, position.lot_ids)
        lot = position.lot_ids[2]
        for line in dialog.line_ids:
            line.test_result = "no_fault" if line.lot_id == lot else "confirmed"
        dialog.action_test()
        self.assertEqual(
            self._get_facts(position.rma_id),
            [(1, 1, "no_fault", False, "to_decide"), (2, 2, "confirmed", False, "to_decide")],
        )
        self.assertEqual((position.rma_id.line_ids - position).lot_ids, lot)

    def test_units_without_serials_are_divided_by_lines(self):
        position = self._create_received(5, self._create_product())
        with Form(self._open(position)) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 2
                line.test_result = "confirmed"
                line.disposition = "vendor"
            with form.line_ids.new() as line:
                line.position_id = position
                line.quantity = 1
                line.test_result = "customer_damage"
        form.record.action_test()
        self.assertEqual(
            self._get_facts(position.rma_id),
            [
                (1, 1, "customer_damage", False, "to_decide"),
                (2, 2, "confirmed", "vendor", "to_decide"),
                (2, 2, False, False, "received"),
            ],
        )

    def test_what_is_still_on_its_way_waits_by_itself(self):
        line = self._create_delivered_line(3, product=self._create_product())
        position = self._create_case(line, "defect", quantity=3)
        position.move_ids.move_line_ids.quantity = 2
        position.move_ids.picked = True
        position.move_ids.picking_id.with_context(skip_backorder=True).button_validate()
        dialog = self._open(position)
        dialog.line_ids.test_result = "confirmed"
        dialog.action_test()
        self.assertEqual(
            self._get_facts(position.rma_id),
            [(1, 0, False, False, "authorised"), (2, 2, "confirmed", False, "to_decide")],
        )

    def test_several_positions_are_tested_at_once(self):
        positions = self._create_received() | self._create_received()
        dialog = self._open(positions)
        dialog.line_ids.test_result = "no_fault"
        dialog.action_test()
        self.assertEqual(set(positions.mapped("state")), {"to_decide"})

    def test_a_result_can_be_changed_and_taken_back_until_it_is_decided(self):
        position = self._create_received()
        for result in ("confirmed", "no_fault", False):
            with self.subTest(result):
                dialog = self._open(position)
                dialog.line_ids.test_result = result
                dialog.action_test()
                self.assertEqual(position.test_result, result)
                self.assertEqual(position.state, "to_decide" if result else "received")
        position.test_result = "confirmed"
        self._decide_credit(position)
        dialog = self._open(position)
        dialog.line_ids.test_result = "no_fault"
        with self.assertRaisesRegex(UserError, "decided"):
            dialog.action_test()

    def test_decided_goods_are_still_put_away(self):
        position = self._create_received()
        position.test_result = "confirmed"
        self._decide_credit(position)
        dialog = self._open(position)
        dialog.line_ids.disposition = "quarantine"
        dialog.action_test()
        self.assertEqual((position.state, position.disposition), ("decided", "quarantine"))

    def test_bad_lines_are_refused_with_words(self):
        position = self._create_received(2, self._create_product())
        for values, words in (
            ({"quantity": 3, "test_result": "confirmed"}, "add up"),
            ({"quantity": 0, "test_result": "confirmed"}, "add up"),
            ({"disposition": "restock"}, "choose a result"),
        ):
            dialog = self._open(position)
            dialog.line_ids.write(values)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                dialog.action_test()

    def test_what_has_not_arrived_is_not_tested(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "Nothing of this is with us"):
            position.action_test()

    def test_notes_of_several_serials_name_them(self):
        position = self._create_received(2)
        dialog = self._open(position)
        dialog.line_ids.test_result = "confirmed"
        dialog.line_ids[0].note = "Noise"
        dialog.action_test()
        self.assertEqual(position.test_note, f"{dialog.line_ids[0].lot_id.name}: Noise")

    def test_the_customer_is_told_once_and_never_what_staff_noted(self):
        user = self._create_portal_user("buyer", self.branch)
        position = self._create_received()
        dialog = self._open(position)
        photo = self._upload()
        dialog.line_ids.write({"test_result": "confirmed", "photo_ids": [(6, 0, photo.ids)]})
        dialog.action_test()
        told = self.env["cso.notification"].search(
            [("rma_id", "=", position.rma_id.id), ("event", "=", "tested")]
        )
        self.assertEqual(told.line_ids, position)
        by_customer = position.with_user(user)
        self.assertEqual(by_customer.test_result, "confirmed")
        for name in ("test_note", "test_photo_ids", "disposition", "tested_by_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                by_customer.read([name])
        with self.assertRaises(AccessError):
            photo.with_user(user).read(["raw"])

    def test_who_is_neither_desk_nor_warehouse_tests_nothing(self):
        position = self._create_received()
        for login, group in (
            ("books", "account.group_account_invoice"),
            ("sale", "sales_team.group_sale_manager"),
        ):
            user = self._create_clerk(login, group)
            with self.subTest(login), self.assertRaises(AccessError):
                self._open(position, user)
