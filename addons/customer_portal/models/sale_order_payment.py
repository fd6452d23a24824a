from odoo import fields, models
from odoo.fields import Domain


class SaleOrderPayment(models.AbstractModel):
    """What an order is worth to its delivery, and what of that is paid.

    Amounts are in the currency of the order, taxes included.
    """

    _name = "sale.order.payment"
    _description = "Payment of an Order before Delivery"

    def _get_amount_before_delivery(self):
        """What the customer gets of the order in the end: what returns took back is not owed."""
        self.ensure_one()
        left_out = sum(
            line.price_total * (1 - self._get_payable_qty(line) / line.product_uom_qty)
            for line in self.order_line
            if line._is_to_be_shipped() and line.product_uom_qty
        )
        return self.currency_id.round(self.amount_total - left_out)

    def _get_payable_qty(self, line):
        delivered = line.qty_delivered + line.customer_open_qty
        return min(delivered, line.product_uom_qty)

    def _get_missing_payments(self):
        """What is still to be paid before the next delivery.

        :return: ``{order: amount}``, never less than zero
        :rtype: dict
        """
        paid = self._get_paid_amounts()
        return {
            order: max(
                order.currency_id.round(order._get_amount_before_delivery() - paid[order]), 0.0
            )
            for order in self
        }

    def _get_missing_amounts(self):
        """What has to be paid so that held orders may leave: of the order, or of what is open.

        :return: ``{order_id: amount}`` in the currency of the order
        :rtype: dict
        """
        prepaid = self.filtered(lambda order: order.delivery_hold == "payment")
        missing = {order.id: amount for order, amount in prepaid._get_missing_payments().items()}
        for order in self.filtered(lambda one: one.delivery_hold == "limit"):
            missing[order.id] = order._get_amount_above_limit()
        return missing

    def _get_paid_amounts(self):
        """What is booked as paid: by invoices, down payments among them, less credit notes, and by
        confirmed transactions as far as they are on no invoice yet.

        A transaction that is authorised only can still come to nothing and does not count.

        :return: ``{order: amount}``
        :rtype: dict
        """
        paid = dict.fromkeys(self, 0.0)
        for invoice in self.invoice_ids.filtered(lambda move: move.state == "posted"):
            self._add_invoice_payment(paid, invoice)
        # sudo: who sees the order sees what is paid of it
        for transaction in self.sudo().transaction_ids.filtered(lambda one: one.state == "done"):
            self._add_transaction(paid, transaction)
        return paid

    def _add_invoice_payment(self, paid, invoice):
        """A payment of an invoice of several orders is for each of them in proportion."""
        settled = invoice._get_settled_amount() * -invoice.direction_sign
        weights = {}
        for item in invoice.invoice_line_ids:
            if order := item.sale_line_ids.order_id[:1]:
                weights[order] = weights.get(order, 0.0) + item.price_total
        total = sum(weights.values())
        for order in self.filtered(lambda one: total and one in weights):
            share = settled * weights[order] / total
            day = invoice.invoice_date or invoice.date
            paid[order] += order._convert_payment(share, invoice.currency_id, day)

    def _add_transaction(self, paid, transaction):
        """A transaction for several orders is for each of them in proportion."""
        amount = transaction._get_free_amount()
        total = sum(transaction.sale_order_ids.mapped("amount_total"))
        day = fields.Date.to_date(transaction.last_state_change or transaction.create_date)
        for order in self.filtered(lambda one: total and one in transaction.sale_order_ids):
            share = amount * order.amount_total / total
            paid[order] += order._convert_payment(share, transaction.currency_id, day)

    def _convert_payment(self, amount, currency, day):
        if currency == self.currency_id:
            return amount
        return currency._convert(amount, self.currency_id, self.company_id, day)

    def _get_term_orders(self, customers, invoices=None):
        """Orders with a term that payments of these customers or invoices may release or hold."""
        about = Domain("partner_invoice_id.commercial_partner_id", "in", customers.ids)
        if invoices:
            about |= Domain("order_line.invoice_lines.move_id", "in", invoices.ids)
        open_domain = Domain("customer_status", "in", ("confirmed", "partial"))
        return self.search(Domain("delivery_term", "!=", False) & open_domain & about)

    # --- how to pay -------------------------------------------------------------------------------

    def _get_open_invoices(self):
        """Posted invoices of the order of which something is open, the one due first."""
        open_invoices = self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and not move.currency_id.is_zero(move.amount_total - move._get_settled_amount())
            )
        )
        return open_invoices.sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    def _get_payment_bank_account(self):
        """Our account that the customer pays to (``res.partner.bank``, sudo)."""
        named_sudo = self.sudo()._get_open_invoices()[:1].partner_bank_id  # it stands on invoices
        return named_sudo or self.company_id._get_payment_account()

    def _get_payment_reference(self):
        """What the customer writes on a transfer: the structured reference of an open invoice,
        else what Odoo makes of the number of the order.
        """
        if invoice := self._get_open_invoices()[:1]:
            return invoice.payment_reference or invoice.name
        journals_sudo = self.env["account.journal"].sudo()  # customers do not read journals
        journal_sudo = journals_sudo.search(
            [("type", "=", "sale"), ("company_id", "=", self.company_id.id)], limit=1
        )
        reference = journal_sudo and journal_sudo._process_reference_for_sale_order(self.name)
        return self.reference or reference or self.name

    # --- credit limit -----------------------------------------------------------------------------

    def _get_orders_over_limit(self):
        """Orders that do not fit into the credit limit, among all open orders of the customers of
        these.

        The limit is given to orders as they were confirmed: the oldest first, an order that does
        not fit leaves what is left to those after it. Invoices that are open and goods that were
        delivered but not invoiced use it up before.

        :return: ``(orders, over)``: all that were looked at, and those that are held
        """
        over, seen = self.browse(), self.browse()
        for company, orders in self.grouped("company_id").items():
            customers = orders.partner_invoice_id.commercial_partner_id
            for customer, siblings in self._get_limit_siblings(customers, company).items():
                seen |= siblings
                left = customer._get_credit_left(company, siblings)
                over |= siblings._get_those_above(left)[0]
        return seen, over

    def _get_limit_siblings(self, customers, company):
        """Open orders (sudo) by the customer who is billed; a limit is used by all of them, also
        by those that the user does not see.
        """
        found = self.env["sale.order"].sudo().search(self._get_limit_domain(customers, company))
        return found.grouped(lambda order: order.partner_invoice_id.commercial_partner_id)

    def _get_limit_domain(self, customers, company):
        billed = Domain("partner_invoice_id.commercial_partner_id", "in", customers.ids)
        is_open = Domain("customer_status", "in", ("confirmed", "partial", "delivered"))
        return Domain("company_id", "=", company.id) & is_open & billed

    def _get_those_above(self, left):
        """Orders of these that an amount in the company's currency is not enough for.

        :return: ``(orders, what the others leave of the amount)``
        """
        over = self.browse()
        for order in self.sorted(lambda one: (one.confirmed_on or one.date_order, one.id)):
            if not order._is_using_limit():
                continue
            amount = order._get_credit_amounts()[1]
            is_asked = order.delivery_term == "credit_limit" and not order._is_hold_released()
            if is_asked and order.company_id.currency_id.compare_amounts(amount, left) > 0:
                over |= order
            else:
                left -= amount
        return over, left

    def _get_amount_above_limit(self):
        """What the customer has to pay so that this order fits into the limit."""
        self.ensure_one()
        company, customer = self.company_id, self.partner_invoice_id.commercial_partner_id
        siblings = self._get_limit_siblings(customer, company).get(customer, self)
        left = siblings._get_those_above(customer._get_credit_left(company, siblings))[1]
        above = self._get_credit_amounts()[1] - left
        today = fields.Date.context_today(self)
        return company.currency_id._convert(max(above, 0.0), self.currency_id, company, today)

    def _is_using_limit(self):
        """Whether goods of the order may leave before they are paid."""
        if self.customer_status not in ("confirmed", "partial"):
            return False
        if self.delivery_term == "credit_limit" and not self._is_hold_released():
            return self._is_confirmed_by_customer()
        return self.delivery_term != "prepayment"

    def _get_credit_amounts(self):
        """What is to be invoiced yet: of what was delivered, and of the rest.

        :return: two amounts in the company's currency, at today's rate
        :rtype: tuple
        """
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line._is_to_be_shipped())
        delivered = sum(
            line.price_total * line.qty_delivered / line.product_uom_qty
            for line in lines
            if line.product_uom_qty
        )
        invoiced = self.amount_invoiced
        owed = max(delivered - invoiced, 0.0)
        rest = max(self._get_amount_before_delivery() - invoiced, 0.0) - owed
        today = fields.Date.context_today(self)
        company = self.company_id
        return tuple(
            self.currency_id._convert(amount, company.currency_id, company, today)
            for amount in (owed, max(rest, 0.0))
        )
