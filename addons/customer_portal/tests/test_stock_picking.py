from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestStockPicking(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("picking_buyer", cls.branch)

    def _drop_ship(self):
        order = self._create_route_order(self.dropship)
        purchase = self._get_purchase_lines(order).order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        return purchase.picking_ids

    def test_a_customer_reads_what_is_meant_for_him(self):
        values = self._drop_ship().with_user(self.user).read(["name", "state", "date_done"])
        self.assertEqual(values[0]["state"], "done")

    def test_a_drop_shipment_names_neither_vendor_nor_purchase(self):
        picking = self._drop_ship().with_user(self.user)
        for name in ("partner_id", "origin", "purchase_id", "note", "user_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                picking.read([name])

    def test_a_customer_does_not_search_by_the_purchase(self):
        picking = self._drop_ship()
        with self.assertRaises(AccessError):
            self.env["stock.picking"].with_user(self.user).search([("origin", "=", picking.origin)])

    def test_a_drop_shipments_slip_names_neither_vendor_nor_purchase(self):
        self.product.seller_ids.write({"product_code": "VENDORCODE", "product_name": "Vendorname"})
        picking = self._drop_ship()
        report = self.env["ir.actions.report"]
        html = str(report._render_qweb_html("stock.action_report_delivery", picking.ids)[0])
        self.assertIn(picking.sale_id.name, html)
        for secret in (picking.origin, self.vendor.name, "VENDORCODE", "Vendorname"):
            with self.subTest(secret):
                self.assertNotIn(secret, html)

    def test_a_slip_shows_serials(self):
        product = self._create_serial_product()
        self._put_in_stock(product, serials=["SN0001"])
        picking = self._ship(self._create_order(lines=[(product, 1)]))
        report = self.env["ir.actions.report"].with_user(self.user).sudo()
        html = report._render_qweb_html("stock.action_report_delivery", picking.ids)[0]
        self.assertIn(b"SN0001", html)

    def test_each_tracking_number_has_a_link_of_its_own(self):
        carrier = self._create_carrier(
            tracking_url="https://carrier.example/<shipmenttrackingnumber>"
        )
        self._put_in_stock()
        picking = self._ship(self._create_order(), tracking="A1, B2")
        picking.carrier_id = carrier
        links = [("A1", "https://carrier.example/A1"), ("B2", "https://carrier.example/B2")]
        self.assertEqual(picking._get_tracking_links(), links)

    def test_tracking_numbers_are_parted_by_comma_semicolon_or_blank(self):
        self._put_in_stock()
        picking = self._ship(self._create_order())
        cases = {
            "A1": ["A1"],
            "A1,B2": ["A1", "B2"],
            "A1;B2 ; C3": ["A1", "B2", "C3"],
            " A1  B2\n": ["A1", "B2"],
            "A1,,A1": ["A1"],
            " ": [],
        }
        for reference, numbers in cases.items():
            with self.subTest(reference):
                picking.carrier_tracking_ref = reference
                found = [number for number, _url in picking._get_tracking_links()]
                self.assertEqual(found, numbers)

    def test_pages_that_the_carrier_names_are_linked_when_they_are_safe(self):
        self._put_in_stock()
        picking = self._ship(self._create_order(), tracking="A1,B2")
        pages = '[["A1", "https://carrier.example/A1"], ["B2", "javascript:alert(1)"], "x"]'
        with patch.object(type(picking), "carrier_tracking_url", pages):
            links = picking._get_tracking_links()
        self.assertEqual(links, [("A1", "https://carrier.example/A1"), ("B2", False)])

    def test_the_address_of_a_drop_shipment_is_the_customers(self):
        picking = self._drop_ship()
        self.assertEqual(picking.partner_id, self.vendor)
        self.assertEqual(picking._get_customer_address(), self.branch)

    def test_the_slip_of_a_drop_shipment_has_a_title(self):
        report = self.env["ir.actions.report"]
        picking = self._drop_ship()
        html = report._render_qweb_html("stock.action_report_delivery", picking.ids)[0]
        self.assertIn(b"Delivery Note", html)

    def test_a_tracking_page_that_is_no_web_address_is_no_link(self):
        carrier = self._create_carrier(tracking_url="javascript:alert(1)//<shipmenttrackingnumber>")
        self._put_in_stock()
        picking = self._ship(self._create_order(), tracking="A1")
        picking.carrier_id = carrier
        self.assertEqual(picking._get_tracking_links(), [("A1", False)])

    def test_the_customer_of_a_shipment_is_who_ordered(self):
        self._put_in_stock()
        order = self._create_order(partner_shipping_id=self.stranger_company.id)
        picking = self._ship(order)
        self.assertEqual(picking.partner_id, self.stranger_company)
        self.assertEqual(picking.customer_partner_id, self.branch)
        order.picking_ids.sale_id.partner_id = self.other_branch
        self.assertEqual(picking.customer_partner_id, self.other_branch)

    def test_the_customer_of_a_shipment_without_order_is_its_contact(self):
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.branch.id,
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.assertEqual(picking.customer_partner_id, self.branch)

    def test_receipts_and_picks_have_no_customer(self):
        self.warehouse.delivery_steps = "pick_ship"
        pick = self._create_order().picking_ids
        receipt = self._create_purchase(10).picking_ids
        self.assertEqual((pick | receipt).customer_partner_id, self.env["res.partner"])

    def test_shipments_from_before_the_installation_get_the_same(self):
        self._put_in_stock()
        shipped = self._ship(self._create_order())
        pickings = shipped | self._return(shipped, 1) | self._create_purchase(10).picking_ids
        expected = [picking.customer_partner_id for picking in pickings]
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_picking SET customer_partner_id = NULL")
        pickings._fill_customer_partner()
        self.env.invalidate_all()
        self.assertEqual([picking.customer_partner_id for picking in pickings], expected)
        self.assertEqual(expected[:2], [self.branch] * 2)
