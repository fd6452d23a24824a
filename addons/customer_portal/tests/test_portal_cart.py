from datetime import date
from itertools import product
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models import portal_cart
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalCart(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("cart_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("cart_colleague", cls.branch)
        cls.product.default_code = "10037"
        cls.cable = cls._create_product(name="Cable", default_code="11258")
        cls.address = cls.env["res.partner"].create(
            {"name": "Goods in", "type": "delivery", "parent_id": cls.branch.id, "street": "Pier 1"}
        )
        cls.cart = cls.env["portal.cart"].with_user(cls.user)._open_own()

    def _save(self, typed=None, **quantities):
        lines = {self.cart.line_ids[int(key[1:])].id: text for key, text in quantities.items()}
        return self.cart._save(typed or {}, lines)

    # --- whose ------------------------------------------------------------------------------------

    def test_each_user_has_one_cart_of_the_own(self):
        again = self.env["portal.cart"].with_user(self.user)._open_own()
        other = self.env["portal.cart"].with_user(self.colleague)._open_own()
        self.assertEqual(again, self.cart)
        self.assertNotEqual(other, self.cart)
        self.assertFalse(self.env["portal.cart"].with_user(self.env.user)._get_own())

    def test_customers_reach_no_cart_but_by_its_page(self):
        self.cart._add_products([(self.product, 1)])
        clerk = self._create_staff("cart_clerk", "base.group_user")
        for user, record, operation in product(
            (self.user, self.colleague, clerk),
            (self.cart, self.cart.line_ids),
            ("read", "write", "create", "unlink"),
        ):
            with self.subTest(user=user.login, model=record._name, operation=operation):
                self.assertFalse(record.sudo(False).with_user(user).has_access(operation))

    def test_another_company_of_ours_has_a_cart_of_its_own(self):
        company = self.env["res.company"].create({"name": "Second seller"})
        self.user.sudo().company_ids += company
        carts = self.env["portal.cart"].with_user(self.user).with_company(company)
        self.assertNotEqual(carts._open_own(), self.cart)

    # --- lines ------------------------------------------------------------------------------------

    def test_an_article_twice_is_one_line(self):
        self.cart._add_products([(self.product, 2), (self.product, 3)])
        self.cart._add_products([(self.product, 1), (self.cable, 4)])
        self.assertEqual(self.cart.line_ids.product_id, self.product + self.cable)
        self.assertEqual(self.cart.line_ids.mapped("quantity"), [6, 4])

    def test_the_menu_counts_the_articles(self):
        self.cart._add_products([(self.product, 2), (self.cable, 4)])
        self.assertEqual(self.user.portal_cart_count, 2)
        self.cart.line_ids[0].unlink()
        self.assertEqual(self.user.portal_cart_count, 1)

    def test_a_full_cart_says_so(self):
        self.cart._add_products([(self.product, 1)])
        with patch.object(portal_cart, "MAX_LINES", 1):
            self.cart._add_products([(self.product, 1)])
            with self.assertRaisesRegex(UserError, "holds 1 articles"):
                self.cart._add_products([(self.cable, 1)])

    def test_no_quantity_of_nothing_is_stored(self):
        self.cart._add_products([(self.product, 0.0001)])
        self.assertEqual(self.cart.line_ids.quantity, 0.01)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.cart.line_ids.quantity = 0
            self.env.flush_all()

    def test_old_lines_are_ordered_again_and_ended_articles_wait_in_the_box(self):
        order = self._create_order(lines=[(self.product, 3), (self.cable, 2), (self.product, -1)])
        self.cable.active = False
        self.assertEqual(self.cart._add_order_lines(order.order_line), 1)
        self.assertEqual(self.cart.line_ids.product_id, self.product)
        self.assertEqual(self.cart.pasted, "11258\t2")
        self.assertIn("no longer for sale", self.cart._check_rows(self.cart.pasted)[0]["problem"])

    # --- what is typed ----------------------------------------------------------------------------

    def test_quantities_that_are_none_are_answered_and_not_kept(self):
        self.cart._add_products([(self.product, 5)])
        for text in ("-1", "0", "1e12", "NaN", "inf", "two", "", "1000000", "9" * 400, "\x00"):
            with self.subTest(text[:9]):
                self.assertIn("number above 0", self._save(_0=text)[self.cart.line_ids.id])
                self.assertEqual(self.cart.line_ids.quantity, 5)

    def test_quantities_are_read_as_people_type_them(self):
        self.cart._add_products([(self.product, 5)])
        for text, quantity in (("12", 12), (" 7 ", 7), ("2,5", 2.5), ("1,000", 1000), ("3 pcs", 3)):
            with self.subTest(text):
                self.assertEqual(self._save(_0=text), {})
                self.assertEqual(self.cart.line_ids.quantity, quantity)

    def test_lines_of_another_cart_are_passed_over(self):
        other = self.env["portal.cart"].with_user(self.colleague)._open_own()
        other._add_products([(self.product, 5)])
        self.assertEqual(self.cart._save({}, {other.line_ids.id: "1"}), {})
        self.assertEqual(other.line_ids.quantity, 5)

    def test_reference_date_and_remark_are_kept(self):
        typed = {"client_order_ref": "PO 1", "wished_date": "2099-12-24", "note": "Two boxes"}
        self.assertEqual(self._save(typed), {})
        self.assertEqual(self.cart.client_order_ref, "PO 1")
        self.assertEqual(self.cart.wished_date, date(2099, 12, 24))
        self.assertEqual(self.cart.note, "Two boxes")

    def test_days_that_are_none_or_over_are_answered(self):
        for text in ("2001-01-01", "tomorrow", "2026-13-01"):
            with self.subTest(text):
                self.assertEqual(list(self._save({"wished_date": text})), ["wished_date"])
                self.assertFalse(self.cart.wished_date)

    def test_only_an_address_of_the_own_company_is_taken(self):
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "type": "delivery", "parent_id": self.stranger_company.id}
        )
        for address in (self.other_branch, self.office, foreign, self.env.company.partner_id):
            with self.subTest(address.name):
                errors = self._save({"partner_shipping_id": str(address.id)})
                self.assertEqual(list(errors), ["partner_shipping_id"])
                self.assertFalse(self.cart.partner_shipping_id)
        self.assertEqual(self._save({"partner_shipping_id": str(self.address.id)}), {})
        self.assertEqual(self.cart.partner_shipping_id, self.address)
        self.assertIn("partner_shipping_id", self.cart._prepare_order(self.cart.line_ids))
        self.user.partner_id.parent_id = self.stranger_company
        self.assertNotIn("partner_shipping_id", self.cart._prepare_order(self.cart.line_ids))
