from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalCartOffer(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.user = cls._create_portal_user("cart_offer", cls.branch)
        cls.cart = cls.env["portal.cart"].with_user(cls.user)._open_own()
        cls.cable = cls._create_product(name="Cable", list_price=3)
        cls.cart._add_products([(cls.product, 5), (cls.cable, 12)])

    def _set_pricelist(self, *rules):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dealers", "item_ids": [Command.create(rule) for rule in rules]}
        )
        self.branch.property_product_pricelist = pricelist
        return pricelist

    def _get_prices(self):
        order = self.cart._get_quotation(self.cart.line_ids)
        return order.order_line.mapped("price_unit")

    def _get_availability(self, product, quantity):
        found = self.cart._get_availability([(product, quantity)], self.warehouse)
        return found[product.id]

    # --- prices -----------------------------------------------------------------------------------

    def test_prices_are_those_of_the_price_list_for_the_quantity(self):
        group = {"compute_price": "fixed", "applied_on": "0_product_variant"}
        self._set_pricelist(
            {**group, "product_id": self.cable.id, "fixed_price": 2},
            {**group, "product_id": self.cable.id, "fixed_price": 1, "min_quantity": 10},
            {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"},
        )
        self.assertEqual(self._get_prices(), [56.889, 1])
        self.cart.line_ids[1].quantity = 9
        order = self.cart._get_quotation(self.cart.line_ids)
        self.assertEqual(order.order_line[1].price_unit, 2)
        self.assertAlmostEqual(order.order_line[0].price_subtotal, 5 * 63.21 * 0.9, 2)

    def test_what_is_shown_is_what_the_quotation_has(self):
        tax = self.env["account.tax"].create({"name": "VAT 21", "amount": 21})
        self.product.taxes_id = tax
        self._set_pricelist({"compute_price": "percentage", "percent_price": 12.5})
        shown = self.cart._get_quotation(self.cart.line_ids)
        totals = (shown.amount_untaxed, shown.amount_tax, shown.amount_total)
        order = self.cart._send()
        self.assertEqual((order.amount_untaxed, order.amount_tax, order.amount_total), totals)
        self.assertGreater(order.amount_tax, 0)

    def test_showing_a_cart_stores_nothing(self):
        self.cart._get_quotation(self.cart.line_ids)
        self.env.flush_all()
        self.assertFalse(
            self.env["sale.order"].search([("partner_id", "=", self.user.partner_id.id)])
        )

    def test_queries_of_prices_do_not_grow_with_the_lines(self):
        rule = {"compute_price": "fixed", "applied_on": "0_product_variant", "fixed_price": 7}
        products = self.env["product.product"].create([{"name": "Many"}] * 20)
        self._set_pricelist(*({**rule, "product_id": product.id} for product in products))
        self.cart.line_ids.unlink()
        counts = []
        for size in (1, 2, 20):  # the first one warms the caches of access
            self.cart._add_products([(product, 1) for product in products[:size]])
            self.cart.line_ids.quantity = 1
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._get_prices(), [7] * size)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    # --- availability -----------------------------------------------------------------------------

    def test_free_stock_is_in_stock_but_never_more_than_was_asked_is_told(self):
        self._put_in_stock(quantity=7)
        self.assertEqual(
            self._get_availability(self.product, 5), {"state": "stock", "day": None, "in_stock": 5}
        )
        self.assertEqual(self._get_availability(self.product, 9)["in_stock"], 7)

    def test_reserved_goods_are_not_in_stock(self):
        self._put_in_stock(quantity=7)
        self._create_order(lines=[(self.product, 7)])
        self.assertEqual(self._get_availability(self.product, 1)["state"], "unknown")

    def test_a_purchase_gives_its_date_unless_others_wait_for_it(self):
        self._create_purchase(10, "2099-03-04")
        self.assertEqual(str(self._get_availability(self.product, 10)["day"]), "2099-03-04")
        self.assertEqual(self._get_availability(self.product, 11)["state"], "unknown")
        self._create_order(lines=[(self.product, 8)])
        self.assertEqual(self._get_availability(self.product, 2)["state"], "ordered")
        self.assertEqual(self._get_availability(self.product, 3)["state"], "unknown")

    def test_a_purchase_without_a_suppliers_date_gives_none(self):
        self._create_purchase(10)
        self.assertEqual(self._get_availability(self.product, 1)["state"], "unknown")

    def test_software_and_services_wait_for_no_stock(self):
        service = self._create_product(name="Installation", type="service", is_storable=False)
        for product, state in ((self._create_license(), "email"), (service, "service")):
            with self.subTest(state):
                self.assertEqual(self._get_availability(product, 3)["state"], state)
