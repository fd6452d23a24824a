from odoo import fields, models
from odoo.fields import Command


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    cso_rma_line_id = fields.Many2one(
        "cso.rma.line", "Return Position", index="btree_not_null", copy=False
    )
    is_cso_fee = fields.Boolean("Return Fee", copy=False)
    is_cso_amount = fields.Boolean(
        "Amount Only", copy=False, help="A price difference or goodwill: no units come back by it."
    )
    is_cso_correction = fields.Boolean(
        "Invoice Correction",
        copy=False,
        help="Credits or repeats what was invoiced already: no units come back or are sold by it.",
    )
    cso_credited_line_id = fields.Many2one(
        "account.move.line",
        "Credited Invoice Line",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
    )

    def _copy_data_extend_business_fields(self, values):
        """Extend `account`: every reversal line knows the invoice line that it credits."""
        if self.move_id.move_type == "out_invoice":
            values["cso_credited_line_id"] = self.id
        return super()._copy_data_extend_business_fields(values)

    def _get_cso_quantity(self, uom):
        """Return the quantity of these lines in `uom`, not rounded; cancelled ones left out."""
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, uom, round=False)
            for line in self
            if line.parent_state != "cancel"
        )

    def _filter_cso_units(self):
        """Return the lines of credit notes by which units of a position are credited."""
        return self.filtered(
            lambda line: (
                line.move_id.move_type == "out_refund"
                and not (line.is_cso_fee or line.is_cso_amount or line.is_cso_correction)
            )
        )

    def _get_cso_amount(self, quantity):
        """Return the net amount of `quantity` units of this invoice line, in its currency."""
        self.ensure_one()
        amount = self.price_subtotal * quantity / self.quantity
        return self.currency_id.round(amount)

    def _get_cso_creditable(self):
        """Return by invoice line the quantity that no credit note takes yet, in its unit.

        Drafts and credit notes made by hand count: those that reverse a line exactly take from it,
        others from the lines of the same order line, else of the same invoice and article.
        """
        left = {line: line.quantity for line in self}
        loose = self.browse()
        for credit in self._get_cso_credits():
            if credit.cso_credited_line_id in left:
                origin = credit.cso_credited_line_id
                left[origin] -= credit._get_cso_quantity(origin.product_uom_id)
            elif not credit.cso_credited_line_id:
                loose |= credit
        for credit in loose:
            self._take_loose_credit(credit, left)
        return left

    def _get_cso_credits(self):
        """Return the credit note lines, drafts included, that may concern these invoice lines."""
        return self.search(
            [
                ("move_id.move_type", "=", "out_refund"),
                ("parent_state", "!=", "cancel"),
                ("display_type", "=", "product"),
                ("is_cso_fee", "=", False),
                ("is_cso_amount", "=", False),
                "|",
                "|",
                ("cso_credited_line_id", "in", self.ids),
                ("sale_line_ids", "in", self.sale_line_ids.ids),
                ("move_id.reversed_entry_id", "in", self.move_id.ids),
            ]
        )

    def _take_loose_credit(self, credit, left):
        """Take a credit that names no invoice line from `left`, the oldest line first."""
        quantity = credit.quantity
        for line in self.filtered(lambda line: line._is_cso_concerned(credit)):
            taken = min(
                max(left[line], 0.0),
                credit.product_uom_id._compute_quantity(quantity, line.product_uom_id, round=False),
            )
            left[line] -= taken
            quantity -= line.product_uom_id._compute_quantity(
                taken, credit.product_uom_id, round=False
            )

    def _is_cso_concerned(self, credit):
        """Return whether a credit note line that names no invoice line concerns this one."""
        self.ensure_one()
        if credit.sale_line_ids:
            return bool(credit.sale_line_ids & self.sale_line_ids)
        is_same_invoice = credit.move_id.reversed_entry_id == self.move_id
        return is_same_invoice and credit.product_id == self.product_id

    def _prepare_cso_credit_line(self, position, quantity):
        """Return the values of the line that credits `quantity` units of this invoice line.

        Price, discount, taxes, account, analytic distribution and unit are copied.
        """
        self.ensure_one()
        values = self.with_context(include_business_fields=True).copy_data()[0]
        values.pop("amount_currency", None)
        return {
            **values,
            "quantity": quantity,
            "name": f"{self.name}\n{position._get_document_text()}",
            "cso_rma_line_id": position.id,
        }

    def _prepare_cso_fee_line(self, position, percent, fee):
        """Return the values of the line that takes the net `fee` off a credit of this line."""
        self.ensure_one()
        product = self.company_id.cso_fee_product_id
        move = self.move_id
        taxes = product.taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(self.company_id)
        )
        taxes = move.fiscal_position_id.map_tax(taxes) if taxes else self.tax_ids
        return {
            "product_id": product.id,
            "name": position._get_fee_text(percent),
            "quantity": 1.0,
            "price_unit": -taxes._get_cso_price_for_net(fee, move.currency_id),
            "tax_ids": [Command.set(taxes.ids)],
            "cso_rma_line_id": position.id,
            "is_cso_fee": True,
        }
