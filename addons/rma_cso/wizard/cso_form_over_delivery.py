from odoo import api, fields, models

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoFormOverDelivery(models.TransientModel):
    """Form for goods on top of what the delivery slip says: the surplus is worked out."""

    _name = "cso.form.over.delivery"
    _inherit = ["cso.form.offer"]
    _description = "Form for Surplus Goods"

    shipped_quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_shipped_quantity",
        help="What the delivery slips say, in the unit of the order line.",
    )
    received_total = fields.Float("How many did you receive in total?", digits="Product Unit")

    @api.depends("sale_line_id")
    def _compute_shipped_quantity(self):
        for form in self:
            line = form.sale_line_id._origin
            form.shipped_quantity = bool(line) and line._get_return_facts()[line.id].total

    @api.model
    def _get_all_own_questions(self):
        return ["received_total", *super()._get_all_own_questions()]

    def _get_unit_questions(self):
        return ["received_total"]

    def _is_possible_in_bulk(self):
        """Extend: what is asked here is another answer for each line."""
        return False

    def _get_label(self, name):
        if name == "typed_serials":
            return self.env._("Serial numbers of the surplus")
        if name == "keep_choice":
            return self.env._("Do you want to keep the surplus?")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "received_total":
            return self.env._(
                "By our delivery slips it is %(quantity)s %(unit)s.",
                quantity=self._format_quantity(self.shipped_quantity),
                unit=self.sale_line_id.product_uom_id.name,
            )
        return super()._get_help(name)

    def _get_answer_note(self, name):
        if name == "received_total" and self._are_units_named():
            return self.env._(
                "That is %(quantity)s too many.", quantity=self._format_quantity(self.quantity)
            )
        return super()._get_answer_note(name)

    def _format_quantity(self, quantity):
        return PortalFormat(self.env).quantity(quantity)

    def _complete(self):
        """Work out the surplus."""
        surplus = self.received_total - self.shipped_quantity
        self.quantity = self.sale_line_id.product_uom_id.round(max(surplus, 0.0))

    def _get_missing_text(self, name):
        if name == "received_total":
            return self.env._("Enter how many you received in total.")
        return super()._get_missing_text(name)

    def _get_impossible_answers(self):
        errors = super()._get_impossible_answers()
        if self.received_total and not self._are_units_named():
            errors["received_total"] = self.env._(
                "That is not more than the delivery slip says: %(quantity)s.",
                quantity=self._format_quantity(self.shipped_quantity),
            )
        return errors

    def _get_own_slots(self):
        return [
            self._prepare_slot("surplus", self.env._("The surplus goods")),
            self._prepare_slot("serial_number", self.env._("Their serial numbers"), True),
        ]
