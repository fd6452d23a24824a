from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoReturnRate(RmaCommon):
    def test_the_rate_of_a_group_is_that_of_its_units(self):
        product = self._create_serial_product()
        line = self._create_delivered_line(quantity=4, product=product)
        self._create_delivered_line(quantity=6, product=product)
        self._create_case(line)
        refused = self._create_case(line, "defect", lot_ids=self._get_lots(line).sorted("id")[1])
        refused._refuse("Not ours.")
        self.env.flush_all()
        measures = ("shipped_qty:sum", "claimed_qty:sum", "return_rate:avg")
        found = self.env["cso.return.rate"]._read_group(
            [("product_id", "=", product.id)], ["product_id"], measures
        )
        self.assertEqual(found, [(product, 10.0, 1.0, 10.0)])
