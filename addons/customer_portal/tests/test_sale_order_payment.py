from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, tagged

from .test_sale_order_hold import HoldCase


@tagged("post_install", "-at_install")
class TestSaleOrderPayment(HoldCase, TransactionCase):
    """Prepayment: an order of 10 pieces costs 100."""

    @classmethod
    def _create_transaction(cls, orders, amount, state="done", **values):
        provider = cls.env["payment.provider"].search([("state", "!=", "x")], limit=1)
        method = cls.env["payment.method"].search([], limit=1)
        count = cls.env["payment.transaction"].search_count([])
        transaction = cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"hold-{count}",
                "amount": amount,
                "currency_id": orders.currency_id.id,
                "partner_id": orders[0].partner_id.id,
                "sale_order_ids": [Command.set(orders.ids)],
                "state": state,
                **values,
            }
        )
        cls.env.flush_all()
        return transaction

    def test_down_and_partial_payments_count_and_the_last_one_releases(self):
        order = self.held
        self._pay(self._down_payment(order, 30))
        self.assertEqual((order.delivery_hold, order.missing_payment), ("payment", 70))
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        self._pay(invoice, 50)
        self.assertEqual((order.delivery_hold, order.missing_payment), ("payment", 20))
        self._pay(invoice)
        self.assertFalse(order.delivery_hold)
        self.assertEqual(order._get_paid_amounts(), {order: 100})

    def test_a_payment_taken_back_holds_what_has_not_shipped(self):
        order = self.held
        invoice = self._invoice(order)
        takings = {
            "draft again": lambda payment: payment.action_draft(),
            "cancelled": lambda payment: payment.action_cancel(),
            "unreconciled": lambda payment: invoice.line_ids.remove_move_reconcile(),
        }
        for name, take_back in takings.items():
            payment = self._pay(invoice)
            if not order.order_line.qty_delivered:
                self._ship(order, quantity=4)
            with self.subTest(name):
                self.assertFalse(order.delivery_hold)
                take_back(payment)
                self.env.flush_all()
                self.assertEqual(order.delivery_hold, "payment")
                self.assertIn("payment", order.picking_ids.mapped("delivery_hold"))
            if payment.state == "draft":
                payment.action_cancel()

    def test_what_is_paid_back_for_returned_goods_holds_nothing(self):
        order = self.held
        invoice = self._invoice(order)
        self._pay(invoice)
        back = self._return(self._ship(order, quantity=5), 2)
        self.assertEqual(back.state, "done")
        refund = invoice._reverse_moves()
        refund.invoice_line_ids.quantity = 2
        refund.action_post()
        self._pay(refund)
        self.assertEqual(order._get_paid_amounts(), {order: 80})
        self.assertFalse(order.delivery_hold)

    def test_a_credited_and_refunded_invoice_is_not_paid(self):
        order = self.held
        invoice = self._invoice(order)
        self._pay(invoice)
        self._pay(self._credit(invoice))
        self.assertEqual(order.delivery_hold, "payment")

    def test_an_invoice_settled_by_its_credit_note_is_not_paid(self):
        order = self.held
        invoice = self._invoice(order)
        refund = self._credit(invoice)
        self.assertEqual(refund.amount_residual, 0)
        self.assertEqual(order._get_paid_amounts(), {order: 0})
        self.assertEqual(order.delivery_hold, "payment")

    def test_a_confirmed_transaction_releases_and_others_do_not(self):
        order = self.held
        for state in ("draft", "pending", "cancel", "error", "done"):
            self._create_transaction(order, 100, state)
            with self.subTest(state):
                self.assertEqual(order.delivery_hold, state != "done" and "payment")

    def test_a_transaction_that_is_paid_back_holds(self):
        order = self.held
        paid = self._create_transaction(order, 100)
        self.assertFalse(order.delivery_hold)
        values = {"operation": "refund", "source_transaction_id": paid.id}
        self._create_transaction(order, -30, sale_order_ids=False, **values)
        self.assertEqual((order.delivery_hold, order.missing_payment), ("payment", 30))

    def test_one_transaction_and_one_invoice_for_two_orders_pay_both_in_proportion(self):
        small = self._create_order(lines=[(self.product, 5)])
        large = self._create_order(lines=[(self.product, 15)])
        both = small | large
        self._create_transaction(both, 100)
        self.assertEqual(both._get_paid_amounts(), {small: 25, large: 75})
        invoice = both._create_invoices()
        invoice.action_post()
        self._pay(invoice, 40)
        self.assertEqual(both._get_paid_amounts(), {small: 35, large: 105})
        self.assertEqual(both.mapped("delivery_hold"), ["payment", "payment"])
        self._pay(invoice)
        self.assertEqual(both.mapped("delivery_hold"), [False, False])

    def test_what_a_transaction_paid_counts_once_when_it_is_invoiced(self):
        order = self.held
        transaction = self._create_transaction(order, 60)
        invoice = self._invoice(order)
        transaction.payment_id = self._pay(invoice, 60)
        self.env.flush_all()
        self.assertEqual(order._get_paid_amounts(), {order: 60})

    def test_a_registered_payment_without_an_entry_counts_for_the_invoice_due_first(self):
        orders = self._create_order() | self._create_order()
        invoices = self.env["account.move"].union(*(self._invoice(order) for order in orders))
        values = {"amount": 150, "partner_id": self.branch.id, "payment_type": "inbound"}
        payment = self.env["account.payment"].create(values)
        payment.outstanding_account_id = False
        payment.invoice_ids = invoices
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual(list(orders._get_paid_amounts().values()), [100, 50])
        self.assertEqual(orders.mapped("delivery_hold"), [False, "payment"])
        payment.action_cancel()
        self.assertEqual(orders.mapped("delivery_hold"), ["payment", "payment"])

    def test_an_order_in_another_currency_is_compared_in_its_own(self):
        currency = self.env["res.currency"].search(
            [("active", "=", False), ("name", "!=", "EUR")], limit=1
        )
        currency.active = True
        currency.rate_ids = [Command.clear(), Command.create({"rate": 2, "name": "2020-01-01"})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._create_order(pricelist_id=pricelist.id)
        self.assertEqual(order.amount_total, 200)
        self._pay(self._invoice(order), 150)
        self.assertEqual(order.missing_payment, 50)

    def test_what_costs_nothing_and_what_was_shipped_is_not_held(self):
        self.product.list_price = 0
        self.assertFalse(self._create_order().delivery_hold)
        self.product.list_price = 10
        order = self._create_order()
        order.with_user(self.releaser)._release_delivery("agreed")
        self._ship(order)
        order.with_user(self.releaser).action_hold_again()
        self.assertFalse(order.delivery_hold)

    # --- credit limit ---------------------------------------------------------------------------

    def test_the_limit_is_given_to_orders_as_they_were_confirmed(self):
        first = self._create_limited_order(10, date_order="2026-01-01")
        second = self._create_limited_order(10)
        third = self._create_limited_order(4)
        orders = first | second | third
        self.assertEqual(orders.mapped("delivery_hold"), [False, "limit", False])
        self.assertEqual(second.missing_payment, 90)

    def test_the_statement_counts_the_limit_as_the_holds_do(self):
        orders = self._create_limited_order(10) | self._create_limited_order(10)
        self._create_order(partner=self.stranger_company)  # not confirmed by the customer
        statement = self.env["portal.statement"]
        (limit,) = statement._get_limits(self.stranger_company, self.env.company)
        self.assertEqual((limit["open"], limit["ordered"], limit["left"]), (0, 200, -50))
        self.assertEqual(orders.mapped("missing_payment"), [0, 50])

    def test_a_raised_limit_releases_and_a_lowered_one_holds_the_newest(self):
        orders = self._create_limited_order(10) | self._create_limited_order(10)
        rows = [(200, [False, False]), (150, [False, "limit"]), (50, ["limit", "limit"])]
        for limit, holds in rows:
            self.stranger_company.credit_limit = limit
            with self.subTest(limit):
                self.assertEqual(orders.mapped("delivery_hold"), holds)

    def test_goods_shipped_and_invoiced_use_the_limit_until_they_are_paid(self):
        shipped = self._create_limited_order(10)
        self._ship(shipped)
        waiting = self._create_limited_order(10)
        self.assertEqual(waiting.delivery_hold, "limit")
        invoice = self._invoice(shipped)
        self.assertEqual(waiting.delivery_hold, "limit")
        payment = self._pay(invoice)
        self.assertFalse(waiting.delivery_hold)
        payment.action_cancel()
        self.assertEqual(waiting.delivery_hold, "limit")

    def test_orders_not_confirmed_cancelled_or_released_leave_or_use_the_limit(self):
        unconfirmed = self._create_order(partner=self.stranger_company)
        first = self._create_limited_order(10)
        second = self._create_limited_order(10)
        self.assertEqual(unconfirmed.delivery_hold, "confirmation")
        self.assertEqual((first | second).mapped("delivery_hold"), [False, "limit"])
        first._action_cancel()
        self.env.flush_all()
        self.assertFalse(second.delivery_hold)

    def test_a_limit_of_zero_gives_nothing_on_credit(self):
        self.stranger_company.credit_limit = 0
        order = self._create_limited_order(1)
        self.assertEqual(order.delivery_hold, "limit")

    def test_the_limit_is_that_of_who_is_billed(self):
        self.branch.payment_before_delivery = "credit_limit"
        self.office.credit_limit = 100
        values = {"partner_invoice_id": self.office.id, "client_order_ref": "PO"}
        values["customer_confirmed_on"] = Datetime.now()
        self.assertFalse(self._create_order(**values).delivery_hold)
        self.assertEqual(self._create_order(**values).delivery_hold, "limit")

    def test_another_of_our_companies_has_its_own_limit_and_term(self):
        other = self.env["res.company"].create({"name": "Our Second Company"})
        limited = self.stranger_company.with_company(other)
        self.assertFalse(limited.payment_before_delivery)
        self.assertEqual(limited.credit_limit, 0)

    def test_the_queries_of_many_orders_are_those_of_few(self):
        few = self._create_limited_order(1) | self._create_limited_order(1)
        counts = []
        for orders in (few, few.union(*(self._create_limited_order(1) for _n in range(3)))):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._mark_delivery_hold()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_the_nightly_look_finds_what_a_new_rate_or_default_limit_changed(self):
        order = self._create_limited_order(10)
        self.env.cr.execute(
            "UPDATE res_partner SET credit_limit = NULL WHERE id = %s", [self.stranger_company.id]
        )
        self.env.invalidate_all()
        self.env["sale.order"]._cron_check_holds()
        self.assertEqual(order.delivery_hold, "limit")
