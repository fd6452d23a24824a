from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoVendorPolicy(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls._create_customer(name="Logitech")
        cls.line = cls._create_delivered_line(product=cls._create_product(maker_id=cls.maker.id))

    def _get_policy(self, line=None):
        line = line or self.line
        return self.env["cso.vendor.policy"]._get_policies(line)[line.id]

    def test_without_a_policy_nothing_is_found(self):
        self.assertFalse(self._get_policy())

    def test_the_maker_comes_before_the_vendor(self):
        self._create_policy(self.vendor)
        policy = self._create_policy(self.maker)
        self.assertEqual(self._get_policy(), policy)

    def test_the_main_vendor_is_the_last_resort(self):
        policy = self._create_policy(self.vendor)
        self.assertEqual(self._get_policy(), policy)

    def test_a_vendor_of_another_company_is_not_the_main_vendor(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._create_customer(name="Other Supply")
        self._create_policy(other)
        policy = self._create_policy(self.vendor)
        product = self.line.product_id
        self.env["product.supplierinfo"].create(
            {
                "partner_id": other.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "company_id": company.id,
                "sequence": -1,
            }
        )
        self.assertEqual(product.sudo().seller_ids[:1].partner_id, other)
        self.assertEqual(self._get_policy(), policy)

    def test_the_vendor_bought_from_comes_before_the_main_vendor(self):
        order = self._create_mto_order(quantity=1)
        other = self._create_customer(name="Other Supply")
        purchase = self._get_purchase_lines(order).order_id
        purchase.partner_id = other
        purchase.button_confirm()
        self._create_policy(self.vendor)
        policy = self._create_policy(other)
        self.assertEqual(self._get_policy(order.order_line), policy)

    def test_a_serial_leads_to_the_vendor_it_was_bought_from(self):
        product = self._create_serial_product()
        other = self._create_customer(name="Other Supply")
        purchase = self._create_purchase(1, product=product, confirm=False)
        purchase.partner_id = other
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.move_line_ids.lot_name = "FROM-OTHER"
        receipt.move_ids.picked = True
        receipt._action_done()
        line = self._create_confirmed_line(product, 1, {})
        self._ship(line.order_id)
        self._create_policy(self.vendor)
        policy = self._create_policy(other)
        self.assertEqual(self._get_lots(line).name, "FROM-OTHER")
        self.assertEqual(self._get_policy(line), policy)

    def test_the_nearest_category_wins(self):
        parent = self.env["product.category"].create({"name": "Hardware"})
        child = self.env["product.category"].create({"name": "Webcams", "parent_id": parent.id})
        self.line.product_id.categ_id = child
        self._create_policy(self.maker)
        self._create_policy(self.maker, categ_id=parent.id)
        policy = self._create_policy(self.maker, categ_id=child.id)
        self.assertEqual(self._get_policy(), policy)

    def test_a_policy_of_another_category_does_not_count(self):
        other = self.env["product.category"].create({"name": "Printers"})
        self._create_policy(self.maker, categ_id=other.id)
        self.assertFalse(self._get_policy())

    def test_a_policy_of_another_company_does_not_count(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_policy(self.maker, company_id=company.id)
        self.assertFalse(self._get_policy())

    def test_two_policies_for_the_same_are_refused(self):
        self._create_policy(self.maker)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_policy(self.maker)

    def test_the_service_centre_is_named(self):
        centre = self._create_customer(name="Repair Hub", city="Breda", phone="+31 76 123 45 67")
        policy = self._create_policy(
            doa_scheme="vendor", service_partner_id=centre.id, instructions="Call the maker."
        )
        text = policy._get_service_text()
        for part in ("Call the maker.", "Repair Hub", "Breda", "+31 76 123 45 67"):
            with self.subTest(part):
                self.assertIn(part, text)
