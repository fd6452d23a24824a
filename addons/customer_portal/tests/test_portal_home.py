from lxml import html

from odoo.tests import HttpCase, tagged

from ..controllers import portal_home
from ..controllers.portal_home import HomePortal
from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalHome(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("home_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("home_stranger", cls.stranger_company)

    def _create_late_order(self, **values):
        order = self._create_order(**values)
        purchase = self._create_purchase(10, "2031-12-03")
        self.env.cr.flush()
        purchase.order_line.supplier_eta = "2031-12-11"
        self.env.cr.flush()
        return order

    def test_late_lines_stand_first(self):
        order = self._create_late_order(client_order_ref="PO 7781")
        page = self._get("/my", self.user).text
        for text in (order.name, "PO 7781", "▲ 8", "3 Dec 2031", "op-kpi bad"):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_a_day_that_passed_is_overdue_and_was_no_other_day(self):
        self._create_order()
        self._create_purchase(10, self._in_days(-3))
        self.env.cr.flush()
        page = self._get("/my", self.user).text
        self.assertIn("▲ overdue", page)
        self.assertNotIn("<s>", page)
        self.assertNotIn("later</span>", page)

    def test_more_repeats_nothing_of_the_menu_and_nothing_spins(self):
        page = html.fromstring(self._get("/my", self.user).text)
        cards = page.xpath("//div[contains(@class, 'o_portal_my_home')]//a/@href")
        self.assertNotIn("/my/orders", cards)
        for path in ("/my/invoices?filterby=invoices", "/my/quotes", "/my/addresses"):
            self.assertIn(path, cards)
        self.assertIn("/my/security", cards)
        spinner = page.xpath("//div[contains(@class, 'o_portal_doc_spinner')]")[0]
        self.assertIn("d-none", spinner.get("class").split())

    def test_who_sees_no_prices_is_not_led_to_invoices(self):
        role = self.env.ref("partner_access.role_orders")
        self.user.sudo().access_entry_ids.role_ids = role
        self.assertNotIn("/my/invoices?filterby=invoices", self._get("/my", self.user).text)

    def test_each_number_leads_to_what_it_counts(self):
        page = html.fromstring(self._get("/my", self.user).text)
        links = {tile.get("data-tile"): tile.get("href") for tile in page.xpath("//a[@data-tile]")}
        for key, url in {
            "late": "/my/lines?late=1",
            "arriving": "/my/lines?arriving=1",
            "open": "/my/orders?filterby=open",
        }.items():
            with self.subTest(key):
                self.assertEqual(links[key], url)

    def test_one_is_told_in_the_singular_and_many_in_the_plural(self):
        self._create_order()
        self.assertNotIn("open orders", self._get_tile_text("open"))
        self._create_order()
        self.assertIn("open orders", self._get_tile_text("open"))

    def _get_tile_text(self, key):
        page = html.fromstring(self._get("/my", self.user).text)
        return page.xpath(f"//a[@data-tile='{key}']")[0].text_content()

    def test_large_numbers_are_capped_and_the_rest_of_the_late_lines_is_linked(self):
        self.patch(portal_home, "COUNT_CAP", 0)
        self.patch(portal_home, "LATE_LIMIT", 0)
        self._create_late_order()
        page = self._get("/my", self.user).text
        self.assertIn("<b>0+</b>", page)
        self.assertIn("See all 0+ late lines", page)

    def test_an_add_on_brings_a_tile_of_its_own(self):
        known = HomePortal._prepare_home_tiles
        tile = {"key": "cases", "label": "open cases", "value": 1, "url": "/my/returns"}
        tile.update(tone="warn", sequence=5)
        self.patch(HomePortal, "_prepare_home_tiles", lambda home: [*known(home), tile])
        page = html.fromstring(self._get("/my", self.user).text)
        keys = page.xpath("//a/@data-tile")
        self.assertEqual(keys[0], "cases")

    def test_nothing_late_does_not_shout(self):
        self._create_order()
        page = self._get("/my", self.user).text
        self.assertNotIn("op-kpi bad", page)
        self.assertIn("No open line is later", page)

    def test_lines_of_others_are_not_counted(self):
        self._create_late_order()
        page = self._get("/my", self.stranger).text
        self.assertNotIn("op-kpi bad", page)

    def test_the_latest_documents_are_linked(self):
        self._put_in_stock()
        order = self._create_order()
        picking = self._ship(order)
        invoice = self._invoice(order)
        page = self._get("/my", self.user).text
        self.assertIn(f"/my/picking/pdf/{picking.id}", page)
        self.assertIn(f"/my/invoices/{invoice.id}", page)

    def test_a_missing_order_has_a_contact(self):
        self.env.company.portal_support_email = "portal@noorderlicht.example"
        page = self._get("/my", self.user).text
        self.assertIn("3 working days", page)
        self.assertIn("portal@noorderlicht.example", page)

    def test_staff_get_the_page_of_odoo(self):
        staff = self._create_staff("home_staff", "base.group_user")
        page = self._get("/my", staff)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("portal_tiles", page.text)

    def test_vendors_reach_their_pages(self):
        vendor = self._create_portal_user("home_vendor", self.vendor)
        purchase = self._create_purchase(10)
        self.authenticate(vendor.login, PASSWORD)
        for path in ("/my", "/my/purchase", "/my/rfq", f"/my/purchase/{purchase.id}"):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 200)

    def test_the_home_page_needs_no_more_queries_for_more_lines(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (2, 7):
            for _number in range(number):
                self._create_late_order()
            counts.append(self._count_queries("/my"))
        self.assertEqual(counts[0], counts[1])
