from lxml import html

from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PageCommon

NEW = "ilse.maas@velthuis.example"


@tagged("post_install", "-at_install")
class TestPortalAccount(PageCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.user = self._create_portal_user()
        self.authenticate(self.user.login, PASSWORD)

    def test_own_details_are_saved_and_nothing_else_that_is_posted(self):
        company, entry = self.user.commercial_partner_id, self.user.access_entry_ids
        other = self._create_company(name="Ander Bedrijf")
        response = self._post(
            "/my/account",
            name="Ilse de Maas",
            phone="+31 15 99",
            lang="en_US",
            email=NEW,
            vat="NL123",
            parent_id=other.id,
            company_name="Gekaapt",
            partner_id=company.id,
        )
        self.assertTrue(response.headers["Location"].endswith("/my/account?done=saved"))
        self.assertEqual((self.user.name, self.user.phone), ("Ilse de Maas", "+31 15 99"))
        self.assertEqual(self.user.commercial_partner_id, company)
        self.assertEqual((company.name, company.vat), ("Velthuis Techniek", False))
        self.assertEqual((entry.email, self.user.email), (self.user.login, self.user.login))

    def test_what_was_typed_stays_in_a_form_that_is_refused(self):
        response = self._post("/my/account", name="", phone="+31 15 99")
        page = html.fromstring(response.text)
        self.assertEqual(page.xpath("//input[@name='phone']/@value"), ["+31 15 99"])
        self.assertTrue(page.xpath("//*[@role='alert']"))
        response = self._post("/my/account/email", email=NEW, password="Verkeerd#4711x")
        page = html.fromstring(response.text)
        self.assertEqual(page.xpath("//input[@name='email']/@value"), [NEW])
        self.assertNotIn("Verkeerd#4711x", response.text)

    def test_the_link_changes_the_address_by_its_button_and_this_session_goes_on(self):
        before = self.env["mail.mail"].search([])
        self._post("/my/account/email", email=NEW, password=PASSWORD)
        self.assertIn(NEW, self.url_open("/my/account").text)
        mails = self.env["mail.mail"].search([]) - before
        body = mails.filtered(lambda mail: mail.email_to == NEW).body_html
        path = "/my/account/email/confirm/" + body.partition("/confirm/")[2].partition('"')[0]
        self.assertIn("Confirm", self.url_open(path).text)
        self.assertNotEqual(self.user.login, NEW)
        response = self._post(path)
        self.assertTrue(response.headers["Location"].endswith("/my/account?done=email"))
        self.assertEqual(self.user.login, NEW)
        self.assertIn("Your address is changed", self.url_open("/my/account?done=email").text)

    def test_a_link_of_somebody_else_says_so(self):
        for method in (self.url_open, self._post):
            response = method("/my/account/email/confirm/" + "x" * 32)
            self.assertEqual(response.status_code, 200)
            self.assertIn("no longer works", response.text)

    def test_employees_keep_the_page_of_odoo(self):
        self.authenticate(self._create_staff().login, PASSWORD)
        self.assertIn("o_customer_address_fill", self.url_open("/my/account").text)
        self.assertEqual(self.url_open("/my/account/email").status_code, 404)
