from odoo.tests import tagged

from .common import RmaCommon

# What changes from before the case until all documents of its outcome are done. What a row does not
# name does not change. Amounts are in the currency of the company: `balance` is what the customer
# owes, `stock` and `value` are what we own of the article, wherever it lies.
TABLE = {
    "credit, goods back": {
        "delivered": -1,
        "invoiced": -1,
        "stock": 1,
        "value": 50,
        "balance": -404.10,
    },
}


@tagged("post_install", "-at_install")
class TestSettlementTable(RmaCommon):
    """The outcome table: one row per outcome, by the method ``_row_<name of the row>``.

    The method is a generator: it makes what was sold, yields the order line that is measured (or a
    pair of order line and article, where another article moves), and settles it after that.
    """

    def test_each_outcome_leaves_stock_books_and_order_as_the_table_says(self):
        for name, changes in TABLE.items():
            with self.subTest(name):
                self._check_row(name, changes)

    def _check_row(self, name, changes):
        method = "_row_" + name.replace(",", "").replace(" ", "_")
        row = getattr(self, method)()
        measured = next(row)
        line, product = measured if isinstance(measured, tuple) else (measured, measured.product_id)
        before = self._measure(line, product)
        self.assertEqual(line.invoice_status, "invoiced", "before")
        self.assertFalse(next(row, None), "A row yields once.")
        after = self._measure(line, product)
        differences = {fact: round(after[fact] - before[fact], 2) for fact in before}
        self.assertEqual(differences, {**dict.fromkeys(before, 0), **changes})
        self.assertEqual(line.invoice_status, "invoiced", "after")
        self.assertEqual(line.order_id.invoice_status, "invoiced", "of the order")

    def _measure(self, line, product):
        self.env.flush_all()
        self.env.invalidate_all()
        receivable = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", line.order_id.partner_id.commercial_partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return {
            "delivered": line.qty_delivered,
            "invoiced": line.qty_invoiced,
            "stock": product.qty_available,
            "value": product.total_value,
            "balance": sum(receivable.mapped("balance")),
        }

    # ------------------------------------------------------------------ rows
    def _row_credit_goods_back(self):
        line = self._create_delivered_line()
        yield line
        self._decide_credit(self._create_tested_position(line)).action_post()
