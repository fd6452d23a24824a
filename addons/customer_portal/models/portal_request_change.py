from odoo import api, fields, models

from ..tools.portal_format import PortalFormat

KINDS = [
    ("cancel", "Whole order"),
    ("quantity", "Quantity"),
    ("add", "Another article"),
    ("address", "Delivery address"),
    ("date", "Wished date"),
    ("reference", "Own reference"),
]


class PortalRequestChange(models.Model):
    """One thing that a customer asks to have changed of an order.

    What it was stays as it was when he asked: an order that has another value since was changed
    meanwhile, and is not changed blindly.
    """

    _name = "portal.request.change"
    _description = "Change of an Order Asked for by a Customer"
    _order = "id"

    request_id = fields.Many2one(
        "portal.request", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    line_id = fields.Many2one(
        "sale.order.line", "Order Line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    old_quantity = fields.Float(digits="Product Unit", readonly=True)
    new_quantity = fields.Float(digits="Product Unit", readonly=True)
    old_address_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    new_address_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    old_date = fields.Date(readonly=True)
    new_date = fields.Date(readonly=True)
    old_reference = fields.Char(readonly=True)
    new_reference = fields.Char(readonly=True)

    _has_article = models.Constraint(
        "CHECK (kind NOT IN ('quantity', 'add') OR product_id IS NOT NULL)",
        "A change of a quantity names its article.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (new_quantity >= 0 AND (kind <> 'add' OR new_quantity > 0))",
        "An ordered quantity is not negative.",
    )

    # --- now and then -----------------------------------------------------------------------------

    def _get_present(self):
        """What the order says now of what is to change; None where the line is gone."""
        self.ensure_one()
        order = self.request_id.order_id
        if self.kind == "cancel":
            return order.state == "cancel"
        if self.kind == "quantity":
            return self.line_id.product_uom_qty if self.line_id else None
        if self.kind == "address":
            return order.partner_shipping_id
        if self.kind == "date":
            return self.env["sale.order.change"]._get_wished_day(order)
        return order.client_order_ref if self.kind == "reference" else False

    def _get_pair(self):
        """:return: ``(old, new)`` values as they were asked for"""
        self.ensure_one()
        if self.kind == "cancel":
            return False, True
        if self.kind == "add":
            return False, self.new_quantity
        name = {"address": "address_id"}.get(self.kind, self.kind)
        return self[f"old_{name}"], self[f"new_{name}"]

    def _is_done(self):
        """Whether somebody has done it by hand already; another article cannot be told from one
        that was meant besides.
        """
        return self.kind != "add" and self._get_present() == self._get_pair()[1]

    def _get_conflict(self):
        """Why this cannot be done as it was asked for; empty when it can.

        :rtype: str
        """
        self.ensure_one()
        order = self.request_id.order_id
        if self._is_done():
            return ""
        if order.state == "cancel":
            return self.env._("%(order)s was cancelled meanwhile.", order=order.name)
        if self.kind == "cancel":
            shipped = any(line.customer_shipped_qty > 0 for line in order.order_line)
            return self.env._("Goods were shipped meanwhile.") if shipped else ""
        if self.kind == "quantity" and self.new_quantity < self.line_id.customer_shipped_qty:
            return self.env._(
                "%(article)s: %(number)s were shipped meanwhile.",
                article=self.product_id.display_name,
                number=PortalFormat(self.env).quantity(self.line_id.customer_shipped_qty),
            )
        if self.kind == "add" or self._get_present() == self._get_pair()[0]:
            return ""
        return self.env._("%(what)s was changed meanwhile.", what=self._get_label())

    # --- doing ------------------------------------------------------------------------------------

    def _apply(self, order):
        """Do what these rows ask for, by Odoo's own methods.

        :param order: their ``sale.order`` (sudo)
        """
        if "cancel" in self.mapped("kind"):
            order.action_cancel()
            return
        if values := self._prepare_order_values():
            order.write(values)
        for row in self.filtered(lambda one: one.kind == "address"):
            order._change_shipping_address(row.new_address_id)

    def _prepare_order_values(self):
        """Values of ``sale.order``, but for the address."""
        values = {}
        commands = [row._prepare_command() for row in self if row.kind in ("quantity", "add")]
        if commands:
            values["order_line"] = commands
        for row in self.filtered(lambda one: one.kind == "date"):
            order = row.request_id.order_id
            values["commitment_date"] = row.new_date and order.company_id._get_noon(row.new_date)
        for row in self.filtered(lambda one: one.kind == "reference"):
            values["client_order_ref"] = row.new_reference
        return values

    def _prepare_command(self):
        quantity = {"product_uom_qty": self.new_quantity}
        if self.kind == "quantity":
            return fields.Command.update(self.line_id.id, quantity)
        return fields.Command.create({"product_id": self.product_id.id, **quantity})

    # --- reading ----------------------------------------------------------------------------------

    def _get_label(self):
        """What is to change, in the language of the reader."""
        self.ensure_one()
        if self.kind in ("quantity", "add"):
            number = self.product_id.default_code
            return f"{self.product_id.name} ({number})" if number else self.product_id.name
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_texts(self):
        """:return: ``(old, new)`` in the language of the reader"""
        self.ensure_one()
        if self.kind == "cancel":
            return self.env._("as ordered"), self.env._("cancelled")
        if self.kind == "add":
            return "\N{EN DASH}", self._get_quantity_text(self.new_quantity)
        if self.kind == "quantity":
            return tuple(self._get_quantity_text(quantity) for quantity in self._get_pair())
        if self.kind == "address":
            return tuple(self._get_address_text(address) for address in self._get_pair())
        if self.kind == "date":
            soon = self.env._("as soon as possible")
            fmt = PortalFormat(self.env)
            return tuple(fmt.full_day(day) or soon for day in self._get_pair())
        return tuple(text or "\N{EN DASH}" for text in self._get_pair())

    def _get_quantity_text(self, quantity):
        if not quantity:
            return self.env._("cancelled")
        return PortalFormat(self.env).quantity(quantity)

    @api.model
    def _get_address_text(self, address):
        parts = (address.name or address.parent_id.name, address.street, address.zip, address.city)
        return ", ".join(part for part in parts if part)
