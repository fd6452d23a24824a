from odoo.tests import TransactionCase, tagged

from ..models.res_company import MIN_CONTRAST, PAGE_GROUND, _contrast


@tagged("post_install", "-at_install")
class TestResCompany(TransactionCase):
    def test_the_brand_colour_can_be_read_whatever_the_company_chose(self):
        for color in ("#0b5fa5", "#FFD500", "#ffffff", "#e91e63", "red", False):
            self.env.company.primary_color = color
            brand = self.env.company._get_portal_brand()
            with self.subTest(color):
                self.assertGreaterEqual(_contrast(brand, PAGE_GROUND), MIN_CONTRAST)

    def test_a_dark_colour_is_taken_as_it_is(self):
        self.env.company.primary_color = "#1B4D3E"
        self.assertEqual(self.env.company._get_portal_style(), ":root{--op-brand:#1b4d3e}")

    def test_help_is_the_company_itself_until_a_support_contact_is_set(self):
        company = self.env.company
        company.write({"email": "info@noorder.example", "portal_support_email": False})
        self.assertEqual(company._get_portal_support()["email"], "info@noorder.example")
        company.portal_support_email = "hulp@noorder.example"
        self.assertEqual(company._get_portal_support()["email"], "hulp@noorder.example")
