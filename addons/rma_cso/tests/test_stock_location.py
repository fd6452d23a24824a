from odoo.fields import Command
from odoo.tests import tagged

from .common import RmaCommon

# Bought 2 at 50.00 and 2 at 80.00 (at 60.00 where that is the standard price), sold 2, bought 2 at
# 110.00. `cost` is what a unit was worth when it left, and is again when it comes back; `booked` is
# what Odoo booked for it with the invoice and takes back with the credit note (of an average per
# lot, the average of the article); `scrapped` is what it takes along when it is scrapped then.
METHODS = {
    "standard": {"cost": 60, "booked": 60, "scrapped": 60},
    "average": {"cost": 65, "booked": 65, "scrapped": 80},
    "fifo": {"cost": 50, "booked": 50, "scrapped": 80},
    "average per lot": {"cost": 50, "booked": 65, "scrapped": 50},
    "fifo per lot": {"cost": 50, "booked": 50, "scrapped": 50},
}


@tagged("post_install", "-at_install")
class TestStockLocation(RmaCommon):
    """What returned goods are worth: all costing methods go one way together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.variation, cls.expense, cls.loss = (
            cls._create_account(name, "expense") for name in ("RT7100", "RT7000", "RT7200")
        )
        cls.products = {method: cls._create_valued_product(method) for method in METHODS}
        cls.other_warehouse = cls.env["stock.warehouse"].create({"name": "South", "code": "SOU"})

    @classmethod
    def _create_account(cls, code, kind):
        return cls.env["account.account"].create({"name": code, "code": code, "account_type": kind})

    @classmethod
    def _create_valued_product(cls, method):
        """An article of a category with an account of its own for its stock."""
        number = list(METHODS).index(method)
        stock_account = cls._create_account(f"RT110{number}", "asset_current")
        stock_account.account_stock_variation_id = cls.variation
        cost_method, _sign, per_lot = method.partition(" ")
        category = cls.env["product.category"].create(
            {
                "name": method,
                "property_cost_method": cost_method,
                "property_valuation": "real_time",
                "property_stock_valuation_account_id": stock_account.id,
                "property_account_expense_categ_id": cls.expense.id,
            }
        )
        return cls._create_product(
            categ_id=category.id,
            tracking="serial" if per_lot else "none",
            lot_valuated=bool(per_lot),
            standard_price=60.0 if cost_method == "standard" else 0.0,
        )

    def _buy(self, price):
        """Two units of each article, received and billed."""
        purchase = self._create_purchase(2, product=self.product, confirm=False)
        purchase.order_line.unlink()
        purchase.order_line = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_qty": 2,
                    "price_unit": 60.0 if method == "standard" else price,
                    "tax_ids": [Command.clear()],
                }
            )
            for method, product in self.products.items()
        ]
        purchase.button_confirm()
        for item in purchase.picking_ids.move_line_ids:
            if item.product_id.tracking == "serial":
                item.lot_name = f"LOT-{item.id:08}"
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids.button_validate()
        purchase.action_create_invoice()
        purchase.invoice_ids.invoice_date = self.today
        purchase.invoice_ids.action_post()

    def _sell(self):
        """Two units of each article, shipped and invoiced; of serials those bought first."""
        lines = [
            {"product_id": product.id, "product_uom_qty": 2, "price_unit": 200.0}
            for product in self.products.values()
        ]
        order = self._create_order(lines=lines)
        self._ship(order)
        self._invoice(order)
        return order

    def _measure(self):
        """Return by method: quantity, value, and what the books say the value is."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            method: (
                product.qty_available,
                round(product.total_value, 2),
                self._get_balance(product.categ_id.property_stock_valuation_account_id),
            )
            for method, product in self.products.items()
        }

    def _get_balance(self, account):
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        items = self.env["account.move.line"].search(domain)
        return round(sum(items.mapped("balance")), 2)

    def _check_changes(self, before, quantity, value_of, booked_of):
        """Compare what changed with what is expected of each method; return what is so now."""
        now = self._measure()
        for method in before:
            with self.subTest(method):
                changes = [b - a for a, b in zip(before[method], now[method], strict=True)]
                self.assertEqual(changes, [quantity, value_of(method), booked_of(method)])
        return now

    def _return(self, order, index, warehouse, disposition):
        """A unit of each article comes back to a warehouse, is put away, and credited."""
        case = self._create_cart()
        for line in order.order_line:
            lot = self._get_lots(line).sorted("id")[index : index + 1]
            self._create_position(line, "commercial", case, lot_ids=lot)
        case._submit()
        positions = case.line_ids
        self._redirect(case.picking_ids, warehouse)
        self._receive(positions)
        positions.test_result = "no_fault"
        positions._dispose(disposition)
        self._decide_credit(positions).action_post()
        return positions

    def _redirect(self, picking, warehouse):
        """The parcel comes to this warehouse, whichever shipped it."""
        place = warehouse.cso_returns_location_id
        picking.picking_type_id = warehouse.cso_returns_type_id
        for records in (picking, picking.move_ids, picking.move_line_ids):
            records.location_dest_id = place

    def test_a_return_is_worth_what_its_delivery_was_worth(self):
        self._buy(50.0)
        self._buy(80.0)
        order = self._sell()
        self._buy(110.0)
        before = self._measure()
        positions = self._return(order, 0, self.other_warehouse, "restock")
        for position, facts in zip(positions, METHODS.values(), strict=True):
            self.assertEqual(position._get_done_receipts().value, facts["cost"])
            (goods,) = position._get_goods_here()
            self.assertEqual(goods["location"], self.other_warehouse.lot_stock_id)
        between = self._check_changes(
            before, 1, lambda m: METHODS[m]["cost"], lambda m: METHODS[m]["booked"]
        )
        self._scrap_account()
        self._return(order, 1, self.warehouse, "scrap")
        after = self._check_changes(
            between,
            0,
            lambda m: METHODS[m]["cost"] - METHODS[m]["scrapped"],
            lambda m: METHODS[m]["booked"] - METHODS[m]["scrapped"],
        )
        scrapped = sum(facts["scrapped"] for facts in METHODS.values())
        self.assertEqual(self._get_balance(self.loss), scrapped)
        self._check_nothing_open(after)

    def _scrap_account(self):
        """What is scrapped is booked as a loss."""
        place = self.warehouse.lot_stock_id._get_cso_place("scrap")
        place.valuation_account_id = self.loss

    def _check_nothing_open(self, measured):
        for method, (_quantity, value, booked) in measured.items():
            with self.subTest(method):
                self.assertEqual(booked, value)

    def test_what_was_never_sold_is_worth_the_cost_of_its_article(self):
        self._buy(50.0)
        self._buy(80.0)
        order = self._sell()
        before = self._measure()
        costs = {method: product.standard_price for method, product in self.products.items()}
        positions = self._return_surplus(order)
        after = self._check_changes(before, 1, lambda m: round(costs[m], 2), lambda m: 0)
        self.assertFalse(positions.move_ids.origin_returned_move_id)
        self.assertEqual(set(positions.mapped("state")), {"settled"})
        self.assertEqual(set(order.order_line.mapped("qty_delivered")), {2})
        self._close_stock()
        self._check_nothing_open({m: (0, after[m][1], self._measure()[m][2]) for m in after})

    def _return_surplus(self, order):
        """One more of each article than was sold came, or another article; we take it back."""
        case = self._create_cart()
        for line in order.order_line:
            self._create_position(line, "over_delivery", case, received_total=3)
        last = case.line_ids[-1:]
        last.write(
            {
                "reason_id": self._get_reason("wrong_delivery").id,
                "slip_matches": "no",
                "received_product_id": last.product_id.id,
                "keep_choice": "send_back",
                "still_wanted": "no",
            }
        )
        case._submit()
        positions = case.line_ids
        self._authorise(positions)
        for item in positions.move_ids.move_line_ids:
            if item.product_id.tracking == "serial":
                item.lot_id = self.env["stock.lot"].create(
                    {"name": f"SURPLUS-{item.id}", "product_id": item.product_id.id}
                )
        self._receive(positions)
        positions.test_result = "no_fault"
        wizard = self.env["cso.decide.take.back"].with_context(
            active_model="cso.rma.line", active_ids=positions.ids
        )
        wizard.create({}).action_decide()
        return positions

    def _close_stock(self):
        """The closing entry of Odoo for these articles."""
        company = self.env.company
        products = self.env["product.product"].union(*self.products.values())
        values = company._get_stock_valuation_account_vals(
            company._get_accounts_by_product(products)
        )
        journal = self.env["account.journal"].create(
            {"name": "Stock closing", "code": "RTCL", "type": "general"}
        )
        entry = self.env["account.move"].create(
            {"journal_id": journal.id, "line_ids": [Command.create(line) for line in values]}
        )
        entry.action_post()
