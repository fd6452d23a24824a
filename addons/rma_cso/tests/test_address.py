from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestAddress(PortalCase):
    def setUp(self):
        super().setUp()
        self.post("/my/returns/form", **self.get_answers())

    def post_address(self, **values):
        values = {"line": self.line.id, "reason": "doa", "address": "new", **values}
        return self.post("/my/returns/form/address", **values)

    def get_typed(self, **values):
        country = self.env.ref("base.nl").id
        typed = {"name": "Dock 3", "street": "Kade 1", "zip": "3011 AA", "city": "Rotterdam"}
        return {**typed, "country_id": country, **values}

    def test_the_delivery_address_of_the_line_is_chosen(self):
        page = html.fromstring(self.url_open(self.get_form_url(step="/address")).content)
        chosen = [box.get("value") for box in find(page, "input[@name='address'][@checked]")]
        self.assertEqual(chosen, [str(self.line.order_id.partner_shipping_id.id)])

    def test_what_is_missing_is_named_at_the_top_with_a_link_and_at_the_field(self):
        response = self.post_address(**self.get_typed(street="", city=""))
        page = html.fromstring(response.content)
        links = {link.get("href"): link.text for link in find(page, "div[@role='alert']//a")}
        self.assertEqual(set(links), {"#q_street", "#q_city"})
        self.assertIn("Street and number", links["#q_street"])
        self.assertEqual(find(page, "input[@id='q_name']")[0].get("value"), "Dock 3")
        self.assertEqual(find(page, "input[@id='q_street']")[0].get("aria-invalid"), "true")

    def test_a_postcode_is_asked_where_the_country_has_them(self):
        self.post_address(**self.get_typed(zip=""))
        self.assertFalse(self.get_cart())
        country = self.env["res.country"].search([("zip_required", "=", False)], limit=1)
        self.post_address(**self.get_typed(zip="", country_id=country.id))
        self.assertEqual(self.get_cart().return_address_id.country_id, country)

    def test_a_typed_address_is_there_after_a_new_sign_in(self):
        answers = {**self.get_typed(), "address": "new", "zip": ""}
        values = {"line": self.line.id, "reason": "doa", "uid": self.user.id}
        self.call("/my/returns/form/address/save", answers=answers, **values)
        self.authenticate(None, None)
        self.sign_in(self.user)
        page = html.fromstring(self.url_open(self.get_form_url(step="/address")).content)
        self.assertEqual(find(page, "input[@id='q_name']")[0].get("value"), "Dock 3")
        chosen = [box.get("value") for box in find(page, "input[@name='address'][@checked]")]
        self.assertEqual(chosen, ["new"])

    def test_strange_answers_are_no_error(self):
        values = {"line": self.line.id, "reason": "doa", "uid": self.user.id}
        for answers in ("x", None, 7, {"name": [1], "country_id": {"a": 1}}):
            with self.subTest(answers=answers):
                result = self.call("/my/returns/form/address/save", answers=answers, **values)
                self.assertTrue(result["saved"])

    def test_the_address_of_a_cart_is_changed_by_its_user_only(self):
        cart = self.add_to_cart()
        office = self.line.order_id.partner_shipping_id.copy({"street": "Elsewhere 2"})
        office.parent_id = self.branch
        values = {"cart": cart.id, "address": office.id}
        self.sign_in(self.colleague)
        self.assertEqual(self.post("/my/returns/cart/address", **values).status_code, 404)
        self.sign_in(self.user)
        self.assertEqual(self.url_open(f"/my/returns/cart/address?cart={cart.id}").status_code, 200)
        self.post("/my/returns/cart/address", **values)
        self.assertEqual(cart.return_address_id, office)

    def test_an_address_of_another_company_is_not_found_for_a_cart(self):
        cart = self.add_to_cart()
        self.stranger_company.street = "Elsewhere 1"
        for address in (self.stranger_company.id, "x", "", "99999999999"):
            with self.subTest(address=address):
                response = self.post("/my/returns/cart/address", cart=cart.id, address=address)
                self.assertEqual(response.status_code, 404)
