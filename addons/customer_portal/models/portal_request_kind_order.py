from odoo import models
from odoo.exceptions import UserError

from ..tools.portal_format import PortalFormat


class PortalRequestKindOrder(models.AbstractModel):
    _name = "portal.request.kind.order"
    _description = "Request from a Customer: Order"

    def _accept_order(self):
        """Send the quotation; one that was sent or confirmed already stays as it is.

        :raise UserError: when the quotation was cancelled or deleted
        """
        order = self.order_id
        if not order or order.state == "cancel":
            raise UserError(
                self.env._("The quotation of %(name)s is not there any more.", name=self.name)
            )
        if order.state == "draft":
            order.with_context(portal_request_answering=True).action_quotation_sent()

    def _refuse_order(self):
        """Cancel the quotation; a confirmed order is no longer a request."""
        order_sudo = self.sudo().order_id  # who asked for it may take it back
        if order_sudo.state in ("draft", "sent"):
            order_sudo.with_context(portal_request_answering=True)._action_cancel()

    def _get_differences_order(self):
        """As ``_get_differences`` of the request: the articles, then what was said besides."""
        order, fmt = self.order_id, PortalFormat(self.env)
        can_see_prices = self.env.user._has_access_role("prices")
        rows = [
            self._prepare_order_row(line, fmt, can_see_prices)
            for line in order.order_line
            if not line.display_type
        ]
        address = order.partner_shipping_id
        place = ", ".join(filter(None, [address.name or address.parent_id.name, address.city]))
        said = [
            (self.env._("Your reference"), order.client_order_ref),
            (self.env._("Wished delivery"), fmt.day(order.commitment_date)),
            (self.env._("Deliver to"), place),
        ]
        return rows + [
            {"label": label, "old": "", "new": text, "note": ""} for label, text in said if text
        ]

    def _prepare_order_row(self, line, fmt, can_see_prices):
        quantity = f"{fmt.quantity(line.product_uom_qty)} {line.product_uom_id.name}"
        amount = fmt.money(line.price_subtotal, line.currency_id) if can_see_prices else ""
        label = line.product_id.name or line.name
        note = line.product_id.default_code or ""
        new = " · ".join(filter(None, [quantity, amount]))
        return {"label": label, "old": "", "new": new, "note": note}

    def _get_warnings_order(self):
        """As ``_get_warnings`` of the request: articles without a price or no longer for sale."""
        order = self.order_id
        sold = order.order_line.filtered(lambda line: line.product_id and not line.display_type)
        domain = self.env["product.product"]._get_orderable_domain(self.company_id)
        alive = sold.product_id.with_context(active_test=False).filtered_domain(domain)
        return [
            self.env._("%(article)s has no price.", article=line.product_id.name)
            for line in sold
            if not line.price_unit
        ] + [
            self.env._("%(article)s is no longer for sale.", article=product.name)
            for product in sold.product_id - alive
        ]

    def _follow_order(self):
        """The account manager has answered with Odoo's own buttons: a quotation that was sent or
        confirmed is accepted, one that was cancelled is refused.
        """
        for request_sudo in self:
            is_cancelled = request_sudo.order_id.state == "cancel"
            lang = request_sudo.requester_id.lang
            text = request_sudo.with_context(lang=lang).env._("The quotation was cancelled.")
            request_sudo._decide(
                "refused" if is_cancelled else "accepted", text if is_cancelled else None
            )
