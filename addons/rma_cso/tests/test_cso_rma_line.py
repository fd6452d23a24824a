from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RaceCommon, RmaCommon


@tagged("post_install", "-at_install")
class TestCsoRmaLine(RmaCommon):
    def test_states_follow_the_facts(self):
        position = self._create_position(self._create_delivered_line())
        states = [position.state]
        for step in (
            position.rma_id._submit,
            lambda: self._receive(position),
            lambda: position.write({"test_result": "confirmed"}),
            lambda: self._decide_credit(position),
            lambda: position.refund_ids.action_post(),
        ):
            step()
            states.append(position.state)
        self.assertEqual(
            states, ["draft", "authorised", "received", "to_decide", "decided", "credited"]
        )
        self.assertEqual(position.rma_id.state, "closed")

    def test_authorising_twice_is_refused(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "does not fit"):
            position.action_authorise()

    def test_a_cart_is_neither_authorised_nor_refused_nor_withdrawn(self):
        position = self._create_position(self._create_delivered_line())
        for act in (
            position.action_authorise,
            position._authorise,
            lambda: position._refuse("No."),
            position.action_withdraw,
        ):
            with self.assertRaises(UserError):
                act()
        self.assertFalse(position.rma_id.picking_ids)

    def test_staff_writes_only_what_the_state_allows(self):
        position = self._create_case(self._create_delivered_line())
        by_clerk = position.with_user(self._create_clerk())
        by_clerk.fee_percent = 5
        for name, value in (
            ("authorisation_state", "refused"),
            ("outcome_id", 1),
            ("quantity", 9),
            ("lot_ids", [(5,)]),
            ("sale_line_id", self._create_delivered_line().id),
            ("reason_id", self._get_reason("commercial").id),
            ("received_qty", 1),
            ("state", "credited"),
            ("is_goods_expected", False),
            ("sent_on", "2020-01-01"),
            ("test_result", "confirmed"),
            ("valid_until", "2099-01-01"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "by hand"):
                by_clerk.write({name: value})
        self.assertEqual((position.state, position.fee_percent), ("authorised", 5))

    def test_a_test_is_written_after_the_receipt_and_before_the_decision(self):
        position = self._create_case(self._create_delivered_line())
        by_clerk = position.with_user(self._create_clerk())
        none = self.env["ir.attachment"]
        with self.assertRaisesRegex(UserError, "nothing was received"):
            by_clerk._note_test("no_fault", "Works.", none)
        self._receive(position)
        by_clerk._note_test("no_fault", "Works.", none)
        by_clerk._note_test("confirmed", "Dead.", none)
        self._decide_credit(position, by_clerk.env.user)
        with self.assertRaisesRegex(UserError, "decided"):
            by_clerk._note_test("no_fault", "Works.", none)

    def test_a_clerk_withdraws_on_the_wish_of_the_customer(self):
        position = self._create_case(self._create_delivered_line())
        position.with_user(self._create_clerk()).action_withdraw()
        self.assertEqual((position.state, position.move_ids.state), ("withdrawn", "cancel"))

    def test_who_is_not_of_the_desk_withdraws_nothing(self):
        position = self._create_case(self._create_delivered_line())
        seller = self._create_clerk("seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            position.with_user(seller).action_withdraw()

    def test_a_credited_position_is_not_refused(self):
        position = self._create_tested_position(self._create_delivered_line())
        note = self._decide_credit(position)
        with self.assertRaisesRegex(UserError, "cancel the credit note"):
            position._refuse("Too late.")
        note.button_cancel()
        position._refuse("It was a mistake.")
        self.assertEqual(position.state, "refused")

    def test_a_photo_is_required_where_the_reason_says_so(self):
        position = self._create_position(
            self._create_delivered_line(), "transport_damage", comment="The corner"
        )
        position.attachment_ids = self._create_photo("note.pdf", "application/pdf")
        with self.assertRaisesRegex(UserError, "photo"):
            position.rma_id._submit()
        position.attachment_ids |= self._create_photo()
        position.rma_id._submit()
        self.assertEqual(position.state, "review")

    def test_the_kept_check_is_readable(self):
        position = self._create_case(self._create_delivered_line(), "commercial")
        text = position.eligibility_text
        for part in ("No objections", "Window (days): 15", "Return Fee (%): 10", "At once"):
            with self.subTest(part):
                self.assertIn(part, text)

    def test_what_is_sent_is_not_to_be_sent_any_more(self):
        first = self._create_position(self._create_delivered_line())
        second = self._create_position(self._create_delivered_line(), cart=first.rma_id)
        case = first.rma_id
        case._submit()
        self.assertEqual((first.is_to_send, case.valid_until), (True, first.valid_until))
        second.sudo().valid_until = first.valid_until + timedelta(days=3)
        first._mark_sent("UPS")
        self.assertEqual((first.is_to_send, case.valid_until), (False, second.valid_until))
        second._mark_sent("DHL")
        self.assertFalse(case.valid_until)
        self.assertEqual((first.carrier, second.carrier), ("UPS", "DHL"))

    def test_an_expiry_that_fails_holds_up_no_other(self):
        positions = [self._create_case(self._create_delivered_line()) for _index in range(2)]
        close = type(positions[0])._close

        def fail(lines, *args, **values):
            if positions[0] in lines:
                raise KeyError
            return close(lines, *args, **values)

        with (
            freeze_time(fields.Datetime.now() + timedelta(days=6)),
            patch.object(self.registry["cso.rma.line"], "_close", fail),
            mute_logger("odoo.addons.rma_cso.models.cso_position_validity"),
        ):
            self._expire()
        self.assertEqual([one.state for one in positions], ["authorised", "expired"])

    def test_a_clerk_authorises_and_the_receipt_is_announced(self):
        position = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        self._authorise(position, self._create_clerk())
        self.assertEqual(position.state, "authorised")
        self.assertEqual(position.move_ids.lot_ids, position.lot_ids)

    def test_a_refusal_gives_units_and_serials_back(self):
        line = self._create_delivered_line()
        position = self._create_case(line, "buyback", comment="Too many")
        position._refuse("The box was opened.")
        self.assertEqual(position.state, "refused")
        self.assertEqual(line.cso_claimed_qty, 0)
        self.assertEqual(self._create_case(line).state, "authorised")

    def test_a_withdrawal_cancels_the_receipt(self):
        position = self._create_case(self._create_delivered_line())
        position._withdraw()
        self.assertEqual(position.state, "withdrawn")
        self.assertEqual(position.move_ids.state, "cancel")
        self.assertFalse(position.holds_units)

    def test_received_goods_are_not_withdrawn(self):
        position = self._create_case(self._create_delivered_line())
        self._receive(position)
        with self.assertRaisesRegex(UserError, "withdrawn"):
            position._withdraw()

    def _expire(self):
        with self.enter_registry_test_mode():
            self.env.ref("rma_cso.ir_cron_cso_rma_line_expire").method_direct_trigger()

    def test_an_authorisation_ends_after_its_last_day(self):
        line = self._create_delivered_line()
        position = self._create_case(line)
        with freeze_time(fields.Datetime.now() + timedelta(days=5)):
            self._expire()
            self.assertEqual(position.state, "authorised")
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self._expire()
        self.assertEqual(position.state, "expired")
        self.assertEqual(line.cso_claimed_qty, 0)
        self.assertEqual(position.move_ids.state, "cancel")

    def test_what_the_customer_has_sent_does_not_expire(self):
        position = self._create_case(self._create_delivered_line())
        position.sent_on = self.today
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            self._expire()
        self.assertEqual(position.state, "authorised")

    def test_a_submitted_position_is_not_deleted(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            position.unlink()

    def test_a_line_of_another_customer_is_refused(self):
        line = self._create_delivered_line()
        cart = self._create_cart(partner=self.stranger_company)
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._create_position(line, cart=cart)

    def test_a_serial_of_another_article_is_refused(self):
        line = self._create_delivered_line()
        other = self._create_delivered_line()
        with self.assertRaisesRegex(ValidationError, "another article"):
            self._create_position(line, lot_ids=self._get_lots(other))

    def test_the_receipt_expects_the_serials_and_knows_its_delivery(self):
        line = self._create_delivered_line(quantity=3)
        lots = self._get_lots(line).sorted("id")[1:]
        move = self._create_case(line, quantity=2, lot_ids=lots).move_ids
        self.assertEqual(move.lot_ids, lots)
        self.assertEqual(move.origin_returned_move_id, line.move_ids - move)
        self.assertEqual(move.location_dest_id, self.warehouse.cso_returns_location_id)
        self.assertEqual(move.picking_id.picking_type_id, self.warehouse.cso_returns_type_id)
        self.assertEqual(move.quantity, 2)

    def test_positions_of_a_case_share_a_receipt(self):
        first = self._create_position(self._create_delivered_line())
        self._create_position(self._create_delivered_line(), cart=first.rma_id)
        first.rma_id._submit()
        self.assertEqual(len(first.rma_id.picking_ids), 1)
        self.assertEqual(len(first.rma_id.picking_ids.move_ids), 2)

    def test_units_without_serial_are_taken_from_the_oldest_delivery(self):
        product = self._create_product()
        line = self._create_confirmed_line(product, 5, {})
        self._put_in_stock(product, 5)
        self._ship(line.order_id, 2)
        self._ship(line.order_id)
        self._invoice(line.order_id)
        position = self._create_case(line, quantity=3)
        self.assertEqual(sorted(position.move_ids.mapped("product_uom_qty")), [1, 2])
        self._receive(position)
        self.assertEqual(position.received_qty, 3)

    def test_fewer_units_than_announced_are_received(self):
        line = self._create_delivered_line(product=self._create_product(), quantity=3)
        position = self._create_case(line, quantity=3)
        position.move_ids.quantity = 2
        self._receive(position)
        self.assertEqual(position.received_qty, 2)
        self.assertEqual(position._get_quantity_to_credit(), 2)

    def test_another_serial_than_announced_is_received(self):
        line = self._create_delivered_line(quantity=2)
        lots = self._get_lots(line).sorted("id")
        position = self._create_case(line, lot_ids=lots[0])
        position.move_ids.move_line_ids.lot_id = lots[1]
        self._receive(position)
        self.assertEqual(position.received_qty, 1)
        self.assertEqual(position.move_ids._get_cso_received_lots(), lots[1])
        self.assertEqual(position._get_announced_receipts().lot_ids, lots[0])

    def test_an_article_nobody_announced_is_received_besides(self):
        position = self._create_case(self._create_delivered_line())
        picking = position.rma_id.picking_ids
        extra = self.env["stock.move"].create(
            {
                "product_id": self._create_product().id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        self._receive(position)
        self.assertEqual(extra.state, "done")
        self.assertEqual(position.received_qty, 1)

    def test_a_receipt_that_is_returned_counts_no_more(self):
        position = self._create_case(self._create_delivered_line())
        self._return(self._receive(position), 1)
        self.assertEqual(position.received_qty, 0)

    def test_units_in_dozens_are_received_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(
            product=self._create_product(), quantity=2, line={"product_uom_id": dozen.id}
        )
        position = self._create_case(line, "doa", quantity=1)
        self.assertEqual(position.move_ids.product_qty, 12)
        self._receive(position)
        self.assertEqual(position.received_qty, 1)

    def test_dozens_received_in_parts_add_up_exactly(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._create_delivered_line(
            product=self._create_product(), quantity=2, line={"product_uom_id": dozen.id}
        )
        position = self._create_case(line, "doa", quantity=1)
        unit = line.product_id.uom_id
        moves = position.move_ids
        moves |= moves.copy({"cso_rma_line_id": position.id})
        for move, units in zip(moves, (5, 7), strict=True):
            move.write({"product_uom": unit.id, "product_uom_qty": units, "quantity": units})
        self._receive(position)
        self.assertEqual(moves.mapped("state"), ["done", "done"])
        self.assertEqual(position.received_qty, 1)
        self.assertEqual(position._get_quantity_to_credit(), 1)

    def test_serials_that_stand_twice_in_a_request_are_refused(self):
        line = self._create_delivered_line(quantity=2)
        first = self._create_position(line)
        self._create_position(line, cart=first.rma_id, lot_ids=first.lot_ids)
        with self.assertRaisesRegex(UserError, "two positions"):
            first.rma_id._submit()

    def test_the_return_is_valued_like_its_delivery(self):
        product = self._create_serial_product()
        product.categ_id = self.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        line = self._create_delivered_line(product=product)
        delivery = line.move_ids
        product.standard_price = 80.0
        position = self._create_case(line)
        self._receive(position)
        self.assertEqual(position.move_ids.value, delivery.value)

    def test_what_is_asked_back_waits_until_it_is_answered(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._ask_back("Which firmware?")
        self.assertEqual((position.state, position.rma_id.state), ("asked", "asked"))
        self.assertTrue(position.holds_units)
        position._answer()
        self.assertEqual((position.state, position.rma_id.state), ("review", "review"))
        self.assertEqual(position.question, "Which firmware?")

    def test_a_second_question_is_waited_for_again(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._ask_back("Which firmware?")
        position._answer()
        position._ask_back("And which cable?")
        self.assertEqual(position.state, "asked")

    def test_only_what_waits_for_an_authorisation_is_asked_back(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "Awaiting goods"):
            position._ask_back("Which firmware?")

    def test_an_extension_moves_the_last_day(self):
        position = self._create_case(self._create_delivered_line())
        position._extend(self.today + timedelta(days=20), "Carrier on strike")
        self.assertEqual(position.valid_until, self.today + timedelta(days=20))
        self.assertEqual(position.rma_id.valid_until, position.valid_until)

    def test_an_extension_to_an_earlier_day_is_refused(self):
        position = self._create_case(self._create_delivered_line())
        for days in (-1, 4, 5):
            with self.subTest(days), self.assertRaisesRegex(UserError, "later day"):
                position._extend(self.today + timedelta(days=days), "Why not")

    def _remind(self, days):
        """Run the reminders so many days from now; return the positions reminded of, ever."""
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=days)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("rma_cso.ir_cron_cso_rma_line_remind").method_direct_trigger()
        return self.env["cso.notification"].search([("event", "=", "reminder")]).line_ids

    def test_the_customer_is_reminded_once_the_day_before_the_last_one(self):
        position = self._create_case(self._create_delivered_line())
        reminders = self.env["cso.notification"]
        for days, count in ((0, 0), (3, 0), (4, 1), (5, 1), (6, 1)):
            self._remind(days)
            with self.subTest(days=days):
                domain = [("event", "=", "reminder"), ("line_ids", "in", position.ids)]
                self.assertEqual(reminders.search_count(domain), count)

    def test_nobody_is_reminded_of_what_is_sent_or_where_it_is_not_wanted(self):
        sent = self._create_case(self._create_delivered_line())
        sent._mark_sent()
        received = self._create_case(self._create_delivered_line())
        self._receive(received)
        self.assertFalse(self._remind(4) & (sent | received))
        unwanted = self._create_case(self._create_delivered_line())
        self.env.company.cso_sends_reminder = False
        self.assertNotIn(unwanted, self._remind(4))

    def test_an_extension_is_reminded_of_again(self):
        position = self._create_case(self._create_delivered_line())
        self._remind(4)
        position._extend(position.valid_until + timedelta(days=10), "Holidays")
        self._remind(5)
        self._remind(14)
        domain = [("event", "=", "reminder"), ("line_ids", "in", position.ids)]
        self.assertEqual(self.env["cso.notification"].search_count(domain), 2)

    def test_an_answer_brings_the_position_back_to_the_desk(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._ask_back("Which firmware?")
        message = position._take_answer("1.2 <b>beta</b>", [("a.pdf", b"%PDF-1.4 %%EOF")])
        self.assertEqual(position.state, "review")
        self.assertIn("Which firmware?", message.body)
        self.assertIn("1.2 &lt;b&gt;beta&lt;/b&gt;", message.body)
        with self.assertRaisesRegex(UserError, "answered already"):
            position._take_answer("1.3")

    def test_an_empty_answer_is_none(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._ask_back("Which firmware?")
        with self.assertRaisesRegex(UserError, "write a message"):
            position._take_answer("")
        self.assertEqual(position.state, "asked")

    def test_the_timeline_tells_questions_sending_and_extensions(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        position._ask_back("Which firmware?")
        position._answer()
        self._authorise(position)
        position._extend(self.today + timedelta(days=20), "Holidays")
        position._mark_sent("UPS", "1Z999")
        texts = " | ".join(step["text"] for step in position.rma_id._get_timeline())
        for text in ("we asked you", "you answered", "authorised", "instead", "UPS 1Z999"):
            with self.subTest(text):
                self.assertIn(text, texts)

    def test_amounts_are_answers_for_who_may_see_prices(self):
        user = self._create_portal_user("mira", self.branch)
        position = (
            self._create_case(
                self._create_delivered_line(),
                "wrong_invoice",
                comment="Too dear",
                invoice_detail="price",
                invoice_amount=321.5,
            )
            .with_user(user)
            .sudo()
        )
        self.assertIn("321", str(position._get_shown_answers()))
        user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_prices")
        self.assertNotIn("321", str(position._get_shown_answers()))

    def test_the_deadline_is_ours_or_that_of_the_customer(self):
        position = self._create_case(self._create_delivered_line(), "complaint")
        company = position.company_id
        self.assertEqual(
            position.deadline,
            company._get_cso_work_date(position.rma_id.submitted_on, company.cso_review_days),
        )
        position._ask_back("Which firmware?")
        self.assertFalse(position.deadline)
        position._answer()
        self.assertEqual(
            position.deadline,
            company._get_cso_work_date(position.answered_on, company.cso_review_days),
        )
        self._authorise(position)
        self.assertEqual(position.deadline, position.valid_until)
        position._mark_sent()
        self.assertFalse(position.deadline)

    def test_the_age_counts_days(self):
        position = self._create_case(self._create_delivered_line())
        self.assertEqual(position.age_days, 0)
        position.rma_id.submitted_on -= timedelta(days=3)
        position.invalidate_recordset(["age_days"])
        self.assertEqual(position.age_days, 3)

    def test_the_answers_are_read_in_words(self):
        position = self._create_case(
            self._create_delivered_line(),
            fault_code="noise",
            wish="replacement",
            comment="It <b>rattles</b>",
        )
        answers = dict(position._get_answer_words())
        self.assertEqual(answers["What does it do?"], "Loud or unusual noises")
        self.assertEqual(answers["What would you like?"], "Replacement")
        self.assertIn("It &lt;b&gt;rattles&lt;/b&gt;", position.answers_html)

    def test_photos_stand_below_the_words_of_their_place(self):
        line = self._create_delivered_line()
        position = self._create_position(line, "concealed_damage", comment="Broken")
        kinds = [slot["kind"] for slot in position._new_form()._get_photo_slots()]
        photos = self.env["ir.attachment"]
        for kind in kinds:
            photos |= self._create_photo(f"{kind}.png")
            photos[-1].cso_kind = kind
        position.attachment_ids = photos
        files = position._get_files_by_slot()
        self.assertEqual([found.cso_kind for _label, found in files], kinds)
        self.assertIn(f"/web/image/{photos[0].id}", position.photos_html)

    def test_each_position_of_a_case_is_decided_by_itself(self):
        cart = self._create_cart(partner=self.branch)
        for _number in range(3):
            line = self._create_delivered_line()
            self._create_position(line, "complaint", cart=cart, comment="Not as described")
        cart._submit()
        first, second, third = cart.line_ids
        self._authorise(first)
        second._refuse("As ordered")
        self.assertEqual(cart.line_ids.mapped("state"), ["authorised", "refused", "review"])
        self.assertEqual(cart.state, "review")
        third._ask_back("Which firmware?")
        self.assertEqual(cart.state, "asked")


@tagged("post_install", "-at_install")
class TestCsoRmaLineRace(RaceCommon):
    def test_who_withdraws_while_it_is_authorised_is_run_again(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line()
            position = factories._create_case(line, "buyback", comment="Too many")
            number = position.id
        self._race("cso.rma.line", (number, number), lambda one: self._act(one))
        with self._open("cso.rma.line", number) as position:
            self.assertEqual(position.state, "withdrawn")
            self.assertFalse(position.holds_units)

    def _act(self, position):
        """Authorise first; who comes second withdraws."""
        act = position._withdraw if self.is_second else position._authorise
        self.is_second = True
        act()
        position.env.flush_all()

    is_second = False
