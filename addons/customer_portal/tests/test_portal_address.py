from lxml import html

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalAddress(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.admin = cls._create_portal_user("nadia@kade.example", cls.branch)
        role = cls.env.ref("partner_access.role_administrator")
        cls.admin.sudo().access_entry_ids.role_ids = role
        cls.buyer = cls._create_portal_user("mira@kade.example", cls.branch)
        values = {"type": "delivery", "street": "Kade 1", "parent_id": cls.branch.id}
        cls.address = cls.env["res.partner"].create({"name": "Loods 1", **values})
        values["parent_id"] = cls.other_branch.id
        cls.foreign = cls.env["res.partner"].create({"name": "Utrecht", **values})
        cls.place = {
            "name": "Loods 2",
            "street": "Haven 9",
            "zip": "3011 AA",
            "city": "Rotterdam",
            "country_id": cls.env.ref("base.nl").id,
            "address_type": "delivery",
            "required_fields": "name",
        }

    def _post(self, path, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(path, data=values, allow_redirects=False)
        self.env.invalidate_all()  # what the request wrote
        return response

    def _submit(self, **values):
        return self._post("/my/address/submit", **{**self.place, **values})

    def test_an_administrator_keeps_the_book(self):
        self.authenticate(self.admin.login, PASSWORD)
        self.assertIn("redirectUrl", self._submit(use_for_delivery="1").text)
        new = self.branch.default_delivery_address_id
        self.assertEqual((new.name, new.parent_id, new.type), ("Loods 2", self.branch, "delivery"))
        self._post(f"/my/addresses/{self.address.id}/default/delivery")
        self.assertEqual(self.branch.default_delivery_address_id, self.address)
        page = html.fromstring(self.url_open("/my/addresses").text)
        card = page.xpath(f"string(//*[@id='address-{self.address.id}'])")
        self.assertIn("Deliveries of new orders", card)
        self._post(f"/my/addresses/{self.address.id}/archive")
        self.assertFalse(self.address.active)
        self.assertIn("addresses_archived", self.url_open("/my/addresses").text)
        self._post(f"/my/addresses/{self.address.id}/restore")
        self.assertTrue(self.address.active)

    def test_others_see_the_book_and_choose_nothing_for_all(self):
        self.authenticate(self.buyer.login, PASSWORD)
        page = html.fromstring(self.url_open("/my/addresses").text)
        self.assertIn("Loods 1", page.xpath("string(//*[@id='portal_addresses'])"))
        self.assertFalse(page.xpath("//form[starts-with(@action, '/my/addresses')]"))
        for act in ("default/delivery", "archive", "restore"):
            with self.subTest(act):
                response = self._post(f"/my/addresses/{self.address.id}/{act}")
                self.assertEqual(response.status_code, 404)
        self._submit(use_for_delivery="1")
        self.assertFalse(self.branch.default_delivery_address_id)

    def test_an_address_of_somebody_else_is_none(self):
        self.authenticate(self.admin.login, PASSWORD)
        for address_id in (self.foreign.id, self.other_branch.id, self.office.id, 2147483647):
            for act in ("default/invoice", "archive"):
                with self.subTest(address_id=address_id, act=act):
                    response = self._post(f"/my/addresses/{address_id}/{act}")
                    self.assertEqual(response.status_code, 404)
        for value in (self.foreign.id, self.office.id, "-1", "1e12", "NaN", "99999999999"):
            with self.subTest(value):
                response = self._submit(partner_id=value, name="Kwaad")
                self.assertEqual(response.status_code, 404)
                self.assertEqual(self.url_open(f"/my/address?partner_id={value}").status_code, 404)
        response = self._post(f"/my/addresses/{self.branch.id}/archive")
        self.assertEqual((response.status_code, self.branch.active), (404, True))

    def test_an_address_is_checked_by_its_country(self):
        self.authenticate(self.admin.login, PASSWORD)
        state = self.env["res.country.state"].search([("country_id.code", "=", "US")], limit=1)
        cases = [
            ({"zip": "30110"}, "zip"),
            ({"country_id": "2147483648"}, "country_id"),
            ({"country_id": "0"}, "country_id"),
            ({"state_id": str(state.id)}, "state_id"),
            ({"name": "x" * 129}, "name"),
            ({"city": ""}, "city"),
        ]
        for values, field in cases:
            with self.subTest(values):
                answer = self._submit(**values).json()
                self.assertIn(field, answer.get("invalid_fields", []))

    def test_company_and_other_fields_are_not_written_by_an_address(self):
        self.authenticate(self.admin.login, PASSWORD)
        before = self.branch.read(["name", "vat", "street", "parent_id"])
        answer = self._submit(partner_id=self.address.id, vat="NL123456782B90").json()
        self.assertEqual(answer["invalid_fields"], ["vat"])
        self._submit(
            partner_id=self.address.id,
            company_name="Gekaapt",
            parent_id=self.stranger_company.id,
            type="contact",
            credit_limit="1000000",
            user_id="2",
        )
        self.branch.invalidate_recordset()
        self.assertEqual(self.branch.read(["name", "vat", "street", "parent_id"]), before)
        self.assertEqual((self.address.parent_id, self.address.type), (self.branch, "delivery"))
        self.assertEqual(self.address.name, "Loods 2")

    def test_the_book_needs_no_more_queries_for_more_addresses(self):
        self.authenticate(self.admin.login, PASSWORD)
        counts = []
        for number in (1, 18):
            values = {"type": "delivery", "street": "Kade 1", "parent_id": self.branch.id}
            self.env["res.partner"].create([{**values, "name": f"L{n}"} for n in range(number)])
            counts.append(self._count_queries("/my/addresses"))
        self.assertEqual(counts[0], counts[1])
