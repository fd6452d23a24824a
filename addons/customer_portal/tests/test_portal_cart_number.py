from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalCartNumber(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("cart_numbers", cls.branch)
        cls.product.write(
            {
                "default_code": "10037",
                "barcode": "5099206045200",
                "maker_part_number": "960-000972",
            }
        )
        cls.cable = cls._create_product(name="Cable", default_code="CAB-1")
        cls.carts = cls.env["portal.cart"].with_user(cls.user)

    def _resolve(self, number):
        return self.carts._resolve_numbers([number], self.env.company)[number]

    def _create_code(self, partner, code, product=None):
        values = {
            "partner_id": partner.id,
            "code": code,
            "product_id": (product or self.product).id,
        }
        return self.env["product.customer.code"].create(values)

    def test_an_article_is_found_by_every_number_of_it(self):
        self._create_code(self.branch, "88-120")
        self._create_code(self.office, "HQ 7")
        for number in (
            *("10037", "5099206045200", "05099206045200", "960-000972", "960000972"),
            *(" 960 000972 ", "88-120", "88120", "hq7"),
        ):
            with self.subTest(number):
                self.assertEqual(self._resolve(number)["products"], self.product)

    def test_numbers_of_another_customer_are_unknown(self):
        self._create_code(self.other_branch, "88-120")
        self._create_code(self.stranger_company, "88-121")
        for number in ("88-120", "88-121", "", "-", "no such article"):
            with self.subTest(number):
                found = self._resolve(number)
                self.assertFalse(found["products"] | found["refused"])

    def test_two_makers_with_one_part_number_are_both_offered(self):
        self.cable.maker_part_number = "960 000972"
        self.assertEqual(self._resolve("960-000972")["products"], self.product + self.cable)

    def test_what_is_not_for_sale_is_not_found(self):
        carrier = self._create_carrier()
        carrier.product_id.default_code = "SHIP"
        company = self.env["res.company"].create({"name": "Second seller"})
        self._create_product(default_code="RAW", sale_ok=False)
        self._create_product(default_code="SECOND", company_id=company.id)
        self._create_product(default_code="SECOND-OLD", company_id=company.id, active=False)
        for number in ("SHIP", "RAW", "SECOND", "SECOND-OLD"):
            with self.subTest(number):
                found = self._resolve(number)
                self.assertFalse(found["products"] | found["refused"])

    def test_what_was_for_sale_is_named(self):
        bought = self._create_product(default_code="BOUGHT")
        self._create_order(lines=[(bought, 1)])
        bought.sale_ok = False
        self._create_product(default_code="OLD", active=False)
        for number in ("BOUGHT", "OLD"):
            with self.subTest(number):
                found = self._resolve(number)
                self.assertEqual(found["refused"].default_code, number)
                self.assertFalse(found["products"])

    def test_queries_do_not_grow_with_the_numbers(self):
        products = self.env["product.product"].create(
            [{"name": "Many", "default_code": f"N-{number}"} for number in range(20)]
        )
        for number, product in enumerate(products):
            self._create_code(self.branch, f"B-{number}", product)
        counts = []
        for size in (1, 2, 20):  # the first one warms the caches of access
            self.env.invalidate_all()
            numbers = [f"{letter}-{number}" for number in range(size) for letter in "NB"]
            before = self.env.cr.sql_log_count
            found = self.carts._resolve_numbers(numbers, self.env.company)
            self.assertTrue(all(one["products"] for one in found.values()))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
