from odoo import api, fields, models
from odoo.tools import format_amount

from .cso_decide_correction import WHOLE_DETAILS


class CsoDecideCorrectionLine(models.TransientModel):
    _name = "cso.decide.correction.line"
    _description = "Decide: Correct an Invoice Line"

    wizard_id = fields.Many2one("cso.decide.correction", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    # A clerk may not read invoice lines: a number, looked up among those of the position only.
    bill_number = fields.Integer(required=True)
    invoice_name = fields.Char("Invoice", compute="_compute_bill")
    name = fields.Char("Description", compute="_compute_bill")
    quantity = fields.Float(digits="Product Unit", compute="_compute_bill")
    old_price = fields.Float(
        "Invoiced Price",
        digits="Product Price",
        compute="_compute_bill",
        help="Per unit, without tax, after discount.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_bill")
    is_corrected = fields.Boolean(
        "Correct",
        compute="_compute_is_corrected",
        store=True,
        readonly=False,
        precompute=True,
    )
    price = fields.Float(
        "Right Price",
        digits="Product Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        help="Per unit, without tax, in the currency of the new invoice.",
    )

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "The price of a new invoice cannot be negative."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("bill_number", "position_id")
    def _compute_bill(self):
        for line in self:
            bill_sudo = line._get_bill()
            line.invoice_name = bill_sudo.move_id.name
            line.name = (bill_sudo.name or "").partition("\n")[0]
            line.quantity = bill_sudo and line._get_quantity()
            line.old_price = bill_sudo and bill_sudo.price_subtotal / bill_sudo.quantity
            line.currency_id = bill_sudo.currency_id

    @api.depends("bill_number", "wizard_id.detail")
    def _compute_is_corrected(self):
        for line in self:
            is_own = line.position_id.sale_line_id in line._get_bill().sale_line_ids
            detail = line.wizard_id.detail
            if detail == "costs":
                line.is_corrected = line._is_costs()
            else:
                line.is_corrected = is_own or detail in WHOLE_DETAILS

    @api.depends("bill_number", "wizard_id.detail", "wizard_id.currency_id")
    def _compute_price(self):
        for line in self:
            line.price = line._get_right_price()

    # ------------------------------------------------------------------ business
    def _get_bill(self):
        """Return the invoice line (sudo), one of an invoice of the position; else none."""
        self.ensure_one()
        # A clerk of the returns desk has no right on invoices.
        own_sudo = self.position_id.sale_line_id.sudo()._get_posted_invoice_lines()
        lines_sudo = own_sudo.move_id.invoice_line_ids
        return lines_sudo.filtered(lambda line: line.id == self.bill_number)

    def _get_quantity(self):
        """Return what no credit note takes yet of the invoice line, in its unit."""
        bill_sudo = self._get_bill()
        return bill_sudo._get_cso_creditable()[bill_sudo].quantity

    def _is_costs(self):
        """Return whether this is freight or another cost, not goods or a licence."""
        product = self._get_bill().product_id
        return (product.type == "service" and not product.is_email_delivery) or not product

    def _get_right_price(self):
        """Return the price that is proposed: what the customer expects, else as invoiced."""
        wizard, bill_sudo = self.wizard_id, self._get_bill()
        if self._is_expected():
            return self.position_id.invoice_amount
        price, currency = self.old_price, wizard._get_new_currency(bill_sudo.move_id)
        if not bill_sudo or currency == bill_sudo.currency_id:
            return price
        return bill_sudo.currency_id._convert(
            price, currency, bill_sudo.company_id, bill_sudo.move_id.invoice_date
        )

    def _is_expected(self):
        """Return whether the amount that the customer expects is about this line."""
        detail, bill_sudo = self.wizard_id.detail, self._get_bill()
        if detail == "price":
            return self.position_id.sale_line_id in bill_sudo.sale_line_ids
        costs = self.wizard_id.line_ids.filtered(lambda line: line._is_costs())
        return detail == "costs" and len(costs) == 1 and self.bill_number == costs.bill_number

    def _get_old_amount(self):
        """Return the net amount that is credited, in the currency of the invoice."""
        return self._get_bill()._get_cso_amount(self._get_quantity())

    def _format_old(self):
        """Return the net amount that these lines credit of one invoice, with its currency."""
        amount = sum(line._get_old_amount() for line in self)
        return format_amount(self.env, amount, self.currency_id[:1])

    def _format_new(self, currency):
        """Return the net amount of these lines on the new invoice, with its currency."""
        amount = sum(currency.round(line.price * line._get_quantity()) for line in self)
        return format_amount(self.env, amount, currency)

    def _prepare_credit_line(self):
        """Return the values of the line that credits this invoice line exactly."""
        values = self._get_bill()._prepare_cso_credit_line(self.position_id, self._get_quantity())
        return {**values, "is_cso_correction": True}

    def _prepare_new_line(self, keeps_taxes):
        """Return the values of the line on the new invoice.

        :param bool keeps_taxes: False where the taxes follow from the new customer
        """
        bill_sudo, position = self._get_bill(), self.position_id
        values = bill_sudo.with_context(include_business_fields=True).copy_data()[0]
        for name in ("amount_currency", "currency_id", "cso_credited_line_id"):
            values.pop(name, None)
        values |= {
            "name": f"{bill_sudo.name}{self._get_serials_text()}",
            "quantity": self._get_quantity(),
            "cso_rma_line_id": position.id,
            "is_cso_correction": True,
        }
        if not keeps_taxes:
            values.pop("tax_ids", None)
        if self._is_new_price():
            price = bill_sudo.tax_ids._get_cso_price_for_net(self.price, bill_sudo.currency_id)
            values |= {"price_unit": price, "discount": 0.0}
        return values

    def _is_new_price(self):
        bill_sudo = self._get_bill()
        new_currency = self.wizard_id._get_new_currency(bill_sudo.move_id)
        digits = self.env["decimal.precision"].precision_get("Product Price")
        is_same = round(self.price - self.old_price, digits) == 0
        return new_currency != bill_sudo.currency_id or not is_same

    def _get_serials_text(self):
        """Return the words of the right serial numbers, where they are asked for this line."""
        wizard, position = self.wizard_id, self.position_id
        is_own = position.sale_line_id in self._get_bill().sale_line_ids
        if "serials" not in wizard._get_asked() or not wizard.serials or not is_own:
            return ""
        words = self.with_context(lang=position.partner_id.lang).env._(
            "Serial numbers: %(numbers)s", numbers=wizard.serials
        )
        return f"\n{words}"
