from odoo import api, fields, models


class SaleLineEtaDrift(models.Model):
    """A line whose stored dates were not what they should have been, found by the nightly pass.

    The dates are mended already; the row tells that something changed them behind Odoo's back, or
    that a change did not reach the line.
    """

    _name = "sale.line.eta.drift"
    _description = "Corrected ETA of an Order Line"
    _order = "found_on desc, id desc"
    _rec_name = "sale_line_id"

    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="sale_line_id.order_id")
    product_id = fields.Many2one(related="sale_line_id.product_id")
    found_on = fields.Datetime(required=True, default=lambda self: fields.Datetime.now())
    difference = fields.Text(help="Field by field: what was stored, and what it should have been.")

    @api.model
    def _report(self, lines, stored):
        """Keep which lines differ from what was stored.

        :param lines: ``sale.order.line``, computed again
        :param stored: ``{line_id: {field name: value}}`` before that
        :return: the new records
        """
        computed = lines._get_stored_eta()
        return self.create(
            [
                {
                    "sale_line_id": line.id,
                    "difference": self._describe(stored[line.id], computed[line.id]),
                }
                for line in lines
                if stored[line.id] != computed[line.id]
            ]
        )

    @api.model
    def _describe(self, stored, computed):
        return "\n".join(
            f"{name}: {stored[name] or '-'} > {value or '-'}"
            for name, value in computed.items()
            if stored[name] != value
        )

    def _notify(self):
        """Give purchase managers of the companies an activity, at most one that is open."""
        if not self:
            return
        summary = self.env._("ETAs of order lines were corrected")
        activities_sudo = self.env["mail.activity"].sudo()  # of other users
        managers = self.env.ref("purchase.group_purchase_manager").all_user_ids
        open_ones = activities_sudo.search(
            [("user_id", "in", managers.ids), ("summary", "=", summary), ("res_model", "=", False)]
        )
        note = self.env._(
            "The nightly check found order lines with other dates than they should have. They are "
            "mended; Purchase, Reporting, Corrected ETAs lists them with what was stored."
        )
        activities_sudo.create(
            [
                {"user_id": manager.id, "summary": summary, "note": note}
                for manager in managers - open_ones.user_id
                if manager.active and manager.company_ids & self.sale_line_id.company_id
            ]
        )
