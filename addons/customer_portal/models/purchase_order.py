from odoo import api, fields, models

from ..tools.eta_text import get_range_text


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order.hold", "purchase.order"]

    supplier_eta_text = fields.Char(
        "Supplier's ETA", compute="_compute_supplier_eta_text", groups="base.group_user"
    )

    supplier_eta_change_count = fields.Integer(
        "ETA Changes", compute="_compute_supplier_eta_change_count", groups="base.group_user"
    )

    @api.depends("order_line.supplier_eta", "order_line.qty_received", "order_line.product_qty")
    @api.depends_context("lang")
    def _compute_supplier_eta_text(self):
        for order in self:
            etas = order._get_open_eta_lines().mapped("supplier_eta")
            days = [day for day in etas if day]
            order.supplier_eta_text = get_range_text(self.env, days, len(days) < len(etas))

    @api.depends("order_line.supplier_eta_change_ids")
    def _compute_supplier_eta_change_count(self):
        lines = self.order_line
        counts = dict(
            self.env["purchase.order.line.eta.change"]._read_group(
                [("purchase_line_id", "in", lines.ids)], ["purchase_line_id"], ["__count"]
            )
        )
        for order in self:
            order.supplier_eta_change_count = sum(
                counts.get(line._origin, 0) for line in order.order_line
            )

    def write(self, vals):
        """Sent and cancelled purchases change what customers are told."""
        result = super().write(vals)
        if "state" in vals:
            self.order_line._mark_sale_lines_eta()
        return result

    def action_open_eta_changes(self):
        """Open the history of the dates of all lines.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal.purchase_order_line_eta_change_action"
        )
        return {**action, "domain": [("purchase_line_id.order_id", "in", self.ids)]}

    def _change_dropship_address(self, old, address, order):
        """Have the vendor send to another address; who was told already has to be told again.

        :param old: ``res.partner``
        :param address: ``res.partner``
        :param order: ``sale.order`` whose customer asked for it
        """
        self.ensure_one()
        self.dest_address_id = address
        if self.state == "draft":
            return
        note = self.env._(
            "%(order)s: the delivery address was %(old)s and is %(new)s now. Tell the vendor.",
            order=order.name,
            old=old.display_name,
            new=address.display_name,
        )
        user = self.user_id or self.env.user
        self.activity_schedule("mail.mail_activity_data_warning", note=note, user_id=user.id)

    def _get_open_eta_lines(self):
        """Lines of which something is still to come."""
        return self.order_line.filtered(lambda line: line._get_eta_open_qty() > 0)

    def _update_date_planned_for_lines(self, updated_dates):
        """Dates that the vendor enters in his own portal are the supplier's dates."""
        updated_dates = [
            (line.with_context(supplier_eta_source="vendor"), planned)
            for line, planned in updated_dates
        ]
        result = super()._update_date_planned_for_lines(updated_dates)
        for line, planned in updated_dates:
            line._set_planned_eta(planned, "vendor")  # also where it is the planned date already
        return result
