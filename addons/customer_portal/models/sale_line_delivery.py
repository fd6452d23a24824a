import math
from contextlib import suppress
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.record_id import MAX_ID

MAX_KEY_LENGTH = 1000
MAX_QUANTITY = 1e9
ROW_NAMES = {"line_id", "quantity", "date", "keys"}


class SaleLineDelivery(models.Model):
    """Software or licences that were sent to the customer by e-mail.

    Each record adds its quantity to what is delivered of its order line; without it, that part is
    open again.
    """

    _name = "sale.line.delivery"
    _description = "Delivery by E-mail"
    _order = "date desc, id desc"
    _rec_name = "sale_line_id"
    _check_company_auto = True

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", store=True, index=True)
    product_id = fields.Many2one(related="sale_line_id.product_id")
    company_id = fields.Many2one(related="sale_line_id.company_id", store=True)
    quantity = fields.Float(required=True, digits="Product Unit", help="In the unit of the line.")
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    date = fields.Date("Sent On", required=True, default=fields.Date.context_today)
    keys = fields.Text(
        "Licence Keys",
        exportable=False,
        help="One on each line. The customer and the colleagues who see the order see them too.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Marked By",
        required=True,
        default=lambda self: self.env.user,
        groups="base.group_user",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity that was sent has to be more than zero."
    )

    # The newest of a customer with many lines are near the newest of all.
    _date_idx = models.Index("(date DESC, id DESC)")

    @api.constrains("date")
    def _check_date(self):
        for delivery in self:
            if delivery.date > delivery._get_today():
                raise ValidationError(
                    self.env._("What was sent by e-mail cannot have a date in the future.")
                )

    @api.constrains("keys", "quantity")
    def _check_keys(self):
        for delivery in self:
            keys = delivery._get_keys()
            if len(keys) > math.ceil(delivery.quantity):
                raise ValidationError(
                    self.env._(
                        "%(count)s keys are more than the quantity that was sent.", count=len(keys)
                    )
                )
            if len(keys) != len(set(keys)):
                raise ValidationError(self.env._("A key is there twice."))
            if any(len(key) > MAX_KEY_LENGTH for key in keys):
                raise ValidationError(
                    self.env._("A key is longer than %(count)s characters.", count=MAX_KEY_LENGTH)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """What was sent counts as delivered, and the customer is told.

        :raise ValidationError: when more would be sent than is open, or the line is none that is
            sent by e-mail
        """
        for vals in vals_list:
            vals["keys"] = self._clean_keys(vals.get("keys"))
        deliveries = super().create(vals_list)
        for delivery in deliveries:
            delivery._check_line()
            delivery.sale_line_id._add_email_delivered_qty(delivery.quantity)
        # sudo: who marks deliveries has no right on the queue of mails
        self.env["portal.notification"].sudo()._queue_email_deliveries(deliveries)
        return deliveries

    def write(self, vals):
        """Keys and date can be corrected; a wrong quantity is deleted and marked again.

        :raise UserError: when line or quantity would change
        """
        if {"sale_line_id", "quantity"} & vals.keys():
            raise UserError(self.env._("Delete this delivery and mark the right one instead."))
        if "keys" in vals:
            vals = {**vals, "keys": self._clean_keys(vals["keys"])}
        return super().write(vals)

    def unlink(self):
        """What was marked by mistake is open again.

        :raise UserError: when it was invoiced because it was delivered
        """
        parts = [(delivery.sale_line_id, delivery.quantity) for delivery in self]
        result = super().unlink()
        for line, quantity in parts:
            line._add_email_delivered_qty(-quantity)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        for line, deliveries in self.grouped("sale_line_id").items():
            line_sudo = line.sudo()  # clerks of the warehouse have no right on invoices
            left = line_sudo.qty_delivered - sum(deliveries.mapped("quantity"))
            by_delivery = line_sudo.product_id.invoice_policy == "delivery"
            if by_delivery and line_sudo.product_uom_id.compare(line_sudo.qty_invoiced, left) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s of order %(order)s was invoiced because it was sent. Credit "
                        "the invoice first.",
                        product=line_sudo.product_id.display_name,
                        order=line_sudo.order_id.name,
                    )
                )

    def _has_field_access(self, field, operation):
        """Who wrote a record is the company's business, not the customer's."""
        if field.name in ("create_uid", "write_uid") and not self.env.su:
            return not self.env.user.share
        return super()._has_field_access(field, operation)

    def _get_keys(self):
        """:return: list of the keys, without blanks around them"""
        return [key.strip() for key in (self.keys or "").splitlines() if key.strip()]

    @api.model
    def _clean_keys(self, keys):
        """Keys one on each line, without what no database can hold."""
        lines = (keys or "").replace("\x00", "").encode(errors="ignore").decode().splitlines()
        return "\n".join(line.strip() for line in lines if line.strip()) or False

    def _get_today(self):
        """The day where the company is or where the clerk is, whichever is later."""
        tz = self.company_id.partner_id.tz or "UTC"
        days = [fields.Date.context_today(self.with_context(tz=tz))]
        return max([*days, fields.Date.context_today(self)])

    def _check_line(self):
        line_sudo = self.sale_line_id.sudo()  # clerks of the warehouse read no open quantity
        line_sudo._check_email_delivery()
        if self.sale_line_id.product_uom_id.compare(self.quantity, line_sudo.customer_open_qty) > 0:
            raise ValidationError(
                self.env._(
                    "Only %(open)g of %(product)s in order %(order)s is open; %(quantity)g cannot "
                    "have been sent.",
                    open=line_sudo.customer_open_qty,
                    product=line_sudo.product_id.display_name,
                    order=line_sudo.order_id.name,
                    quantity=self.quantity,
                )
            )

    # --- rows of the API --------------------------------------------------------------------------

    @api.model
    def _prepare_row(self, row):
        """Values of one delivery out of what a caller of the API wrote.

        :raise UserError: that says what is wrong with the row
        """
        if not isinstance(row, dict):
            raise UserError(self.env._("A delivery has line_id, quantity, date and keys."))
        strange = sorted(str(name) for name in row.keys() - ROW_NAMES)
        if strange:
            raise UserError(self.env._("%(names)s is unknown.", names=", ".join(strange)[:100]))
        return {
            "sale_line_id": self._read_line(row.get("line_id")).id,
            "quantity": self._read_quantity(row.get("quantity")),
            "date": self._read_date(row.get("date")),
            "keys": self._read_keys(row.get("keys")),
        }

    @api.model
    def _read_line(self, line_id):
        line = self.env["sale.order.line"]
        if isinstance(line_id, int) and not isinstance(line_id, bool) and 0 < line_id <= MAX_ID:
            line = line.browse(line_id).exists()._filtered_access("read")
        if not line:
            raise UserError(self.env._("There is no order line with this line_id."))
        return line

    @api.model
    def _read_quantity(self, quantity):
        is_number = isinstance(quantity, int | float) and not isinstance(quantity, bool)
        if not is_number or not 0 < quantity <= MAX_QUANTITY:  # neither nan nor infinite
            raise UserError(self.env._("The quantity has to be a number that is more than zero."))
        return quantity

    @api.model
    def _read_date(self, day):
        if day in (None, False, ""):
            return fields.Date.context_today(self)
        with suppress(ValueError):
            if isinstance(day, str | date):
                return fields.Date.to_date(day)
        raise UserError(self.env._("The date has to be written like 2026-12-31."))

    @api.model
    def _read_keys(self, keys):
        """Keys as a list, or as one text with one key on each line."""
        rows = [keys] if isinstance(keys, str) else keys or []
        if not isinstance(rows, list | tuple) or not all(isinstance(row, str) for row in rows):
            raise UserError(self.env._("The keys have to be a list of texts."))
        return "\n".join(rows)
