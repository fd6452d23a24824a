import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.partner_access.tests.file_common import make_photo

from .common import RmaCommon


class RegisterCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_clerk()
        cls.contact = cls._create_portal_user("mira", cls.branch).partner_id
        cls.line = cls._create_delivered_line(2)
        cls.lot = cls._get_lots(cls.line).sorted("id")[0]

    def _start(self, user=None, **values):
        registers = self.env["cso.register"].with_user(user or self.clerk)
        return registers.browse(registers._start(values)["res_id"])

    def _choose(self, line=None, **values):
        """A registration in which a line is chosen."""
        line = line or self.line
        register = self._start(order_id=line.order_id.id)
        line.with_user(self.clerk).with_context(cso_register_id=register.id).action_cso_choose()
        register.write({"contact_id": self.contact.id, **values})
        return register

    def _get_reason_row(self, register, code):
        return register.reason_ids.filtered(lambda row: row.reason_id.code == code)

    def _open(self, register, code):
        """The dialog of a reason, as the clerk opens it."""
        action = self._get_reason_row(register, code).action_fill_in()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def _fill_doa(self, register, **values):
        dialog = self._open(register, "doa")
        with Form(dialog) as form:
            form.fault_code, form.wish = "no_response", "credit"
            form.comment = "It stays dark."
            for name, value in values.items():
                setattr(form, name, value)
        return dialog


