from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoDecideDelivery(models.TransientModel):
    _name = "cso.decide.delivery"
    _inherit = ["cso.decide"]
    _description = "Decide: Deliver Free of Charge"

    line_ids = fields.One2many(
        "cso.decide.delivery.line",
        "wizard_id",
        "Articles",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.product_id", "line_ids.quantity", "line_ids.address_id")
    def _compute_preview(self):
        """Extend: what is delivered, how much and where to."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _get_decided_positions(self):
        return self.line_ids.position_id

    def _check_positions(self):
        if not self.line_ids:
            raise UserError(self.env._("Nothing is left to deliver."))
        for line in self.line_ids:
            line._check_line()
        return super()._check_positions()

    def _get_preview(self):
        """Return a text that names each order free of charge with its articles."""
        self.ensure_one()
        return "\n".join(
            self.env._(
                "Order free of charge for %(case)s, delivered to %(address)s: %(articles)s.",
                case=case.name,
                address=address.display_name.replace("\n", ", "),
                articles=", ".join(line._get_preview() for line in lines),
            )
            for (case, address), lines in self.line_ids.grouped(
                lambda line: (line.position_id.rma_id, line.address_id)
            ).items()
        )

    def _make_documents(self):
        """Make and confirm the orders free of charge."""
        orders_sudo = self.env["cso.rma.line"]._make_free_orders(
            [line._prepare_goods() for line in self.line_ids]
        )
        for order in orders_sudo:
            order.cso_rma_id._log_free_order(order)
        return dict.fromkeys(self._get_decided_positions(), ("delivery",))

    def _get_result_action(self):
        return self._get_decided_positions().rma_id._get_free_orders_action()
