from odoo import api, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql


class SaleLineNumber(models.AbstractModel):
    """Which order lines a number belongs to: one place for search, filters and returns.

    An add-on above adds a type of number by overriding ``_get_number_domains``.
    """

    _name = "sale.line.number"
    _description = "Order Lines by Number"

    @api.model
    def _get_number_domains(self):
        """Where each type of number is looked up.

        :return: ``{number_type: method(pattern) -> Domain}``
        """
        return {
            "invoice": self._get_invoice_number_domain,
            "customer_reference": lambda text: Domain("order_id.client_order_ref", "=ilike", text),
            "maker_part_number": lambda text: self._get_product_domain("maker_part_number", text),
            "ean": lambda text: self._get_product_domain("barcode", text),
            "delivery_slip": lambda text: Domain("move_ids.picking_id.name", "=ilike", text),
            "order": lambda text: Domain("order_id.name", "=ilike", text),
            "serial": self._get_serial_domain,
            "article": lambda text: self._get_product_domain("default_code", text),
            "customer_item": self._get_customer_item_domain,
        }

    @api.model
    def _get_number_domain(self, number, number_type="any"):
        getters = self._get_number_domains()
        text = escape_psql(number)
        if number_type in getters:
            return getters[number_type](text)
        return Domain.OR([getter(text) for getter in getters.values()])

    @api.model
    def _get_product_domain(self, field_name, text):
        products_sudo = self.env["product.product"].sudo().with_context(active_test=False)
        return Domain("product_id", "in", products_sudo.search([(field_name, "=ilike", text)]).ids)

    @api.model
    def _get_invoice_number_domain(self, text):
        posted = Domain("parent_state", "=", "posted") & Domain("move_name", "=ilike", text)
        return Domain("invoice_lines", "any", posted)

    @api.model
    def _get_serial_domain(self, text):
        lots_sudo = self.env["stock.lot"].sudo().search([("name", "=ilike", text)])
        moved_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", lots_sudo.ids),
                    ("state", "=", "done"),
                    ("location_dest_id.usage", "in", ("customer", "transit")),
                ]
            )
        )
        return Domain("id", "in", moved_sudo.move_id.sale_line_id.ids)

    @api.model
    def _get_customer_item_domain(self, text):
        codes_sudo = self.env["product.customer.code"].sudo().search([("code", "=ilike", text)])
        return Domain.OR(
            Domain("product_id", "=", code.product_id.id)
            & Domain("order_partner_id", "child_of", code.partner_id.id)
            for code in codes_sudo
        )
