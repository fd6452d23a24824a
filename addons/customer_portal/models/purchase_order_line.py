from odoo import api, fields, models
from odoo.exceptions import AccessError

from .purchase_order_line_eta_change import ETA_SOURCES

FEEDING_FIELDS = {"product_qty", "product_uom_id", "sale_line_id", "move_dest_ids"}


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
        ETA_SOURCES,
        string="Source of the ETA",
        readonly=True,
        copy=False,
    )
    supplier_eta_changed_on = fields.Datetime("ETA Changed On", readonly=True, copy=False)
    supplier_eta_change_ids = fields.One2many(
        "purchase.order.line.eta.change",
        "purchase_line_id",
        string="History of the ETA",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Lines that feed order lines of customers set their supplier's dates."""
        for vals in vals_list:
            if vals.get("supplier_eta"):
                vals.update(self._prepare_supplier_eta_origin(vals))
        lines = super().create(vals_list)
        lines.filtered("supplier_eta")._keep_eta_changes({})
        lines._mark_sale_lines_eta()
        return lines

    def write(self, vals):
        """Keep source and time of a supplier's date, and tell the order lines that wait for it.

        A planned date edited by hand on a confirmed purchase counts as the supplier's. A date
        that is said again changes nothing.
        """
        edited = self._get_edited_by_buyer(vals)
        changed = self._get_lines_with_another_eta(vals)
        old = {line.id: line.supplier_eta for line in changed}
        result = super().write(vals)
        if changed:
            super(PurchaseOrderLine, changed).write(self._prepare_supplier_eta_origin(vals))
            changed._keep_eta_changes(old)
            changed._mark_sale_lines_eta()
        edited._set_planned_eta(
            vals.get("date_planned"), self.env.context.get("supplier_eta_source", "buyer")
        )
        if FEEDING_FIELDS & vals.keys():
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

    @api.model
    def import_supplier_etas(self, rows):
        """Take over the dates that suppliers named, as the import of a file does; API method.

        Every row means one open line of a purchase order. What is not understood beyond doubt
        changes nothing and is reported; the rest is written in one transaction, with the source
        "Imported". Lines that have the date already are left alone, so the same rows sent twice
        change nothing. Cancelled purchases and received lines are refused; a request for
        quotation may have dates.

        :param list rows: at most 10,000 dictionaries:

            - ``order``: our purchase order number, whatever its case
            - ``article``: our article number (else the vendor's or the EAN), or ``vendor_code``:
              the vendor's part number, or ``ean``; of several given all must fit
            - ``quantity`` (optional): ordered or open quantity in the unit of the purchase line;
              it chooses among lines of one article
            - ``date``: day of arrival at our warehouse, ``2026-12-31``, ``31-12-2026``,
              ``31.12.2026`` or ``31/12/2026``; not before 2000, at most ten years ahead; an empty
              date never takes one back
            - ``row`` (optional): the number to report the row under; else its position from 1
        :return: ``{'changed': lines changed, 'unchanged': rows whose date is there already,
            'errors': [{'row', 'code', 'text'}]}``; ``code`` is malformed, unmatched, ambiguous,
            quantity, cancelled or received, ``text`` says why in the user's language
        :rtype: dict
        :raise AccessError: when the user is no purchase user
        :raise UserError: when ``rows`` is no list or too long
        """
        self._check_eta_import()
        matcher = self.env["supplier.eta.matcher"]
        results = matcher._match(rows)
        return {
            "changed": matcher._apply(results),
            "unchanged": sum(result["code"] == "unchanged" for result in results),
            "errors": [
                {key: result[key] for key in ("row", "code", "text")}
                for result in results
                if result["code"] not in ("change", "unchanged")
            ],
        }

    @api.model
    def _check_eta_import(self):
        """Dates are imported by purchase users, whoever else may write on purchases.

        :raise AccessError: for everybody else
        """
        if not self.env.su and not self.env.user.has_group("purchase.group_purchase_user"):
            raise AccessError(self.env._("Only purchase users may import suppliers' dates."))

    def _get_lines_with_another_eta(self, vals):
        if "supplier_eta" not in vals:
            return self.browse()
        day = fields.Date.to_date(vals["supplier_eta"]) or False
        return self.filtered(lambda line: line.supplier_eta != day)

    def _keep_eta_changes(self, old):
        """Keep who changed the supplier's date, when and how.

        :param old: ``{line_id: date or False}`` before; nothing for new lines
        """
        # whoever moves a date (buyer, vendor, warehouse) needs no right on the history
        self.env["purchase.order.line.eta.change"].sudo().create(
            [
                {
                    "purchase_line_id": line.id,
                    "old_eta": old.get(line.id),
                    "new_eta": line.supplier_eta,
                    "source": line.supplier_eta_source or self._get_eta_source({}),
                }
                for line in self
            ]
        )

    def _get_eta_source(self, vals):
        named = vals.get("supplier_eta_source") or self.env.context.get("supplier_eta_source")
        return named or "typed"

    def _prepare_supplier_eta_origin(self, vals):
        source = self._get_eta_source(vals)
        return {
            "supplier_eta_source": source if vals.get("supplier_eta") else False,
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

    def _set_planned_eta(self, planned, source):
        """Take a planned date that somebody edited as the supplier's.

        :param planned: datetime or its text, in UTC
        :param source: value of ``supplier_eta_source``
        """
        planned = fields.Datetime.to_datetime(planned)
        for day, lines in self.grouped(lambda line: line._get_planned_day(planned)).items():
            lines.write({"supplier_eta": day, "supplier_eta_source": source})

    def _set_typed_eta(self, day):
        """Write a date by hand where it is another one."""
        self.filtered(lambda line: line.supplier_eta != day).write({"supplier_eta": day})

    def _get_eta_open_qty(self):
        """Quantity that is still to come, in the line's unit; nothing of sections and notes."""
        self.ensure_one()
        if self.display_type or not self.product_id or self.order_id.state == "cancel":
            return 0.0
        return max(self.product_uom_id.round(self.product_qty - self.qty_received), 0.0)

    def _get_fed_sale_lines_sudo(self):
        """Order lines that these purchases are made for: drop-ship, services, make to order."""
        lines_sudo = self.sudo().with_prefetch()  # buyers need no rights on sales
        dests_sudo = lines_sudo.move_dest_ids | lines_sudo.move_ids.move_dest_ids
        chain_sudo = dests_sudo.browse(dests_sudo._rollup_move_dests())
        return lines_sudo.sale_line_id | lines_sudo.move_ids.sale_line_id | chain_sudo.sale_line_id

    def _mark_sale_lines_eta(self):
        self._get_fed_sale_lines_sudo()._mark_eta()
        self.env["sale.order.line"]._mark_waiting_eta(self.product_id)
