import base64

from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestReportReturnForm(RmaCommon):
    def render(self, case):
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("rma_cso.report_return_form", case.ids)[0].decode()

    def test_the_form_names_number_validity_and_our_address(self):
        address = self._create_customer(name="RMA dock", street="Havenweg 8", city="Rotterdam")
        self.env.company.cso_receiving_partner_id = address
        self.env.company.cso_returns_email = "returns@distributor.example"
        case = self._create_case(self._create_delivered_line(1)).rma_id
        text = self.render(case)
        for part in (case.name, "Valid until", "Havenweg 8", "returns@distributor.example"):
            with self.subTest(part=part):
                self.assertIn(part, text)
        self.assertIn("never promises a credit", text)

    def test_a_position_under_review_is_printed_as_not_yet(self):
        line = self._create_delivered_line(1, product=self.product, price=50.0)
        case = self._create_case(line, "buyback").rma_id
        text = self.render(case)
        self.assertIn("not yet", text)
        self.assertIn("Please do not send anything now", text)
        self.assertNotIn("Valid until", text)

    def test_the_barcode_is_a_drawing_in_the_page(self):
        uri = self.env["report.rma_cso.report_return_form"]._get_barcode_uri("RMA00031")
        kind, data = uri.split(",")
        self.assertEqual(kind, "data:image/svg+xml;base64")
        self.assertIn(b"<svg", base64.b64decode(data))

    def test_the_codes_are_drawings_in_the_page(self):
        case = self._create_case(self._create_delivered_line(1)).rma_id
        # Barcode and QR code of the form, and of the label on its second page.
        self.assertEqual(self.render(case).count("data:image/svg+xml"), 4)
        uri = self.env["report.rma_cso.report_return_form"]._get_qr_uri(case.name)
        self.assertIn(b"<svg", base64.b64decode(uri.split(",")[1]))

    def test_each_position_says_what_is_to_be_sent(self):
        cart = self._create_cart()
        for code in ("doa", "wrong_invoice", "complaint", "missing_accessory"):
            self._create_position(self._create_delivered_line(), code, cart=cart, comment="Why")
        cart._submit()
        cart.line_ids[2]._refuse("No.")
        cart.line_ids[3]._ask_back("Which one?")
        text = self.render(cart)
        for part in (">send<", "nothing to send", "refused", "not yet", "we asked you something"):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_the_rules_of_packing_are_those_of_the_company(self):
        self.env.company.cso_packing_rules = "Use two boxes.\n\n  No tape on the maker's box. "
        case = self._create_case(self._create_delivered_line(1)).rma_id
        text = self.render(case)
        self.assertIn("Use two boxes.", text)
        self.assertNotIn("Fill the space", text)

    def test_the_form_is_in_the_language_of_the_contact(self):
        contact = self.env["res.partner"].create({"name": "Eva", "parent_id": self.branch.id})
        self.env["res.lang"]._activate_lang("de_DE")
        contact.lang = "de_DE"
        position = self._create_case(
            self._create_delivered_line(1), cart=self._create_cart(contact_id=contact.id)
        )
        report = self.env["report.rma_cso.report_return_form"]
        self.assertEqual(report._get_lang(position.rma_id), "de_DE")
        self.assertIn('data-oe-lang="de_DE"', self.render(position.rma_id))

    def test_days_are_written_with_the_month_in_letters(self):
        line = self._create_case(self._create_delivered_line(1))
        text, day = self.render(line.rma_id), line.valid_until
        self.assertEqual(text.count(f"{day.day} {day:%b} {day.year}"), 2)  # form and label
        self.assertNotIn(f"{day:%m/%d/%Y}", text)
