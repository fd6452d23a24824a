from odoo import fields, models
from odoo.fields import Command
from odoo.tools import float_compare

from ..tools import Creditable


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
        """Return by invoice line what no credit note takes yet (``Creditable``).

        Drafts and credit notes made by hand count: those that reverse a line exactly take from it,
        others from the lines of the same order line, else of the same invoice and article. Amounts
        take no units.
        """
        left = {line: Creditable(line) for line in self}
        loose = self.browse()
        for credit in self._get_cso_credits():
            origin = credit.cso_credited_line_id
            if origin in left:
                units = 0.0 if credit.is_cso_amount else credit.quantity
                unit = credit.product_uom_id or origin.product_uom_id
                units = unit._compute_quantity(units, origin.product_uom_id, round=False)
                left[origin].reduce(units, credit.price_subtotal)
            elif not (origin or credit.is_cso_amount):
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
        unit = credit.product_uom_id
        for line in self.filtered(lambda line: line._is_cso_concerned(credit)):
            if not quantity:
                break
            uom = line.product_uom_id
            wanted = (unit or uom)._compute_quantity(quantity, uom, round=False)
            taken = min(max(left[line].quantity, 0.0), wanted)
            left[line].reduce(taken, credit.price_subtotal * taken / wanted)
            quantity -= uom._compute_quantity(taken, unit or uom, round=False)

    def _is_cso_concerned(self, credit):
        """Return whether a credit note line that names no invoice line concerns this one."""
        self.ensure_one()
        if credit.sale_line_ids:
            return bool(credit.sale_line_ids & self.sale_line_ids)
        is_same_invoice = credit.move_id.reversed_entry_id == self.move_id
        return is_same_invoice and credit.product_id == self.product_id

    def _prepare_cso_credit_line(self, position, quantity):
        """Return the values of the line that credits `quantity` units of this invoice line.

        Price, discount, taxes, account, analytic distribution and unit are copied. What is no round
        figure in that unit, such as one piece of a dozen, is credited in the unit of the article.
        """
        self.ensure_one()
        values = self.with_context(include_business_fields=True).copy_data()[0]
        values.pop("amount_currency", None)
        return {
            **values,
            **self._prepare_cso_units(quantity),
            "name": f"{self.name}\n{position._get_document_text()}",
            "cso_rma_line_id": position.id,
        }

    def _prepare_cso_units(self, quantity):
        uom, unit = self.product_uom_id, self.product_id.uom_id
        rounded = uom.round(quantity)
        if not unit or uom == unit or float_compare(rounded, quantity, precision_digits=6) == 0:
            return {"quantity": rounded}
        units = unit.round(uom._compute_quantity(quantity, unit, round=False))
        return {
            "quantity": units,
            "product_uom_id": unit.id,
            "price_unit": uom._compute_price(self.price_unit, unit),
        }

    def _prepare_cso_fee_line(self, position, percent, fee):
        """Return the values of the line that takes the net `fee` off a credit of this line.

        :param float percent: 0.0 where the fee is an amount
        """
        self.ensure_one()
        product = self.company_id.cso_fee_product_id
        taxes = self._get_cso_taxes(product)
        return {
            "product_id": product.id,
            "name": position._get_fee_text(percent),
            "quantity": 1.0,
            "price_unit": -taxes._get_cso_price_for_net(fee, self.currency_id),
            "tax_ids": [Command.set(taxes.ids)],
            "analytic_distribution": self.analytic_distribution,
            "cso_rma_line_id": position.id,
            "is_cso_fee": True,
        }

    def _prepare_cso_rounding_line(self, position, net):
        """Return the values of the line that brings a credit of this line to its right amount.

        :param float net: what is missing, before tax; negative where it is too much
        """
        self.ensure_one()
        text = position.with_context(lang=position.partner_id.lang).env._(
            "Rounding, and amounts credited before: %(position)s",
            position=position._get_document_text(),
        )
        return {
            "name": text,
            "quantity": 1.0,
            "price_unit": self.tax_ids._get_cso_price_for_net(net, self.currency_id),
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "account_id": self.account_id.id,
            "analytic_distribution": self.analytic_distribution,
            "cso_rma_line_id": position.id,
            "cso_credited_line_id": self.id,
            "is_cso_amount": True,
        }

    def _prepare_cso_loss(self, values):
        """Return the values of an entry of cost as a loss where this line has none of its goods.

        :param dict values: of one of both entries of `stock_account`
        :return: the values; None where cost stays where the invoice put it
        """
        self.ensure_one()
        accounts = self.product_id.product_tmpl_id.get_product_accounts(
            fiscal_pos=self.move_id.fiscal_position_id
        )
        loss = self.company_id.cso_loss_location_id.valuation_account_id
        if not loss:
            return None
        is_stock = values["account_id"] == accounts["stock_valuation"].id
        return {**values, "account_id": loss.id} if is_stock else values

    def _prepare_cso_amount_line(self, position, product, net, text):
        """Return the values of a line that credits the net amount `net` of this invoice line.

        No units are credited by it: the order line stays as it is.

        :param product: what stands on the credit note (``product.product``)
        :param str text: words of the line
        """
        self.ensure_one()
        taxes = self._get_cso_taxes(product)
        return {
            "product_id": product.id,
            "name": text,
            "quantity": 1.0,
            "price_unit": taxes._get_cso_price_for_net(net, self.currency_id),
            "tax_ids": [Command.set(taxes.ids)],
            "analytic_distribution": self.analytic_distribution,
            "sale_line_ids": [Command.link(line.id) for line in self.sale_line_ids],
            "cso_rma_line_id": position.id,
            "cso_credited_line_id": self.id,
            "is_cso_amount": True,
        }

    def _get_cso_taxes(self, product):
        """Return the taxes of a product on a credit of this line: its own, else the line's."""
        taxes = product.taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(self.company_id)
        )
        return self.move_id.fiscal_position_id.map_tax(taxes) if taxes else self.tax_ids
