from lxml import html

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalCompany(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.env.ref("base.nl").id
        place = {"street": "Kade 1", "zip": "3011 AA", "city": "Rotterdam", "country_id": country}
        cls.company = cls._create_customer(name="Kade IT", **place)
        cls.admin = cls._create_portal_user("nadia@kade.example", cls.company)
        role = cls.env.ref("partner_access.role_administrator")
        cls.admin.sudo().access_entry_ids.role_ids = role
        cls.buyer = cls._create_portal_user("mira@kade.example", cls.company)

    def _post(self, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open("/my/company/change", data=values, allow_redirects=False)

    def test_an_administrator_asks_and_reads_the_history(self):
        self.authenticate(self.admin.login, PASSWORD)
        answer = self._post(
            name="Kade IT B.V.", partner_id="1", parent_id="1", note="Per 1 January"
        )
        self.assertIn("/my/requests/", answer.headers["Location"])
        request = self.env["portal.request"].search([("partner_id", "=", self.company.id)])
        self.assertEqual((request.note, self.company.name), ("Per 1 January", "Kade IT"))
        for path in ("/my/company", "/my/company/change", answer.headers["Location"]):
            with self.subTest(path):
                self.assertIn(request.name, self.url_open(path).text)

    def test_what_is_refused_stays_in_the_form_with_the_reason_at_its_field(self):
        self.authenticate(self.admin.login, PASSWORD)
        page = html.fromstring(self._post(bank="NL00", city="Delft", note="See there").text)
        self.assertEqual(page.xpath("//input[@name='bank']/@value"), ["NL00"])
        self.assertEqual(page.xpath("//input[@name='city']/@value"), ["Delft"])
        self.assertIn("IBAN", page.xpath("string(//*[@id='company_bank_note'])"))
        self.assertIn("See there", page.xpath("string(//textarea)"))

    def test_there_is_no_such_page_for_anybody_else(self):
        for login in (self.buyer.login, "admin"):
            self.authenticate(login, PASSWORD if login != "admin" else "admin")
            with self.subTest(login):
                self.assertEqual(self.url_open("/my/company").status_code, 404)
                self.assertEqual(self.url_open("/my/company/change").status_code, 404)
                self.assertEqual(self._post(name="Kwaad").status_code, 404)
