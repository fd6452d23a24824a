from odoo import models
from odoo.fields import Domain

CUSTOMER_TYPES = ("out_invoice", "out_refund", "out_receipt")
VENDOR_TYPES = ("in_invoice", "in_refund", "in_receipt")
SHIPMENT_CODES = ("outgoing", "dropship")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_access_domain(self, model_name):
        """Orders, lines, shipments, invoices and the history of dates of a portal user.

        :param model_name: technical name of a model
        :return: ``Domain`` of the records that the user may see
        """
        getters = self._get_portal_domains()
        if model_name in getters and self.active and self._is_portal():
            return Domain(getters[model_name]())
        return super()._get_access_domain(model_name)

    def _get_portal_domains(self):
        return {
            "sale.order": self._get_order_domain,
            "sale.order.line": self._get_order_line_domain,
            "sale.order.line.eta.change": self._get_eta_change_domain,
            "stock.picking": self._get_shipment_domain,
            "account.move": self._get_invoice_domain,
            "account.move.line": self._get_invoice_line_domain,
        }

    def _get_order_domain(self):
        """Confirmed orders, and quotations that were sent."""
        if not self._has_access_role("orders"):
            return Domain.FALSE
        visible = Domain("confirmed_on", "!=", False) | Domain("state", "=", "sent")
        return self._get_access_partner_domain("partner_id") & visible

    def _get_order_line_domain(self):
        if not self._has_access_role("orders"):
            return Domain.FALSE
        visible = Domain("confirmed_on", "!=", False) | Domain("state", "=", "sent")
        return self._get_access_partner_domain("order_partner_id") & visible

    def _get_eta_change_domain(self):
        return Domain("sale_line_id", "any", self._get_order_line_domain())

    def _get_shipment_domain(self):
        """What goes to the customer, from us or from a vendor, and what comes back."""
        if not self._has_access_role("orders"):
            return Domain.FALSE
        going = Domain("picking_type_id.code", "in", SHIPMENT_CODES)
        back = Domain("location_id.usage", "=", "customer")
        ordered = Domain("sale_id", "any", self._get_order_domain())
        loose = Domain("sale_id", "=", False) & self._get_access_partner_domain("partner_id")
        return (going | back) & (ordered | loose)

    def _get_invoice_domain(self):
        """Posted invoices and credit notes of the customer, and a vendor's own bills.

        An invoice to the head office belongs to a branch too, when all its order lines are of
        orders of the branch.
        """
        posted = Domain("state", "=", "posted")
        bills = Domain("move_type", "in", VENDOR_TYPES) & self._get_vendor_domain()
        if not self._has_access_role("prices"):
            return posted & bills
        billed = self._get_access_partner_domain("partner_id") | self._get_branch_invoice_domain()
        return posted & (bills | (Domain("move_type", "in", CUSTOMER_TYPES) & billed))

    def _get_vendor_domain(self):
        return Domain("partner_id", "child_of", self.commercial_partner_id.id)

    def _get_branch_invoice_domain(self):
        own = self._get_access_partner_domain("order_partner_id")
        own_items = Domain("sale_line_ids", "any", own)
        other_items = Domain("sale_line_ids", "any", ~own)
        items = Domain("invoice_line_ids", "any", own_items)
        return items & ~Domain("invoice_line_ids", "any", other_items)

    def _get_invoice_line_domain(self):
        """Lines of these documents without the cost that Odoo books beside them."""
        priced = Domain("display_type", "!=", "cogs")
        return priced & Domain("move_id", "any", self._get_invoice_domain())
