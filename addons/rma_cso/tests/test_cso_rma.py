from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoRma(RmaCommon):
    def test_a_submitted_case_gets_a_number_of_five_digits(self):
        position = self._create_case(self._create_delivered_line())
        self.assertRegex(position.rma_id.name, r"^RMA\d{5}$")

    def test_a_second_submit_changes_nothing(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        number, moment = case.name, case.submitted_on
        self.assertEqual(case._submit(), case)
        self.assertEqual((case.name, case.submitted_on), (number, moment))
        self.assertEqual(len(case.picking_ids), 1)

    def test_the_notes_of_a_clerk_are_not_the_customers_to_read(self):
        user = self._create_portal_user("mira", self.branch)
        case = self._create_case(self._create_delivered_line()).rma_id
        case.caller = "Angry again"
        with self.assertRaises(AccessError):
            case.with_user(user).read(["caller"])
        with self.assertRaises(AccessError):
            case.with_user(user).search([("caller", "ilike", "angry")])

    def test_an_empty_cart_is_not_submitted(self):
        with self.assertRaisesRegex(UserError, "no position"):
            self._create_cart()._submit()

    def test_submitting_is_all_or_nothing(self):
        good = self._create_position(self._create_delivered_line(), "doa")
        late = self._create_delivered_line(shipped_ago=100, invoiced_ago=100)
        self._create_position(late, "commercial", cart=good.rma_id)
        with self.assertRaisesRegex(UserError, "Possible until"), self.cr.savepoint():
            good.rma_id._submit()
        self.assertEqual(good.rma_id.name, "/")
        self.assertFalse(good.holds_units)

    def test_an_immediate_reason_is_authorised_for_five_days(self):
        position = self._create_case(self._create_delivered_line())
        self.assertEqual(position.state, "authorised")
        self.assertEqual((position.valid_until - self.today).days, 5)
        self.assertEqual(position.rma_id.state, "waiting")

    def test_a_reviewed_reason_waits_for_a_clerk(self):
        position = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        self.assertEqual(position.state, "review")
        self.assertFalse(position.valid_until)
        self.assertFalse(position.rma_id.picking_ids)
        self.assertEqual(position.rma_id.state, "review")

    def test_the_rules_used_are_kept_when_the_table_changes(self):
        position = self._create_case(self._create_delivered_line(), "commercial")
        self._get_reason("commercial").fee_percent = 25
        self.assertEqual(position.fee_percent, 10)
        self.assertEqual(position.eligibility["rules"]["fee_percent"], 10)

    def test_cases_are_numbered_per_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "cso.rma"), ("company_id", "=", company.id)]
        )
        self.assertEqual(len(sequence), 1)

    def test_the_timeline_tells_the_way_to_the_credit_note(self):
        position = self._create_tested_position(self._create_delivered_line())
        self._decide_credit(position).action_post()
        texts = [event["text"] for event in position.rma_id._get_timeline()]
        for text in (
            "submitted",
            "authorised",
            "received",
            "tested",
            "you get a credit note",
            "posted",
        ):
            with self.subTest(text):
                self.assertTrue([one for one in texts if text in one], texts)

    def test_the_timeline_ends_with_what_is_waited_for(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        kinds = [event["kind"] for event in case._get_timeline()]
        self.assertEqual(kinds[-2:], ["now", "next"])

    def test_the_timeline_says_all_that_is_waited_for(self):
        first = self._create_position(self._create_delivered_line())
        self._create_position(
            self._create_delivered_line(), "buyback", cart=first.rma_id, comment="Too many"
        )
        first.rma_id._submit()
        now = [step["text"] for step in first.rma_id._get_timeline() if step["kind"] == "now"]
        self.assertEqual(len(now), 2)
        self.assertIn("you send the goods by", now[0])
        self.assertEqual(now[1], "our returns desk looks at your request")

    def test_what_was_not_tested_is_said_so(self):
        position = self._create_tested_position(self._create_delivered_line())
        position.test_result = "untested"
        texts = [event["text"] for event in position.rma_id._get_timeline()]
        self.assertIn("position 1 not tested", texts)

    def test_staff_writes_the_references_of_a_case_only(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        by_clerk = case.with_user(self._create_clerk())
        by_clerk.reference = "PO 12"
        for name, value in (
            ("submitted_on", False),
            ("name", "RMA1"),
            ("partner_id", self.stranger_company.id),
            ("state", "closed"),
            ("line_ids", [(5,)]),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "by hand"):
                by_clerk.write({name: value})

    def test_a_submitted_case_is_not_deleted(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            case.unlink()

    def test_the_list_says_what_is_to_do(self):
        first = self._create_position(self._create_delivered_line())
        self._create_position(
            self._create_delivered_line(), "buyback", cart=first.rma_id, comment="Too many"
        )
        first.rma_id._submit()
        self.assertEqual(first.rma_id.todo, "To authorise: 1, Awaiting goods: 1")

    def test_the_receipt_comes_from_the_customers_of_the_company_of_the_case(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        company = self.env["res.company"].create({"name": "Second"})
        location = case.with_company(company)._prepare_receipt(self.warehouse)["location_id"]
        self.assertEqual(location, case.partner_id.property_stock_customer.id)

    def test_who_registers_in_the_portal_is_the_contact(self):
        user = self._create_portal_user("mira", self.branch)
        case = self.env["cso.rma"].with_user(user).sudo().create({"partner_id": self.branch.id})
        self.assertEqual((case.contact_id, case.channel), (user.partner_id, "portal"))

    def test_a_stranger_is_not_the_contact(self):
        case = self._create_case(self._create_delivered_line()).rma_id
        with self.assertRaisesRegex(ValidationError, "not one of this customer"):
            case.contact_id = self.stranger_company

    def _create_portal_case(self):
        user = self._create_portal_user("mira", self.branch)
        cart = self._create_cart(user=user)
        self._create_position(self._create_delivered_line(), cart=cart)
        cart._submit()
        return cart.with_user(user).sudo()

    def test_a_message_that_is_posted_twice_stands_there_once(self):
        case = self._create_portal_case()
        first = case._post_customer_message("Where do I send it?")
        self.assertEqual(case._post_customer_message("Where do I send it?"), first)
        second = case._post_customer_message("And when?")
        self.assertEqual(case._get_customer_messages(), first | second)
        self.assertEqual(first.author_id, case.env.user.partner_id)

    def test_an_empty_message_is_refused(self):
        with self.assertRaisesRegex(UserError, "write a message"):
            self._create_portal_case()._post_customer_message("")

    def test_files_of_a_message_are_checked(self):
        case = self._create_portal_case()
        for files in (
            [("page.html", b"<script/>")],
            [("a.png", b"<script/>")],
            [("a.pdf", b"")],
            [("a.pdf", b"%PDF-1.4 %%EOF")] * (self.env.company.cso_position_files + 1),
        ):
            with self.subTest(files=files[0]), self.assertRaises(UserError):
                case._post_customer_message("See this", files)
        message = case._post_customer_message("See this", [("a.pdf", b"%PDF-1.4 %%EOF")])
        self.assertEqual(message.attachment_ids.mapped("name"), ["a.pdf"])

    def test_notes_of_the_desk_are_no_messages(self):
        case = self._create_portal_case()
        case.message_post(body="He is difficult.", subtype_xmlid="mail.mt_note")
        self.assertFalse(case._get_customer_messages())

    def test_a_parcel_goes_to_the_address_of_its_warehouse(self):
        position = self._create_case(self._create_delivered_line())
        case, company = position.rma_id, self.env.company
        self.assertEqual(case._get_sendings()[0]["address"], company.partner_id)
        company.cso_receiving_partner_id = self._create_customer(name="Central dock")
        self.assertEqual(case._get_sendings()[0]["address"].name, "Central dock")
        self.warehouse.cso_receiving_partner_id = self._create_customer(name="North dock")
        self.assertEqual(case._get_sendings()[0]["address"].name, "North dock")
        position._withdraw()
        self.assertFalse(case._get_sendings())

    def test_what_the_customer_has_to_do_makes_it_the_customers_turn(self):
        position = self._create_case(self._create_delivered_line())
        self.assertTrue(position.rma_id.is_customer_due)
        position._mark_sent()
        self.assertFalse(position.rma_id.is_customer_due)

    def test_a_case_remembers_when_it_was_closed(self):
        position = self._create_case(self._create_delivered_line())
        self.assertFalse(position.rma_id.closed_on)
        position._withdraw()
        self.assertTrue(position.rma_id.closed_on)
