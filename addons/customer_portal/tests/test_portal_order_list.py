import re

from odoo.tests import HttpCase, tagged

from ..controllers import portal_order_list
from .common import PASSWORD, PortalHttp

HUGE = 99999999999999999999


@tagged("post_install", "-at_install")
class TestPortalOrderList(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("order_list_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("order_list_colleague", cls.branch)
        cls.stranger = cls._create_portal_user("order_list_stranger", cls.stranger_company)
        cls._put_in_stock(quantity=4)
        cls.product.write({"maker_part_number": "960-000972", "barcode": "5099206045200"})
        cls.order = cls._create_order(partner=cls.user.partner_id, client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order, tracking="1Z999")
        cls.picking.carrier_id = cls._create_carrier(
            tracking_url="https://carrier.example/<shipmenttrackingnumber>"
        )
        cls.purchase = cls._create_purchase(6, "2031-12-11")
        cls.env.cr.flush()
        cls.invoice = cls._invoice(cls.order)

    def test_the_list_shows_status_eta_and_shipment(self):
        page = self._get("/my/orders", self.user).text
        for text in (self.order.name, "PO 7781", "Partially fulfilled", "11 Dec 2031"):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_the_list_shows_orders_of_the_branch_only(self):
        names = {
            partner: self._create_order(partner=partner).name
            for partner in (self.branch, self.other_branch, self.office, self.stranger_company)
        }
        page = self._get("/my/orders", self.colleague).text
        shown = {partner for partner, name in names.items() if f">{name}<" in page}
        self.assertEqual(shown, {self.branch})

    def test_the_list_is_filtered_and_searched(self):
        self.authenticate(self.user.login, PASSWORD)
        other = self._create_order(client_order_ref="PO 9999")
        cases = {
            "filterby=partial": {self.order},
            "filterby=confirmed": {other},
            "filterby=late": set(),
            "search=7781": {self.order},
            "search=po-77": {self.order},
            f"search={self.order.name.lstrip('S0')}": {self.order},
            "search=%25": set(),
            "filterby=nonsense&sortby=nonsense": {self.order, other},
        }
        for query, expected in cases.items():
            with self.subTest(query):
                page = self._get(f"/my/orders?{query}").text
                shown = {order for order in (self.order, other) if f">{order.name}<" in page}
                self.assertEqual(shown, expected)

    def test_late_lines_are_marked_and_linked(self):
        self.assertNotIn("line late", self._get("/my/orders", self.user).text)
        self.purchase.order_line.supplier_eta = "2031-12-19"
        self.env.flush_all()
        page = self._get("/my/orders").text
        self.assertIn("▲ 1 line late", page)
        self.assertIn(f"/my/lines?late=1&amp;order={self.order.name}", page)

    def test_many_orders_are_counted_to_a_thousand_only(self):
        for _number in range(3):
            self._create_order(client_order_ref="many")
        self.patch(portal_order_list, "COUNT_CAP", 2)
        page = self._get("/my/orders?search=many", self.user).text
        self.assertIn("2+", page)

    def test_the_list_sorts_by_every_offered_order(self):
        self.authenticate(self.user.login, PASSWORD)
        for sortby in ("date", "eta", "name", "reference", "status", "total"):
            with self.subTest(sortby):
                self.assertEqual(self._get(f"/my/orders?sortby={sortby}").status_code, 200)

    def test_without_the_role_for_prices_the_list_has_no_amounts(self):
        role = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.sudo().access_entry_ids.role_ids = role
        page = self._get("/my/orders?sortby=total", self.user).text
        self.assertIn(self.order.name, page)
        self.assertNotIn("632.10", page)
        self.assertNotIn('value="total"', page)

    def test_pages_that_are_not_there_are_no_error(self):
        self.authenticate(self.user.login, PASSWORD)
        for path in (
            "/my/orders/page/99",
            f"/my/orders/page/{HUGE}",
            "/my/orders/page/0",
            "/my/orders?page=x",
            "/my/orders?page=²",
        ):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 200)

    def test_filters_survive_turning_the_page(self):
        for _number in range(81):
            self.order.copy({"client_order_ref": "many"}).action_confirm()
        page = self._get("/my/orders?search=many&filterby=confirmed", self.user).text
        links = re.findall(r"/my/orders/page/2\?[^\"]+", page)
        self.assertTrue(links)
        self.assertIn("search=many", links[0])
        self.assertIn("filterby=confirmed", links[0])

    def test_the_list_needs_no_more_queries_for_more_orders(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (1, 18, 60):
            for _number in range(number):
                self.order.copy().action_confirm()
            self.env.flush_all()
            counts.append(self._count_queries("/my/orders"))
        self.assertEqual(len(set(counts)), 1, counts)

    def test_an_empty_list_says_what_to_do(self):
        page = self._get("/my/orders", self.stranger).text
        self.assertIn("No orders yet", page)
        self.assertIn("3 working days", page)
