from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    cso_rma_count = fields.Integer(
        "Number of Returns", compute="_compute_cso_rma_count", groups="base.group_user"
    )

    cso_rma_id = fields.Many2one(
        "cso.rma",
        "Free of Charge For Return",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The return case for which this order is delivered free of charge.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends_context("uid")
    def _compute_cso_rma_count(self):
        cases = self._get_cso_cases()
        for order in self:
            order.cso_rma_count = len(cases.get(order._origin, ()))

    # ------------------------------------------------------------------ CRUD
    def _has_field_access(self, field, operation):
        """Extend: orders of a return are made at the returns desk only."""
        if operation == "write" and field.name == "cso_rma_id" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------ actions
    def action_cso_register(self):
        """Begin the registration of a return of this order for the customer.

        :return: action that opens it
        """
        self.ensure_one()
        return self.env["cso.register"]._start({"order_id": self.id})

    def action_draft(self):
        """Extend `sale`: an order of a return stays cancelled; its positions are decided anew.

        :return: as `sale` does
        :raise UserError: that names the order
        """
        for order in self.filtered(lambda order: order.state == "cancel" and order.cso_rma_id):
            raise UserError(
                self.env._(
                    "Order %(order)s of a return stays cancelled: decide anew at the returns desk.",
                    order=order.name,
                )
            )
        return super().action_draft()

    def action_view_cso_case(self):
        """Open the return case for which this order is free of charge.

        :return: the action
        """
        self.ensure_one()
        return self.cso_rma_id._get_list_action()

    def action_view_cso_rma(self):
        """Open the return cases of this order."""
        self.ensure_one()
        return self._get_cso_cases().get(self, self.env["cso.rma"])._get_list_action()

    # ------------------------------------------------------------------ business
    def _get_cso_cases(self):
        """Return by order the submitted cases with its lines, as far as the user may see them."""
        positions = self.env["cso.rma.line"]
        if not positions.has_access("read"):
            return {}
        groups = positions._read_group(
            [("sale_line_id.order_id", "in", self.ids), ("submitted_on", "!=", False)],
            ["sale_line_id"],
            ["rma_id:recordset"],
        )
        cases = {}
        for line, found in groups:
            cases[line.order_id] = cases.get(line.order_id, found.browse()) | found
        return cases
