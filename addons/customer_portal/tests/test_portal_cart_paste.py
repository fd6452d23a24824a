from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..models.portal_cart_paste import MAX_ROWS
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalCartPaste(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("cart_paste", cls.branch)
        cls.cart = cls.env["portal.cart"].with_user(cls.user)._open_own()
        cls.product.write({"default_code": "10037", "maker_part_number": "960-000972"})
        cls.cable = cls._create_product(name="Cable", default_code="CAB1")

    def _get_quantities(self):
        return {line.product_id: line.quantity for line in self.cart.line_ids}

    def _check(self, row):
        return self.cart._check_rows(row)[0]

    def test_clear_rows_become_lines_and_the_others_stay(self):
        added = self.cart._add_pasted(
            "Artikel\tAantal\n10037\t5\nnothing\t2\nCAB1\t-1\n960-000972\t1"
        )
        self.assertEqual(added, 2)
        self.assertEqual(self._get_quantities(), {self.product: 6})
        self.assertEqual(self.cart.pasted, "nothing\t2\nCAB1\t-1")

    def test_two_hundred_rows_are_taken(self):
        self.env["product.product"].create(
            [{"name": "Many", "default_code": f"MANY-{number}"} for number in range(200)]
        )
        added = self.cart._add_pasted("\n".join(f"many {number};2" for number in range(200)))
        self.assertEqual((added, len(self.cart.line_ids)), (200, 200))

    def test_too_many_rows_change_nothing(self):
        with self.assertRaisesRegex(UserError, "501 rows"):
            self.cart._add_pasted("10037\n" * (MAX_ROWS + 1))
        self.assertFalse(self.cart.line_ids)

    def test_each_row_says_what_is_wrong(self):
        self._create_product(name="Old webcam", default_code="OLD", active=False)
        for row, problem in (
            ("nothing\t2", "No article"),
            ("10037\t0", "number above 0"),
            ("10037\t1e12", "number above 0"),
            ("10037\tNaN", "number above 0"),
            ("OLD\t2", "Old webcam is no longer for sale"),
            ("=1+1", "No article"),
        ):
            with self.subTest(row):
                self.assertIn(problem, self._check(row)["problem"])

    def test_one_of_several_articles_is_chosen(self):
        self.cable.maker_part_number = "960 000972"
        self.assertEqual(self.cart._add_pasted("960000972;3"), 0)
        self.assertEqual(self._check(self.cart.pasted)["choices"], self.product + self.cable)
        self.assertFalse(self.cart._choose(self.cart.pasted, self._create_product().id))
        self.assertTrue(self.cart._choose(self.cart.pasted, self.cable.id))
        self.assertEqual(self._get_quantities(), {self.cable: 3})
        self.assertFalse(self.cart.pasted)

    def test_a_row_that_can_be_read_in_two_ways_is_asked_about(self):
        longer = self._create_product(name="Long cable", default_code="CAB12")
        self.assertEqual(self._check("CAB1 2")["choices"], self.cable + longer)

    def test_the_end_of_a_chain_of_successors_is_offered(self):
        oldest = self._create_product(default_code="V1", active=False)
        older = self._create_product(default_code="V2", active=False)
        oldest.product_tmpl_id.replaced_by_id = older.product_tmpl_id
        older.product_tmpl_id.replaced_by_id = self.cable.product_tmpl_id
        self.assertEqual(self._check("V1 4")["choices"], self.cable)
        self.cable.sale_ok = False
        self.assertFalse(self._check("V1 4")["choices"])

    def test_products_do_not_replace_each_other_in_a_circle(self):
        self.cable.product_tmpl_id.replaced_by_id = self.product.product_tmpl_id
        with self.assertRaises(ValidationError):
            self.product.product_tmpl_id.replaced_by_id = self.cable.product_tmpl_id
