from odoo.tests import TransactionCase, tagged
from odoo.tools import html2plaintext

from ..controllers.portal_eta import prepare_eta_cell
from ..tools.portal_format import DASH, PortalFormat
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalEta(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def _create_line(self, *receipts, **values):
        order = self._create_order(**values)
        for quantity, day in receipts:
            self._create_purchase(quantity, day)
        self.env.cr.flush()
        return order.order_line

    def _get_text(self, line, with_slices=True, ship_date=None):
        fmt = PortalFormat(self.env)
        values = {"eta": prepare_eta_cell(line, fmt, ship_date), "fmt": fmt}
        values["with_slices"] = with_slices
        html = self.env["ir.qweb"]._render("customer_portal.portal_eta_cell", values)
        return " ".join(html2plaintext(html).replace("*", "").split())

    def test_a_line_without_a_date_says_so(self):
        text = self._get_text(self._create_line())
        self.assertEqual(text, "… no date from the supplier yet")

    def test_a_range_shows_how_much_comes_when(self):
        line = self._create_line((3, "2031-12-11"), (7, "2031-12-18"))
        text = self._get_text(line)
        self.assertIn(f"11 {DASH} 18 Dec 2031", text)
        self.assertIn("3 pcs 11 Dec 2031 · 7 pcs 18 Dec 2031", text)
        self.assertIn("named by the supplier", text)
        self.assertNotIn("pcs", self._get_text(line, with_slices=False))

    def test_what_has_no_date_is_named_in_lists_too(self):
        line = self._create_line((4, "2031-12-11"))
        for with_slices in (True, False):
            text = self._get_text(line, with_slices)
            self.assertIn(f"11 Dec 2031 {DASH} …", text)
            self.assertIn("6 pcs without a date", text)

    def test_the_reserved_part_is_in_stock(self):
        self._put_in_stock(quantity=4)
        line = self._create_line((6, "2031-12-11"))
        self.assertIn("4 pcs in stock · 6 pcs 11 Dec 2031", self._get_text(line))

    def test_other_units_have_their_name(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        lines = [{"product_uom_qty": 2, "product_uom_id": dozen.id}]
        line = self._create_line((12, "2031-12-11"), lines=lines)
        self.assertIn(f"1 {dozen.name} without a date", self._get_text(line))

    def test_goods_in_stock_have_an_expected_day(self):
        self._put_in_stock()
        line = self._create_line()
        self.assertEqual(self._get_text(line), "In stock ✓ reserved for you")
        self.assertIn("expected to ship", self._get_text(line, with_slices=False))

    def test_a_later_date_shows_what_was_promised(self):
        line = self._create_line((10, "2031-12-03"))
        self.env["purchase.order.line"].search(
            [("product_id", "=", self.product.id)]
        ).supplier_eta = "2031-12-11"
        self.env.cr.flush()
        text = self._get_text(line, with_slices=False)
        self.assertIn("▲ 8 days later", text)
        self.assertIn("was 3 Dec 2031 · changed", text)

    def test_a_date_for_an_unconfirmed_purchase_says_so(self):
        order = self._create_mto_order()
        self._get_purchase_lines(order).supplier_eta = "2031-12-11"
        for with_slices in (True, False):
            self.assertIn("not confirmed yet", self._get_text(order.order_line, with_slices))

    def test_a_shipped_line_shows_when(self):
        self._put_in_stock()
        line = self._create_line()
        self._ship(line.order_id)
        self.assertEqual(self._get_text(line, ship_date=self._in_days(0)).split()[0], "shipped")
        self.assertEqual(self._get_text(line), "")

    def test_a_cancelled_line_shows_nothing(self):
        line = self._create_line((10, "2031-12-11"))
        line.order_id._action_cancel()
        self.env.cr.flush()
        self.assertEqual(self._get_text(line, ship_date=self._in_days(0)), "")
        self.assertTrue(prepare_eta_cell(line, PortalFormat(self.env))["is_empty"])
