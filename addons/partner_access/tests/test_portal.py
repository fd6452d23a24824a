from lxml import html

from odoo import http
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccessCommon


@tagged("post_install", "-at_install")
class TestPortal(AccessCommon, HttpCase):
    def _open(self, path):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def test_every_page_has_menu_search_place_contact_and_colour(self):
        staff = self._create_staff(name="Joost Hendriks", phone="+31 10 555")
        user = self._create_portal_user(self._create_company(user_id=staff.id))
        user.company_id.primary_color = "#123456"
        self.authenticate(user.login, PASSWORD)
        for path in ("/my/account", "/my/security"):
            page = self._open(path)
            with self.subTest(path):
                self.assertTrue(page.xpath("//ul[@id='portal_nav']"))
                self.assertTrue(page.xpath("//div[@id='portal_search']"))
                self.assertIn("Joost Hendriks", page.xpath("string(//*[@id='portal_contact'])"))
                self.assertIn("--op-brand:#123456", page.xpath("string(//head/style)"))

    def test_core_pages_of_the_account_stay_open(self):
        user = self._create_portal_user()
        self.authenticate(user.login, PASSWORD)
        for path in ("/my", "/my/account", "/my/addresses", "/my/security"):
            with self.subTest(path):
                self._open(path)

    def test_a_password_with_a_blank_at_its_end_can_be_changed(self):
        user = self._create_portal_user()
        user.password = "Zeemeeuw#4711x "
        self.authenticate(user.login, "Zeemeeuw#4711x ")
        new = " Tulpenveld#72"
        data = {
            "op": "password",
            "old": "Zeemeeuw#4711x ",
            "new1": new,
            "new2": new,
            "csrf_token": http.Request.csrf_token(self),
        }
        self.url_open("/my/security", data=data)
        credential = {"login": user.login, "password": new, "type": "password"}
        auth = self.env["res.users"].authenticate(credential, {"interactive": True})
        self.assertEqual(auth["uid"], user.id)

    def _create_german_user(self):
        for code in ("de_DE", "nl_NL"):
            self.env["res.lang"]._activate_lang(code)
        return self._create_portal_user(lang="de_DE")

    def _get_language(self, response):
        return html.fromstring(response.text).get("lang")

    def _post_sign_in(self, user):
        page = self.url_open("/web/login", headers={"Accept-Language": "en-US"})
        token = html.fromstring(page.text).xpath("//input[@name='csrf_token']/@value")[0]
        data = {"login": user.login, "password": PASSWORD, "csrf_token": token}
        return self.url_open("/web/login", data=data, headers={"Accept-Language": "en-US"})

    def _choose_language(self, code, redirect="/my"):
        token = html.fromstring(self.url_open(redirect).text).xpath(
            "//form[@action='/my/language']/input[@name='csrf_token']/@value"
        )[0]
        data = {"lang": code, "redirect": redirect, "csrf_token": token}
        return self.url_open("/my/language", data=data)

    def test_the_own_language_wins_over_that_of_the_browser(self):
        user = self._create_german_user()
        self.authenticate(None, None)
        page = self.url_open("/web/login", headers={"Accept-Language": "en-US"})
        self.assertEqual(self._get_language(page), "en-US")
        page = self._post_sign_in(user)
        self.assertEqual(self._get_language(page), "de-DE")
        page = self.url_open("/my/security", headers={"Accept-Language": "en-US"})
        self.assertEqual(self._get_language(page), "de-DE")

    def test_a_language_that_was_chosen_lasts(self):
        user = self._create_german_user()
        self.authenticate(None, None)
        self._post_sign_in(user)
        page = self._choose_language("nl_NL", "/my/security?x=1")
        self.assertEqual(self._get_language(page), "nl-NL")
        self.assertTrue(page.url.endswith("/nl/my/security?x=1"))
        self.assertEqual(user.lang, "nl_NL")
        self.url_open("/web/session/logout")
        self.opener.cookies.clear()
        self.assertEqual(self._get_language(self._post_sign_in(user)), "nl-NL")

    def test_the_default_language_can_be_chosen(self):
        self._post_sign_in(self._create_german_user())
        page = self._choose_language("en_US")
        self.assertEqual(self._get_language(page), "en-US")

    def test_what_is_no_language_changes_nothing_and_leads_nowhere_else(self):
        user = self._create_german_user()
        self._post_sign_in(user)
        page = self._choose_language("xx_XX", "/my")
        self.assertEqual(self._get_language(page), "de-DE")
        token = html.fromstring(page.text).xpath("//input[@name='csrf_token']/@value")[0]
        data = {"lang": "nl_NL", "redirect": "https://elsewhere.example/x", "csrf_token": token}
        answer = self.url_open("/my/language", data=data, allow_redirects=False)
        self.assertNotIn("elsewhere", answer.headers["Location"])

    def test_a_link_alone_changes_no_language(self):
        user = self._create_german_user()
        self._post_sign_in(user)
        answer = self.url_open("/my/language?lang=nl_NL")
        self.assertIn(answer.status_code, (404, 405))
        self.assertEqual(user.lang, "de_DE")

    def test_employees_and_the_public_switch_by_link(self):
        self._create_german_user()
        for login in (None, self._create_staff().login):
            self.authenticate(login, login and PASSWORD)
            page = self._open("/my/security" if login else "/web/login")
            with self.subTest(login):
                self.assertTrue(page.xpath("//a[@data-url_code='nl']"))
                self.assertFalse(page.xpath("//form[@action='/my/language']"))

    def _submit_address(self, partner, **values):
        token = http.Request.csrf_token(self)
        values = {"partner_id": partner.id or "", "address_type": "delivery", **values}
        return self.url_open("/my/address/submit", data={**values, "csrf_token": token})

    def _prepare_address(self, **values):
        country = self.env.ref("base.nl").id
        address = {"name": "Ilse Maas", "street": "Kade 1", "city": "Delft", "zip": "2611 AA"}
        address.update(country_id=country, email="inkoop@velthuis.example", phone="+31151")
        return {**address, **values}

    def test_a_name_is_one_line(self):
        user = self._create_portal_user()
        self.authenticate(user.login, PASSWORD)
        name = "Ilse\r\nBcc: iemand@ander.example\x85\u2028"
        self._submit_address(user.partner_id, **self._prepare_address(name=name))
        self.assertEqual(user.partner_id.name, "Ilse Bcc: iemand@ander.example")

    def _archive_address(self, partner):
        return self.make_jsonrpc_request("/my/address/archive", {"partner_id": partner.id})

    def _create_address(self, company, **values):
        values = {"name": "Magazijn", "type": "delivery", "parent_id": company.id, **values}
        return self.env["res.partner"].create(values)

    def test_a_colleague_changes_neither_company_nor_addresses(self):
        user = self._create_portal_user()
        company = user.commercial_partner_id
        address = self._create_address(company)
        self.authenticate(user.login, PASSWORD)
        for partner in (company, address):
            with self.subTest(partner.name), mute_logger("odoo.http"):
                name = partner.name
                response = self._submit_address(partner, **self._prepare_address(name="Kwaad"))
                self.assertEqual(response.status_code, 403)
                with self.assertRaises(JsonRpcException):
                    self._archive_address(partner)
                self.assertTrue(partner.active)
                self.assertEqual(partner.name, name)

    def test_who_orders_adds_delivery_addresses_and_an_administrator_any(self):
        user = self._create_portal_user()
        entry, company = user.access_entry_ids, user.commercial_partner_id
        self.authenticate(user.login, PASSWORD)
        cases = [
            (["orders"], "delivery", "delivery"),
            (["orders"], "billing", False),
            (["prices"], "delivery", False),
            (["administrator"], "billing", "invoice"),
            (["administrator"], "delivery", "other"),
        ]
        for roles, address_type, made in cases:
            entry.role_ids = self.env["partner.access.role"].search([("code", "in", roles)])
            before = company.child_ids
            values = self._prepare_address(name="Magazijn", use_delivery_as_billing="true")
            if made == "invoice":
                values["use_delivery_as_billing"] = "false"
            response = self._submit_address(
                self.env["res.partner"], **values, address_type=address_type
            )
            with self.subTest(roles=roles, address_type=address_type):
                self.assertEqual("redirectUrl" in response.text, bool(made))
                company.invalidate_recordset(["child_ids"])
                self.assertEqual((company.child_ids - before).type, made)
        entry.role_ids = self.env.ref("partner_access.role_orders")
        self.assertNotIn("o_add_billing_address_btn", self.url_open("/my/addresses").text)

    def test_an_administrator_changes_addresses_and_no_company_or_person(self):
        user = self._create_portal_user()
        company = user.commercial_partner_id
        user.access_entry_ids.role_ids = self.env.ref("partner_access.role_administrator")
        address = self._create_address(company)
        branch = self._create_address(company, is_company=True)
        person = self._create_portal_user(company, login="collega@velthuis.example").partner_id
        person.type = "other"
        self.authenticate(user.login, PASSWORD)
        self._submit_address(address, **self._prepare_address(name="Magazijn 2"))
        self.assertEqual(address.name, "Magazijn 2")
        with mute_logger("odoo.http"):
            for partner in (company, branch, person):
                response = self._submit_address(partner, **self._prepare_address(name="Kwaad"))
                self.assertEqual(response.status_code, 403)
                with self.assertRaises(JsonRpcException):
                    self._archive_address(partner)
        self._archive_address(address)
        self.assertFalse(address.active)

    def test_the_own_address_is_changed_and_never_carried_over_to_the_company(self):
        company = self._create_company(street="Hoofdweg 9", city="Assen")
        user = self._create_portal_user(company)
        self.authenticate(user.login, PASSWORD)
        values = self._prepare_address(company_name="Gekaapt B.V.", phone="+3115999")
        response = self._submit_address(user.partner_id, **values)
        self.assertIn("redirectUrl", response.text)
        self.assertEqual(user.partner_id.phone, "+3115999")
        self.assertEqual(user.partner_id.street, "Kade 1")
        self.assertEqual((company.street, company.name), ("Hoofdweg 9", "Velthuis Techniek"))

    def test_nobody_takes_an_e_mail_of_somebody_else(self):
        user = self._create_portal_user()
        other = self._create_entry(email="ander@velthuis.example")
        self.authenticate(user.login, PASSWORD)
        values = self._prepare_address(email=other.email)
        response = self._submit_address(user.partner_id, **values)
        self.assertIn("Change it under My details", response.text)
        self.assertEqual(user.email, "inkoop@velthuis.example")

    def test_a_form_leads_back_into_the_portal_only(self):
        user = self._create_portal_user()
        self.authenticate(user.login, PASSWORD)
        for callback in ("https://evil.example", "javascript:alert(1)", "/\t/evil.example"):
            values = self._prepare_address(callback=callback)
            response = self._submit_address(user.partner_id, **values)
            page = self.url_open("/my/account", params={"redirect": callback})
            with self.subTest(callback):
                self.assertTrue(response.json()["redirectUrl"].startswith("/"))
                self.assertNotIn("//evil", response.text)
                self.assertNotIn("javascript:alert", page.text)