@tagged("post_install", "-at_install")
class TestCsoRegister(RegisterCommon):
    def _create_foreign_line(self):
        """A line of a company in which the clerk does not work."""
        company = self.env["res.company"].create({"name": "Sister company"})
        product = self._create_product(name="Secret article")
        line = {"product_id": product.id, "price_unit": 777.0}
        return self._create_order(lines=[line], confirm=False, company_id=company.id).order_line

    def test_no_facts_are_told_of_a_line_of_another_company(self):
        registers = self.env["cso.register"].with_user(self.clerk)
        register = registers.new({"sale_line_id": self._create_foreign_line().id})
        self.assertFalse(register.facts_html)
        told = (register.contact_id, register.customer_id, register.return_address_id)
        self.assertFalse(any(told))

    def test_a_line_is_chosen_in_an_open_registration_only(self):
        line = self.line.with_user(self.clerk)
        for register_id in (None, False, 0, 2**31 - 1):
            with self.subTest(register_id), self.assertRaises(UserError):
                line.with_context(cso_register_id=register_id).action_cso_choose()

    def test_a_form_tells_nothing_of_a_line_of_another_company(self):
        reason, forms = self._get_reason("over_delivery"), self.env["cso.form.over.delivery"]
        values = {"sale_line_id": self._create_foreign_line().id, "reason_id": reason.id}
        values |= {"received_total": 3.0, "quantity": 1.0}
        form = forms.with_user(self.clerk).create(values)
        self.assertEqual((form.offer_text or "", form.notes_text or ""), ("", ""))
        self.assertNotIn("slips", form.guide_html or "")

    def test_a_scanned_number_may_hold_what_no_database_can(self):
        register = self._start(number=f"\x00{self.lot.name}\ud800")
        self.assertEqual(register.sale_line_id, self.line)
        register.number = "a\x00b"
        self.assertEqual(register.number, "ab")

    def test_any_number_finds_the_line(self):
        order = self.line.order_id
        order.client_order_ref = "PO-4711"
        self.line.product_id.write({"barcode": "4006381333931", "default_code": "A-4711"})
        self.line.product_id.product_tmpl_id.maker_part_number = "MPN-4711"
        numbers = {
            "serial": self.lot.name.lower(),
            "order": order.name,
            "own reference": "po 4711",
            "invoice": order.invoice_ids.name,
            "delivery slip": order.picking_ids.name,
            "article": "a4711",
            "EAN": "4006381333931",
            "maker's part number": "MPN 4711",
        }
        for name, number in numbers.items():
            with self.subTest(name):
                register = self._start(number=number, partner_id=self.branch.id)
                self.assertEqual(register.found_line_ids, self.line)
                self.assertEqual(register.sale_line_id, self.line)

    def test_a_number_that_nobody_has_is_said_so(self):
        register = self._start(number="nobody has this")
        self.assertFalse(register.found_line_ids)
        self.assertEqual(register.found_text, "Nothing was found.")

    def test_strange_numbers_find_nothing(self):
        for number in ("²", "9" * 400, "%", "'; DROP TABLE", " "):
            with self.subTest(number):
                self.assertFalse(self._start(number=number).found_line_ids)

    def test_the_customer_narrows_the_search(self):
        other = self._create_delivered_line(
            product=self.line.product_id, partner=self.stranger_company
        )
        register = self._start(partner_id=self.stranger_company.id)
        self.assertIn(other, register.found_line_ids)
        self.assertNotIn(self.line, register.found_line_ids)

    def test_all_reasons_are_shown_and_why_one_is_not_possible(self):
        register = self._choose(self._create_delivered_line(invoiced_ago=60, shipped_ago=60))
        rows = register.reason_ids
        self.assertEqual(len(rows), self.env["cso.reason"].search_count([]))
        self.assertTrue(self._get_reason_row(register, "defect").is_possible)
        refused = self._get_reason_row(register, "commercial")
        self.assertFalse(refused.is_possible)
        self.assertTrue(refused.is_rule)
        self.assertIn("Possible until", refused.text)
        self.assertTrue(refused.until)
        self.assertIn("Possible instead", self._get_reason_row(register, "doa").text)

    def test_what_was_sold_cannot_be_overridden(self):
        row = self._get_reason_row(self._choose(), "licence_return")
        self.assertEqual((row.is_possible, row.is_rule), (False, False))

    def test_the_possible_reasons_come_first(self):
        possible = self._choose().reason_ids.mapped("is_possible")
        self.assertEqual(possible, sorted(possible, reverse=True))

    def test_a_position_is_added_and_submitted_for_the_customer(self):
        register = self._choose(channel="phone", caller="Jan of the help desk")
        self._fill_doa(register, lot_ids=self.lot).action_add()
        self.assertEqual(register.position_ids.lot_ids, self.lot)
        case = self.env["cso.rma"].browse(register.action_submit()["res_id"])
        self.assertEqual((case.contact_id, case.channel), (self.contact, "phone"))
        self.assertEqual((case.caller, case.clerk_id), ("Jan of the help desk", self.clerk))
        self.assertEqual(case.line_ids.state, "authorised")
        self.assertEqual(case.partner_id, self.branch)

    def test_the_contact_is_mailed_and_not_the_clerk(self):
        register = self._choose()
        self._fill_doa(register, lot_ids=self.lot).action_add_and_submit()
        self.assertEqual(self.line.cso_rma_line_ids.rma_id._get_contact(), self.contact)

    def test_two_positions_of_a_call_become_one_case(self):
        register = self._choose()
        other_line = self._create_delivered_line()
        self._fill_doa(register, lot_ids=self.lot).action_add()
        register.action_choose_another()
        self.assertFalse(register.sale_line_id)
        register._choose(other_line.with_user(self.clerk))
        self._fill_doa(register, lot_ids=self._get_lots(other_line)).action_add()
        self.assertEqual(len(register.position_ids), 2)
        register.action_submit()
        self.assertEqual(self.line.cso_rma_line_ids.rma_id, other_line.cso_rma_line_ids.rma_id)

    def test_the_serial_that_was_typed_is_known_in_the_form(self):
        register = self._start(number=self.lot.name)
        register.contact_id = self.contact
        self.assertEqual(self._open(register, "doa").lot_ids, self.lot)

    def test_only_free_serials_of_the_line_are_offered(self):
        held = self._create_case(self.line).lot_ids
        dialog = self._open(self._choose(), "doa")
        self.assertEqual(dialog.free_lot_ids, self._get_lots(self.line) - held)

    def test_a_removed_position_leaves_the_case(self):
        register = self._choose()
        self._fill_doa(register, lot_ids=self.lot).action_add()
        register.position_ids.action_discard()
        register.invalidate_recordset()
        self.assertFalse(register.position_ids)
        with self.assertRaisesRegex(UserError, "no position"):
            register.action_submit()

    def test_nobody_removes_what_is_submitted_or_another_users(self):
        submitted = self._create_case(self.line)
        carted = self._create_position(self._create_delivered_line())
        for position in (submitted, carted):
            with self.subTest(position.state), self.assertRaisesRegex(UserError, "not submitted"):
                position.with_user(self.clerk).action_discard()

    def test_an_order_with_one_line_is_chosen_at_once(self):
        action = self.line.order_id.with_user(self.clerk).action_cso_register()
        register = self.env["cso.register"].browse(action["res_id"])
        self.assertEqual(register.sale_line_id, self.line)

    def test_a_serial_number_and_a_customer_begin_a_registration(self):
        for record, field in ((self.lot, "number"), (self.branch, "partner_id")):
            with self.subTest(record._name):
                action = record.with_user(self.clerk).action_cso_register()
                register = self.env["cso.register"].browse(action["res_id"])
                self.assertIn(self.line, register.found_line_ids)
                self.assertTrue(register[field])

    def test_who_is_not_of_the_desk_registers_nothing(self):
        seller = self._create_clerk("seller", "sales_team.group_sale_manager")
        for record in (self.line.order_id, self.branch):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(seller).action_cso_register()
        with self.assertRaises(AccessError):
            self._start(seller, number=self.lot.name)

    def test_a_line_of_another_company_is_neither_found_nor_chosen(self):
        company = self.env["res.company"].create({"name": "Second"})
        register = self._start(number="nobody")
        self.clerk.write({"company_id": company.id, "company_ids": company.ids})
        found = self._start(number=self.lot.name)
        self.assertFalse(found.found_line_ids)
        with self.assertRaises(AccessError):
            register._choose(self.line.with_user(self.clerk))


