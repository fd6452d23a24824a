from odoo.fields import Command
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
    "credit, shortage": {"delivered": -1, "invoiced": -1, "balance": -404.10},
    "credit, licence": {"delivered": -1, "invoiced": -1, "balance": -404.10},
    "keep offer, already invoiced": {"balance": -40.41},
    "goodwill": {"balance": -30.25},
    "keep surplus that was never invoiced": {"stock": -2, "value": -100, "balance": 152.19},
    "keep another article, ordered one credited": {
        "delivered": -1,
        "invoiced": -1,
        "stock": -1,
        "value": -50,
        "balance": 185.21 - 76.48,
    },
    "keep another article, ordered one delivered": {"stock": -1, "value": -50, "balance": 185.21},
    "invoice correction": {"balance": -40.41},
    "taken back without money": {"stock": 1, "value": 50},
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
        statuses = (line.customer_status, line.order_id.customer_status)
        before = self._measure(line, product)
        self.assertEqual(line.invoice_status, "invoiced", "before")
        self.assertFalse(next(row, None), "A row yields once.")
        after = self._measure(line, product)
        differences = {fact: round(after[fact] - before[fact], 2) for fact in before}
        self.assertEqual(differences, {**dict.fromkeys(before, 0), **changes})
        self.assertEqual(line.invoice_status, "invoiced", "after")
        self.assertEqual(line.order_id.invoice_status, "invoiced", "of the order")
        self.assertEqual((line.customer_status, line.order_id.customer_status), statuses)

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

    def _row_credit_shortage(self):
        line = self._create_delivered_line(product=self._create_product(), quantity=2)
        yield line
        position = self._create_tested_position(line, "shortage")
        self._decide_credit(position).action_post()
        loss = position.move_ids.filtered(lambda move: move.cso_step == "loss")
        self.assertEqual((loss.state, loss.quantity), ("done", 1))
        self.assertEqual(loss.location_dest_id, self.env.company.cso_loss_location_id)

    def _row_credit_licence(self):
        line = self._create_delivered_line(product=self._create_license(), invoiced_ago=None)
        self.env["sale.line.delivery"].create({"sale_line_id": line.id, "quantity": 1.0})
        self._invoice(line.order_id)
        yield line
        position = self._create_tested_position(line, "licence_return", not_activated=True)
        self._decide_credit(position).action_post()

    def _row_keep_offer_already_invoiced(self):
        line = self._create_delivered_line(product=self._create_product())
        yield line
        self._keep(self._create_kept(line, "transport_damage", 300.57))

    def _row_goodwill(self):
        line = self._create_delivered_line(product=self._create_product())
        yield line
        position = self._create_kept(line, "transport_damage", 0.0)
        wizard = self._open_decision("goodwill", position).create({"text": "Sorry"})
        wizard.line_ids.amount = 25.0
        self._settle(wizard)

    def _row_keep_surplus_that_was_never_invoiced(self):
        line = self._create_taxed_line()
        self._put_in_stock(line.product_id, 2)
        yield line
        self._keep(self._create_kept(line, "over_delivery", 62.89, quantity=2))

    def _row_keep_another_article_ordered_one_credited(self):
        yield from self._keep_another("no")

    def _row_keep_another_article_ordered_one_delivered(self):
        yield from self._keep_another("yes")

    def _keep_another(self, still_wanted):
        line, other = self._create_taxed_line(), self._create_taxed_line().product_id
        self._put_in_stock(other, 1)
        self._put_in_stock(line.product_id, 1)
        yield line, other
        answers = {"received_product_id": other.id, "still_wanted": still_wanted}
        position = self._create_kept(line, "wrong_delivery", 153.07, slip_matches="no", **answers)
        self._keep(position)

    def _row_invoice_correction(self):
        line = self._create_delivered_line()
        yield line
        position = self._create_tested_position(
            line, "wrong_invoice", quantity=0, invoice_detail="price", invoice_amount=300.57
        )
        self._settle(self._open_decision("correction", position).create({}))

    def _create_taxed_line(self):
        product = self._create_product(taxes_id=[Command.set(self.tax.ids)])
        return self._create_delivered_line(product=product, price=63.21)

    def _open_decision(self, form, position):
        context = {"active_model": "cso.rma.line", "active_ids": position.ids}
        return self.env[f"cso.decide.{form}"].with_context(**context)

    def _keep(self, position):
        """Decide, post and deliver all that it takes; what is sold anew is settled with it."""
        self._settle(self._open_decision("keep", position).create({}))
        kept = position.kept_line_id
        self.assertEqual(kept.qty_delivered, kept.qty_invoiced)
        self.assertIn(kept.order_id.invoice_status, ("invoiced", False))

    def _row_taken_back_without_money(self):
        line = self._create_delivered_line(product=self._create_product())
        yield line
        position = self._create_position(line, "over_delivery", received_total=2)
        position.rma_id._submit()
        self._authorise(position)
        self._receive(position)
        position.test_result = "no_fault"
        self._settle(self._open_decision("take.back", position).create({}))

    def _settle(self, wizard):
        wizard.action_decide()
        position = wizard.position_ids
        position.refund_line_ids.move_id.action_post()
        if position.free_line_ids:
            self._ship(position.free_line_ids.order_id)
        self.assertIn(position.state, ("credited", "settled"))
