from odoo.tests import tagged

from .common import RmaCommon

# What changes from before the case until all documents of its outcome are done. What a row does not
# name does not change. Amounts are in the currency of the company: `balance` is what the customer
# owes, `stock` and `value` are what we own of the article, wherever it lies.
TABLE = {
    "replacement": {},
    "redelivery": {"stock": -1, "value": -50},
    "accessory": {"stock": -1, "value": -50},
    "repair": {},
    "refused, goods back to the customer": {},
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
    def _row_replacement(self):
        line = self._create_delivered_line()
        self._put_in_stock(line.product_id, 1, ["SN-REPLACEMENT"])
        yield line
        self._deliver_free(self._create_tested_position(line), "replacement")

    def _row_redelivery(self):
        line = self._create_delivered_line(product=self._create_product())
        self._put_in_stock(line.product_id, 1)
        yield line
        self._deliver_free(self._create_tested_position(line, "shortage"), "redelivery")

    def _row_accessory(self):
        line, cable = self._create_delivered_line(), self._create_product(name="Power cable")
        self._put_in_stock(cable, 1)
        yield line, cable
        position = self._create_tested_position(line, "missing_accessory")
        self._deliver_free(position, "accessory", product_id=cable.id)

    def _row_repair(self):
        line = self._create_delivered_line()
        yield line
        position = self._create_tested_position(line, "defect")
        context = {"active_model": "cso.rma.line", "active_ids": position.ids}
        values = {"repair_partner_id": self.vendor.id}
        self.env["cso.decide.repair"].with_context(**context).create(values).action_decide()
        position.action_repaired()
        self._ship_back(position)

    def _row_refused_goods_back_to_the_customer(self):
        line = self._create_delivered_line()
        yield line
        position = self._create_tested_position(line)
        position._refuse("Damaged by a fall.")
        self._ship_back(position)

    def _deliver_free(self, position, code, **values):
        context = {
            "active_model": "cso.rma.line",
            "active_ids": position.ids,
            "default_outcome_id": self.env.ref(f"rma_cso.outcome_{code}").id,
        }
        wizard = self.env["cso.decide.delivery"].with_context(**context).create({})
        wizard.line_ids.write(values)
        wizard.action_decide()
        order = position.free_line_ids.order_id
        self._ship(order)
        self.assertEqual((position.state, order.invoice_status), ("settled", "no"))
        self.assertEqual(order.customer_status, "fulfilled")

    def _ship_back(self, position):
        moves = position.move_ids.filtered(lambda move: move.cso_step == "back")
        moves.picked = True
        moves.picking_id.button_validate()

    def _row_credit_goods_back(self):
        line = self._create_delivered_line()
        yield line
        self._decide_credit(self._create_tested_position(line)).action_post()