@tagged("post_install", "-at_install")
class TestDeskForms(RegisterCommon):
    """The dialogs of the forms: the same checks as behind the portal page."""

    def test_every_form_has_a_dialog_with_all_its_questions(self):
        for name, _label in self.env["cso.reason"]._get_forms():
            model = self.env[name].with_user(self.clerk)
            with self.subTest(name):
                self.assertTrue(model.has_access("create"))
                shown = model.get_view(view_type="form")["models"][name]
                self.assertLessEqual(set(model._get_question_names()), set(shown))

    def test_what_is_missing_is_said_per_question(self):
        register = self._choose()
        dialog = self._open(register, "doa")
        with self.assertRaises(UserError) as caught:
            dialog.action_add()
        text = str(caught.exception)
        self.assertIn("Choose at least one serial number.", text)
        self.assertIn("What does it do", text)
        self.assertFalse(register.position_ids)

    def test_a_photo_that_is_required_is_asked_and_kept_in_its_place(self):
        register = self._choose()
        dialog = self._open(register, "concealed_damage")
        dialog.write({"lot_ids": self.lot.ids, "comment": "Broken inside"})
        self.assertTrue(all(dialog.slot_ids.mapped("is_required")))
        with self.assertRaisesRegex(UserError, "Add the photo"):
            dialog.action_add()
        photo = base64.b64encode(make_photo())
        dialog.slot_ids.write({"content": photo, "name": "box.jpg"})
        dialog.action_add()
        files = register.position_ids.sudo().attachment_ids
        self.assertEqual(set(files.mapped("cso_kind")), set(dialog.slot_ids.mapped("kind")))
        self.assertEqual(set(files.mapped("res_model")), {"cso.rma.line"})

    def test_a_file_that_is_something_else_is_refused(self):
        dialog = self._fill_doa(self._choose(), lot_ids=self.lot)
        page = self.env["ir.attachment"].with_user(self.clerk)
        dialog.attachment_ids = page.create(
            {"name": "a.pdf", "raw": b"<html>", "res_model": dialog._name, "res_id": dialog.id}
        )
        with self.assertRaisesRegex(UserError, "a.pdf"):
            dialog.action_add()

    def test_a_file_of_somebody_else_is_not_taken(self):
        dialog = self._fill_doa(self._choose(), lot_ids=self.lot)
        secret = self._create_photo("secret.png")
        dialog.sudo().attachment_ids = secret
        dialog.action_add()
        self.assertNotIn(secret, self.line.cso_rma_line_ids.attachment_ids)

    def test_an_address_of_another_customer_is_refused(self):
        dialog = self._fill_doa(self._choose(), lot_ids=self.lot)
        dialog.return_address_id = self.stranger_company
        with self.assertRaisesRegex(UserError, "not one of this customer"):
            dialog.action_add()

    def test_the_offer_is_shown(self):
        dialog = self._open(self._choose(), "transport_damage")
        form = Form(dialog)
        form.lot_ids = self.lot
        self.assertIn("300.57", form.offer_text)

    def test_a_refused_rule_is_overridden_with_the_right_and_a_reason_only(self):
        line = self._create_delivered_line(invoiced_ago=60, shipped_ago=60)
        register = self._choose(line)
        dialog = self._fill_doa(register, lot_ids=self._get_lots(line))
        dialog.sudo().override_reason = "Promised by the account manager"
        with self.assertRaisesRegex(UserError, "Possible until"):
            dialog.action_add()
        self.clerk.group_ids |= self.env.ref("rma_cso.group_cso_override")
        dialog.action_add()
        register.action_submit()
        self.assertEqual(line.cso_rma_line_ids.override_user_id, self.clerk)
        self.assertTrue(line.cso_rma_line_ids.is_flagged)

    def test_a_dialog_just_opened_shows_nothing_as_missing(self):
        dialog = self._open(self._choose(), "doa")
        self.assertNotIn("fault_code", dialog.required_names)
        with Form(dialog) as form:
            form.fault_code = "noise"
            self.assertIn(",wish,", form.required_names)
            form.wish, form.comment = "credit", "It is loud."

    def test_the_dialog_names_the_article_that_was_found(self):
        other = self._create_product()
        other.product_tmpl_id.maker_part_number = "MPN-0815"
        form = Form(self._open(self._choose(), "wrong_delivery"))
        form.slip_matches = "no"
        form.received_identification = "mpn 0815"
        self.assertIn(other.name, form.guide_html)
