from odoo import api, fields, models

ETA_FIELDS = {"supplier_eta", "product_qty", "product_uom_id", "sale_line_id", "move_dest_ids"}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    supplier_eta = fields.Date(
        "Supplier's ETA",
        index="btree_not_null",
        copy=False,
        help="The day the supplier named for the arrival at our warehouse. Customers see it; "
        "leave it empty until the supplier has named one.",
    )
    supplier_eta_source = fields.Selection(
        [
            ("typed", "Typed"),
            ("import", "Imported"),
            ("vendor", "Entered by the vendor"),
            ("buyer", "Planned date edited by a buyer"),
            ("receipt", "Receipt rescheduled by the warehouse"),
        ],
        string="Source of the ETA",
        readonly=True,
        copy=False,
    )
    supplier_eta_changed_on = fields.Datetime("ETA Changed On", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """Lines that feed order lines of customers set their supplier's dates."""
        for vals in vals_list:
            if vals.get("supplier_eta"):
                vals.update(self._prepare_supplier_eta_origin(vals))
        lines = super().create(vals_list)
        lines._mark_sale_lines_eta()
        return lines

    def write(self, vals):
        """Keep source and time of a supplier's date, and tell the order lines that wait for it.

        A planned date edited by hand on a confirmed purchase counts as the supplier's.
        """
        if "supplier_eta" in vals:
            vals = {**vals, **self._prepare_supplier_eta_origin(vals)}
        edited = self._get_edited_by_buyer(vals)
        result = super().write(vals)
        for line in edited:
            line._set_supplier_eta(line._get_planned_day(line.date_planned), "buyer")
        if ETA_FIELDS & vals.keys():
            self._mark_sale_lines_eta()
        return result

    def unlink(self):
        """Order lines that waited for a deleted purchase lose its date."""
        fed_sudo = self._get_fed_sale_lines_sudo()
        products = self.product_id
        result = super().unlink()
        fed_sudo.exists()._mark_eta()
        self.env["sale.order.line"]._mark_waiting_eta(products)
        return result

    def _prepare_supplier_eta_origin(self, vals):
        source = vals.get("supplier_eta_source") or self.env.context.get("supplier_eta_source")
        return {
            "supplier_eta_source": (source or "typed") if vals.get("supplier_eta") else False,
            "supplier_eta_changed_on": fields.Datetime.now(),
        }

    def _get_planned_day(self, planned):
        """The day of a planned date in the time zone of the purchase order."""
        order = self.order_id
        return order.get_localized_date_planned(planned).date() if planned else False

    def _get_edited_by_buyer(self, vals):
        """Lines of confirmed purchases whose planned date is being moved to another day by hand.

        Odoo computes the planned date again when a quantity or product changes and the form
        sends it along; such a write is no statement of anybody.
        """
        if "date_planned" not in vals or not vals["date_planned"]:
            return self.browse()
        if vals.keys() & {"supplier_eta", "product_qty", "product_id", "product_uom_id"}:
            return self.browse()
        planned = fields.Datetime.to_datetime(vals["date_planned"])
        return self.filtered(
            lambda line: (
                line.state == "purchase"
                and line.date_planned
                and line._get_planned_day(line.date_planned) != line._get_planned_day(planned)
            )
        )

    def _set_supplier_eta(self, day, source):
        """Write the supplier's date with its source where it is another one.

        :param day: date in our warehouse's time zone, or ``False`` to take the date back
        :param source: value of ``supplier_eta_source``
        """
        lines = self.filtered(
            lambda line: (line.supplier_eta, line.supplier_eta_source) != (day, source)
        )
        lines.write({"supplier_eta": day, "supplier_eta_source": source})

    def _get_fed_sale_lines_sudo(self):
        """Order lines that these purchases are made for: drop-ship, services, make to order."""
        lines_sudo = self.sudo().with_prefetch()  # buyers need no rights on sales
        dests_sudo = lines_sudo.move_dest_ids | lines_sudo.move_ids.move_dest_ids
        chain_sudo = dests_sudo.browse(dests_sudo._rollup_move_dests())
        return lines_sudo.sale_line_id | lines_sudo.move_ids.sale_line_id | chain_sudo.sale_line_id

    def _mark_sale_lines_eta(self):
        self._get_fed_sale_lines_sudo()._mark_eta()
        self.env["sale.order.line"]._mark_waiting_eta(self.product_id)
