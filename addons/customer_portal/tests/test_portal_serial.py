from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalSerial(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("serial_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("serial_stranger", cls.stranger_company)
        cls.serial_product = cls._create_serial_product(
            barcode="5099206045200", maker_part_number="960-000972", default_code="LOG930"
        )
        cls._put_in_stock(cls.serial_product, serials=["SN/00-1"])
        cls.order = cls._create_order(lines=[(cls.serial_product, 1)], client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order, tracking="1Z999")
        cls.invoice = cls._invoice(cls.order)
        cls.lot = cls.picking.move_line_ids.lot_id
        cls.path = f"/my/serials/{cls.lot.id}"

    def test_the_page_tells_everything_of_a_unit(self):
        code = {"partner_id": self.branch.id, "product_id": self.serial_product.id}
        self.env["product.customer.code"].create({**code, "code": "KADE-77"})
        page = self._get(self.path, self.user).text
        for text in (
            *("SN/00-1", "with you since", "5099206045200", "960-000972", "LOG930", "KADE-77"),
            *("PO 7781", f"/my/orders/{self.order.id}#line-{self.order.order_line.id}"),
            *(self.picking.name, "1Z999", f"/my/picking/pdf/{self.picking.id}"),
            *(self.invoice.name, f"/my/invoices/{self.invoice.id}?report_type=pdf"),
        ):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_only_who_had_the_unit_finds_its_page(self):
        self.assertEqual(self._get(self.path, self.user).status_code, 200)
        self.assertEqual(self._get(self.path, self.stranger).status_code, 404)
        self.logout()
        self.assertEqual(self._get(self.path).status_code, 303)

    def test_what_is_no_serial_is_not_found(self):
        self.authenticate(self.user.login, PASSWORD)
        for tail in ("0", "-1", "2147483648", "9" * 30, "x", "\u00b2", "%00", "1.5", "None"):
            with self.subTest(tail):
                self.assertEqual(self._get(f"/my/serials/{tail}").status_code, 404)

    def test_a_number_leads_to_the_page(self):
        self.authenticate(self.user.login, PASSWORD)
        location = self._get("/my/serials?number=sn%2F001").headers["Location"]
        self.assertTrue(location.endswith(self.path))

    def test_a_number_of_two_products_leads_to_both(self):
        other = self._create_serial_product(name="Another camera")
        self._put_in_stock(other, serials=["SN/00-1"])
        self._ship(self._create_order(lines=[(other, 1)]))
        location = self._get("/my/serials?number=SN/00-1", self.user).headers["Location"]
        page = self._get(location).text
        self.assertIn("Another camera", page)
        self.assertIn(self.path, page)

    def test_users_without_prices_see_no_invoice(self):
        entry = self.user.sudo().access_entry_ids
        entry.role_ids = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.env.registry.clear_cache()
        page = self._get(self.path, self.user).text
        self.assertIn(self.picking.name, page)
        self.assertNotIn(self.invoice.name, page)

    def test_the_page_writes_nothing(self):
        self._get(self.path, self.user)
        with self.assertQueriesWriteNothing():
            self._get(self.path)

    def test_an_add_on_brings_a_section_of_its_own(self):
        model = self.env.registry["sale.line.serial"]
        known = model._prepare_serial_sections
        row = {"date": False, "label": "RMA00031", "url": "/my/returns/31", "note": "defect"}
        section = {"key": "cases", "title": "Cases", "sequence": 5}
        section["rows"] = [{**row, "badge": None, "links": []}]
        self.patch(
            model,
            "_prepare_serial_sections",
            lambda serials, lot, events: [*known(serials, lot, events), section],
        )
        page = self._get(self.path, self.user).text
        self.assertLess(page.index("RMA00031"), page.index(self.picking.name))
