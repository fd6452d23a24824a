from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoDecideCreditLine(models.TransientModel):
    _name = "cso.decide.credit.line"
    _description = "Decide: Credit of a Position"

    wizard_id = fields.Many2one("cso.decide.credit", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    product_uom_id = fields.Many2one(related="position_id.product_uom_id")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="Accepted and not credited yet.",
    )
    fee_percent = fields.Float(
        "Return Fee (%)",
        digits=(5, 2),
        compute="_compute_fee_percent",
        store=True,
        readonly=False,
        precompute=True,
    )

    _fee_range = models.Constraint(
        "CHECK (fee_percent BETWEEN 0 AND 100)", "The fee must be between 0 and 100 %."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_quantity(self):
        for line in self:
            line.quantity = line.position_id._get_quantity_to_credit()

    @api.depends("position_id")
    def _compute_fee_percent(self):
        for line in self:
            line.fee_percent = line.position_id.fee_percent

    # ------------------------------------------------------------------ business
    def _check_position(self):
        """Refuse a position that is not ready, and more than it has left to credit."""
        self.ensure_one()
        name = self.position_id.display_name
        if self.position_id.state not in ("to_decide", "decided", "credited"):
            raise UserError(
                self.env._("%(position)s cannot be decided yet: test it first.", position=name)
            )
        left = self.position_id._get_quantity_to_credit()
        uom = self.product_uom_id
        if left <= 0 or self.quantity <= 0 or uom.compare(self.quantity, left) > 0:
            raise UserError(
                self.env._(
                    "%(left)s of %(position)s can be credited.",
                    left=PortalFormat(self.env).quantity(left),
                    position=name,
                )
            )

    def _allot(self, bills_sudo, left):
        """Take the units of this line from what is left of its invoice lines, the oldest first.

        :param bills_sudo: posted invoice lines
        :param dict left: creditable quantity by invoice line, in its unit; reduced by the call
        :return: list of pairs of invoice line and quantity in its unit
        :raise UserError: where the invoices have fewer units left
        """
        self.ensure_one()
        sale_line, wanted, allotted = self.position_id.sale_line_id, self.quantity, []
        for bill_sudo in bills_sudo.filtered(lambda bill: sale_line in bill.sale_line_ids):
            uom = bill_sudo.product_uom_id
            needed = self.product_uom_id._compute_quantity(wanted, uom, round=False)
            quantity = min(left[bill_sudo], needed)
            if uom.compare(quantity, 0.0) > 0:
                left[bill_sudo] -= quantity
                wanted -= uom._compute_quantity(quantity, self.product_uom_id, round=False)
                allotted.append((bill_sudo, uom.round(quantity)))
        if self.product_uom_id.compare(wanted, 0.0) > 0:
            raise UserError(self._get_shortfall_text(wanted))
        return allotted

    def _get_shortfall_text(self, missing):
        return self.env._(
            "%(missing)s of %(position)s cannot be credited: not invoiced, or credited already.",
            missing=PortalFormat(self.env).quantity(missing),
            position=self.position_id.display_name,
        )

    def _get_fee(self, bills):
        """Return the net fee of what is credited of one invoice, in its currency.

        :param dict bills: quantities by invoice line
        """
        amount = sum(bill_sudo._get_cso_amount(quantity) for bill_sudo, quantity in bills.items())
        currency = next(iter(bills)).currency_id
        return currency.round(amount * self.fee_percent / 100)
