from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.sale_order_hold import MAX_REFERENCE_LENGTH
from .portal_order import OrderPortal

CONFIRM = "/my/orders/<int(max=2147483647):order_id>/confirm"


class OrderHoldPortal(OrderPortal):
    """What a held order waits for, and how the customer settles it."""

    @http.route(CONFIRM, type="http", auth="user", methods=["POST"], website=True)
    def portal_order_confirm(self, order_id, reference="", **post):
        """Confirm an order that waits for it; sent twice it is confirmed once.

        :param str reference: number of the customer's own purchase order; may be empty
        """
        order_sudo = self._get_own_order(order_id)
        if not order_sudo.confirmed_on or not order_sudo._may_confirm_by_customer():
            raise NotFound()
        try:
            if order_sudo.delivery_hold == "confirmation":
                order_sudo.with_user(request.env.user)._confirm_by_customer(reference)
        except UserError as error:
            values = self._prepare_order_page_values(order_sudo)
            values["hold"].update(error=str(error), reference_typed=reference)
            return request.render("customer_portal.portal_order_page", values)
        return request.redirect(f"/my/orders/{order_sudo.id}?confirmed=1")

    def _prepare_order_page_values(self, order_sudo):
        values = super()._prepare_order_page_values(order_sudo)
        values["hold"] = self._prepare_hold(order_sudo, values["fmt"])
        values["confirmed"] = request.params.get("confirmed") and order_sudo.customer_confirmed_on
        values["paid"] = self._get_paid_text(order_sudo, values)
        return values

    def _get_paid_text(self, order_sudo, values):
        """What has arrived of an order that is paid before it ships."""
        if order_sudo.delivery_term != "prepayment" or not values["can_see_prices"]:
            return ""
        paid = order_sudo._get_paid_amounts()[order_sudo]
        return values["fmt"].money(paid, order_sudo.currency_id)

    def _prepare_hold(self, order_sudo, fmt):
        """What is missing before the order ships, None where nothing is; amounts are for those
        alone who see prices.
        """
        reason = order_sudo.delivery_hold
        if not reason:
            return None
        hold = {
            "reason": reason,
            "may_confirm": order_sudo._may_confirm_by_customer(),
            "max_length": MAX_REFERENCE_LENGTH,
            "reference_typed": order_sudo.client_order_ref or "",
            "error": "",
            "payment": None,
        }
        if order_sudo._may_see_missing_payment():
            hold["payment"] = self._prepare_hold_payment(order_sudo, fmt)
        return hold

    def _prepare_hold_payment(self, order_sudo, fmt):
        """The amount, our bank account with what to write there, and where to pay online."""
        missing = order_sudo.missing_payment
        invoices_sudo = order_sudo._get_open_invoices()
        bank_sudo = order_sudo._get_payment_bank_account()
        return {
            "missing": fmt.money(missing, order_sudo.currency_id),
            "paid": fmt.money(order_sudo._get_paid_amounts()[order_sudo], order_sudo.currency_id),
            "total": fmt.money(order_sudo._get_amount_before_delivery(), order_sudo.currency_id),
            "is_statement": self._has_open_items(order_sudo),
            "bank": bank_sudo,
            "reference": order_sudo._get_payment_reference(),
            "invoice": invoices_sudo[:1],
            "invoice_open": self._get_open_text(invoices_sudo[:1], fmt),
            "pay_url": self._get_hold_payment_url(order_sudo, invoices_sudo, missing),
        }

    def _has_open_items(self, order_sudo):
        """Who is above the limit pays the invoices that are open, not this order."""
        if order_sudo.delivery_hold != "limit":
            return False
        billed_sudo = order_sudo.partner_invoice_id.commercial_partner_id
        return billed_sudo.with_company(order_sudo.company_id).credit > 0

    def _get_open_text(self, invoice_sudo, fmt):
        if not invoice_sudo:
            return ""
        left = invoice_sudo.amount_total - invoice_sudo._get_settled_amount()
        return fmt.money(left, invoice_sudo.currency_id)

    def _get_hold_payment_url(self, order_sudo, invoices_sudo, missing):
        """Odoo's own payment of an open invoice, else of the order; empty without a provider."""
        if not missing or not self._get_hold_providers(order_sudo, missing):
            return ""
        if invoices_sudo:
            return f"/my/invoices/{invoices_sudo[0].id}?payment=true"
        return f"/my/orders/{order_sudo.id}?payment_amount={missing}"

    def _get_hold_providers(self, order_sudo, amount):
        # sudo: Odoo reads the settings of providers so, also for its own page
        providers_sudo = request.env["payment.provider"].sudo()
        return providers_sudo._get_compatible_providers(
            order_sudo.company_id.id,
            request.env.user.partner_id.id,
            amount,
            currency_id=order_sudo.currency_id.id,
            sale_order_id=order_sudo.id,
        )
