from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestProductCustomerCode(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def _create_code(self, partner, code):
        return self.env["product.customer.code"].create(
            {"partner_id": partner.id, "product_id": self.product.id, "code": code}
        )

    def _get_code(self, partner):
        codes = self.env["product.customer.code"]._get_codes(partner, self.product)
        return codes.get(self.product.id)

    def test_a_branch_uses_its_own_number_before_the_head_offices(self):
        self._create_code(self.office, "88-120")
        self.assertEqual(self._get_code(self.branch), "88-120")
        self._create_code(self.branch, "R-1")
        self.assertEqual(self._get_code(self.branch), "R-1")
        self.assertEqual(self._get_code(self.other_branch), "88-120")

    def test_numbers_of_others_are_not_used(self):
        self._create_code(self.stranger_company, "88-120")
        self.assertFalse(self._get_code(self.branch))

    @mute_logger("odoo.sql_db")
    def test_a_customer_has_one_number_per_product(self):
        self._create_code(self.office, "88-120")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_code(self.office, "88-121")

    def test_customers_read_no_numbers_of_others(self):
        user = self._create_portal_user("code_buyer", self.branch)
        code = self._create_code(self.stranger_company, "88-120")
        with self.assertRaises(AccessError):
            code.with_user(user).read(["code"])
