from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoClaim(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()
        cls.accountant = cls._create_clerk("books", "account.group_account_invoice")
        cls.other_vendor = cls._create_customer(name="Other Supply")
        cls._create_policy(claim_days=10)

    @classmethod
    def _create_aside(cls, vendor=None):
        """A position whose unit is put aside for its vendor."""
        product = cls._create_serial_product(standard_price=200)
        line = cls._create_delivered_line(product=product)
        position = cls._create_tested_position(line, "defect")
        position.vendor_id = vendor or cls.vendor
        position._dispose("vendor")
        return position

    def _claim(self, positions, kind="vendor"):
        action = getattr(positions.with_user(self.clerk), f"action_claim_{kind}")()
        return self.env["cso.claim"].with_user(self.clerk).search(action["domain"])

    def _create_sent(self, shipped=True):
        claim = self._claim(self._create_aside())
        claim.action_send()
        if shipped:
            claim.action_ship()
            self._validate(claim)
        return claim

    def _validate(self, claim):
        """Do the transfers of a claim as the warehouse."""
        pickings = claim.sudo()._get_pickings().filtered(lambda one: one.state != "done")
        pickings.move_ids.picked = True
        pickings.button_validate()

    def _answer(self, claim, answer, **values):
        claim.line_ids.write({"answer": answer, **values})

    def _credit(self, claim, amount, post=True):
        action = claim.with_user(self.accountant).action_make_credit_note()
        refund = self.env["account.move"].browse(action["res_id"])
        refund.invoice_line_ids.write({"price_unit": amount, "tax_ids": [Command.clear()]})
        refund.invoice_date = self.today
        if post:
            refund.action_post()
        return refund

    def test_positions_are_grouped_by_vendor_and_join_the_open_draft(self):
        first, second = self._create_aside(), self._create_aside()
        other = self._create_aside(self.other_vendor)
        claims = self._claim(first | other)
        self.assertEqual(set(claims.partner_id), {self.vendor, self.other_vendor})
        claim = claims.filtered(lambda one: one.partner_id == self.vendor)
        self.assertEqual(self._claim(second | first), claim)
        self.assertEqual(claim.line_ids.position_id, first | second)
        self.assertEqual(claim.line_ids.lot_ids, first.lot_ids | second.lot_ids)
        self.assertEqual((claim.value, claim.expected_amount, claim.state), (400, 400, "draft"))
        self.assertEqual(claim.deadline, self.today + timedelta(days=10))
        self.assertFalse((first | second | other).filtered("is_to_claim"))

    def test_the_vendor_gets_the_very_units_of_the_claim(self):
        line = self._create_delivered_line(quantity=3)
        lots = self._get_lots(line).sorted("id")
        older = self._create_tested_position(line, "defect", lot_ids=lots[0])
        younger = self._create_tested_position(line, "defect", lot_ids=lots[1:], quantity=2)
        (older | younger).vendor_id = self.vendor
        (older | younger)._dispose("vendor")
        claim = self._claim(younger)
        claim.action_send()
        claim.action_ship()
        moves = claim.sudo().line_ids.move_ids
        self.assertEqual((moves.lot_ids, sum(moves.mapped("quantity"))), (lots[1:], 2))

    def test_who_is_not_known_is_asked(self):
        position = self._create_aside()
        position.vendor_id = False
        action = position.with_user(self.clerk).action_claim_vendor()
        self.assertEqual(action["res_model"], "cso.claim.start")
        dialog = self.env["cso.claim.start"].with_user(self.clerk).with_context(**action["context"])
        dialog.create({"partner_id": self.other_vendor.id}).action_claim()
        self.assertEqual(position.claim_line_ids.claim_id.partner_id, self.other_vendor)

    def test_what_cannot_be_claimed_is_refused(self):
        here = self._create_tested_position(self._create_delivered_line(), "defect")
        sent = self._create_sent(shipped=False).line_ids.position_id
        for kind, position, text in (
            ("vendor", here, "not put aside"),
            ("vendor", sent, "already"),
            ("carrier", here, "no damage in transport"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UserError, text):
                self._claim(position, kind)

    def test_goods_of_an_open_claim_go_nowhere_else(self):
        claim = self._claim(self._create_aside())
        position = claim.line_ids.position_id.sudo()
        for act in (
            lambda: position._dispose("restock"),
            lambda: position._refuse("No."),
            lambda: position._send_back(),
        ):
            with self.assertRaisesRegex(UserError, claim.name):
                act()
        claim.action_cancel()
        self.assertTrue(position.is_to_dispose)
        position._dispose("restock")
        self.assertEqual(claim.state, "cancelled")

    def test_goods_go_to_the_vendor_at_cost_and_the_order_is_blind_for_it(self):
        claim = self._create_sent()
        position, move = claim.line_ids.position_id, claim.sudo().line_ids.move_ids
        self.assertEqual((move.cso_step, move.value, move.state), ("vendor", 200, "done"))
        self.assertEqual(move.move_line_ids.lot_id, position.lot_ids)
        self.assertEqual(move.location_dest_id.usage, "supplier")
        self.assertEqual((claim.state, position.received_qty, position.back_qty), ("shipped", 1, 0))
        self.assertEqual(position.sale_line_id.sudo().qty_delivered, 1)
        self.assertFalse(move.picking_id.customer_partner_id)

    def test_states_follow_from_answers_goods_and_credits(self):
        for answer, values, credit, back, state, lost in (
            ("credit", {}, None, False, "accepted", 0),
            ("credit", {}, 200, False, "settled", 0),
            ("credit", {}, 150, False, "accepted", 0),
            ("replacement", {}, None, False, "accepted", 0),
            ("replacement", {}, None, True, "settled", 0),
            ("refused", {}, None, False, "refused", 0),
            ("refused", {"fate": "back"}, None, True, "settled", 0),
            ("refused", {"fate": "scrap"}, None, False, "settled", 200),
        ):
            with self.subTest(answer=answer, credit=credit, back=back, **values):
                claim = self._create_sent()
                self._answer(claim, answer, **values)
                if credit:
                    self._credit(claim, credit)
                if back:
                    claim.action_receive_back()
                    self._validate(claim)
                self.assertEqual((claim.state, claim.lost_amount), (state, lost))
                self.assertEqual(claim.line_ids.position_id.sudo().is_to_dispose, back)

    def test_goods_that_came_back_are_put_away_again(self):
        claim = self._create_sent()
        position = claim.line_ids.position_id.sudo()
        claim.action_receive_back()
        self.assertFalse(claim.is_to_come_back)
        self._validate(claim)
        self.assertEqual((position.disposition, position.is_to_dispose), (False, True))
        back = claim.sudo().line_ids.move_ids.filtered("origin_returned_move_id")
        self.assertEqual((back.value, back.move_line_ids.lot_id), (200, position.lot_ids))
        position._dispose("restock")

    def test_a_difference_is_shown_and_accepted(self):
        claim = self._create_sent()
        self._answer(claim, "credit")
        refund = self._credit(claim, 150, post=False)
        self.assertEqual(self._credit(claim, 150, post=False), refund)
        self.assertFalse(claim.received_amount)
        refund.action_post()
        self.assertEqual((claim.received_amount, claim.difference), (150, 50))
        claim.with_user(self.accountant).action_accept_difference()
        self.assertEqual((claim.state, claim.lost_amount), ("settled", 50))

    def test_a_credit_note_that_is_taken_back_opens_the_claim_again(self):
        claim = self._create_sent()
        self._answer(claim, "credit")
        refund = self._credit(claim, 200)
        refund.button_draft()
        self.assertEqual((claim.state, claim.received_amount), ("accepted", 0))

    def test_what_is_at_the_vendor_cannot_be_withdrawn(self):
        with self.assertRaisesRegex(UserError, "withdrawn"):
            self._create_sent().action_cancel()

    def test_facts_are_not_written_by_hand(self):
        claim = self._create_sent()
        for record, values in (
            (claim, {"sent_on": False}),
            (claim, {"partner_id": self.other_vendor.id}),
            (claim.line_ids, {"quantity": 5}),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                record.write(values)
        for record in (claim, claim.line_ids):
            with self.assertRaises(UserError):
                record.unlink()

    def test_a_near_deadline_is_told_once_until_it_is_sent(self):
        for days, expected in ((6, 0), (5, 1), (-2, 1)):
            with self.subTest(days=days):
                claim = self._claim(self._create_aside())
                claim.deadline = self.today + timedelta(days=days)
                for _run in range(2):
                    self.env["cso.claim"]._cron_warn()
                self.assertEqual(len(claim._get_warnings()), expected)
                self.assertEqual(len(claim.activity_user_id & self.clerk), expected)
                claim.action_send()
                self.assertFalse(claim._get_warnings())

    def test_damage_is_claimed_at_the_carrier_once(self):
        carrier = self._create_customer(name="Fast Vans")
        product = self._create_serial_product(standard_price=200)
        line = self._create_delivered_line(product=product)
        self._get_reason("transport_damage").at_carrier = True
        method = self._create_carrier(cso_claim_partner_id=carrier.id)
        line.move_ids.picking_id.carrier_id = method
        photo = self._create_photo()
        position = self._create_case(
            line,
            "transport_damage",
            noted_at_delivery="yes",
            comment="Crushed",
            attachment_ids=[Command.link(photo.id)],
        )
        self._authorise(position, goods="no")
        self.assertTrue(position.is_damage_to_claim)
        claim = self._claim(position, "carrier")
        self.assertEqual((claim.partner_id, claim.line_ids.noted_at_delivery), (carrier, "yes"))
        self.assertIn(f"/web/image/{photo.id}", claim.photos_html)
        self.assertEqual((claim.expected_amount, position.is_damage_to_claim), (200, False))
        claim.action_send()
        self._answer(claim, "refused")
        self.assertEqual((claim.state, claim.lost_amount), ("settled", 200))
        with self.assertRaisesRegex(UserError, "already"):
            self._claim(position, "carrier")

    def test_nobody_but_staff_of_the_company_reads_claims(self):
        claim = self._claim(self._create_aside()).sudo()
        case = claim.line_ids.rma_id
        buyer = self._create_portal_user("buyer", self.branch)
        vendor = self._create_portal_user("vendor", self.vendor)
        seller = self._create_clerk("seller", "sales_team.group_sale_salesman")
        for user in (buyer, vendor, seller):
            for record, names in (
                (claim, ["name"]),
                (claim.line_ids, ["value"]),
                (case, ["claim_count"]),
                (case.line_ids, ["claim_line_ids"]),
            ):
                with self.subTest(user=user.login, names=names), self.assertRaises(AccessError):
                    record.with_user(user).read(names)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.clerk.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.env["cso.claim"].with_user(self.clerk).search([]))
