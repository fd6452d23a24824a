from odoo.http import request, route

from ..models.res_partner import ADDRESS_FIELDS
from ..tools import FormError
from .common import read_id, read_text
from .form import FormPortal


class AddressPortal(FormPortal):
    """The step that asks where goods go back to when they cannot be accepted."""

    @route(
        "/my/returns/form/address",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        website=True,
    )
    def address(self, line=None, reason=None, **kwargs):
        """Ask for the return address of a position before it is put into the cart."""
        if not (line or reason):
            return request.redirect("/my/returns/register")
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        if not draft_sudo:
            return request.redirect(self._get_form_url(line_sudo, reason_sudo.code))
        return self._render_draft_address(draft_sudo, {})

    @route("/my/returns/form/address", type="http", auth="user", methods=["POST"], website=True)
    def address_post(self, line=None, reason=None, address=None, **kwargs):
        """Put the position into the cart."""
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        if not draft_sudo:
            return request.redirect("/my/returns/cart")
        draft_sudo.address = self._clean_address(address, kwargs)
        if draft_sudo._get_errors():
            return request.redirect(f"{self._get_draft_url(draft_sudo)}&check=1")
        order_sudo = line_sudo.order_id
        try:
            address_sudo = self._get_address_sudo(
                order_sudo.partner_id, order_sudo.partner_shipping_id, draft_sudo.address
            )
        except FormError as error:
            return self._render_draft_address(draft_sudo, error.errors)
        self._add_to_cart(draft_sudo, address_sudo)
        another = "/my/returns/register?added=1"
        return request.redirect(another if kwargs.get("another") else "/my/returns/cart?added=1")

    @route("/my/returns/form/address/save", type="jsonrpc", auth="user")
    def address_save(self, line=None, reason=None, answers=None, uid=None, **kwargs):
        """Keep what is typed of a new address so far.

        :return: ``{'saved': True, 'csrf_token': text}``, or ``{'other_user': name}`` when somebody
            else signed in
        """
        if uid != request.env.uid:
            return {"other_user": request.env.user.name}
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        answers = answers if isinstance(answers, dict) else {}
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        draft_sudo.address = self._clean_address(answers.get("address"), answers)
        return {"saved": True, "csrf_token": request.csrf_token()}

    @route(
        "/my/returns/cart/address",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        website=True,
    )
    def cart_address(self, cart=None, **kwargs):
        """Ask for another return address of all positions of a cart."""
        if not cart:
            return request.redirect("/my/returns/cart")
        return self._render_cart_address(self._find_cart_sudo(cart), {}, {})

    @route("/my/returns/cart/address", type="http", auth="user", methods=["POST"], website=True)
    def cart_address_post(self, cart=None, address=None, **kwargs):
        """Change the return address of a cart."""
        cart_sudo = self._find_cart_sudo(cart)
        typed = self._clean_address(address, kwargs)
        delivered_to = cart_sudo.line_ids.order_id.partner_shipping_id
        try:
            address_sudo = self._get_address_sudo(cart_sudo.partner_id, delivered_to, typed)
        except FormError as error:
            return self._render_cart_address(cart_sudo, typed, error.errors)
        cart_sudo.return_address_id = address_sudo
        return request.redirect("/my/returns/cart")

    def _find_cart_sudo(self, number):
        """Return the own open cart with this id, else 404."""
        self._get_domain("cso.rma")
        cart_sudo = self._get_carts_sudo().filtered(lambda cart: cart.id == read_id(number))
        if not cart_sudo:
            raise request.not_found()
        return cart_sudo

    def _add_to_cart(self, draft_sudo, address_sudo):
        form_sudo, _errors = draft_sudo._fill_form()
        form_sudo.return_address_id = address_sudo
        form_sudo._add_to_cart()
        draft_sudo.unlink()

    def _render_draft_address(self, draft_sudo, errors):
        order_sudo = draft_sudo.sale_line_id.order_id
        cart_sudo = draft_sudo._fill_form()[0]._get_cart()
        others_sudo = cart_sudo.line_ids - draft_sudo.position_id
        return self._render_address(
            order_sudo.partner_id,
            order_sudo.partner_shipping_id,
            draft_sudo.address or {},
            errors,
            draft=draft_sudo,
            chosen=(others_sudo and cart_sudo.return_address_id) or order_sudo.partner_shipping_id,
            other_count=len(others_sudo),
            action=self._get_draft_url(draft_sudo, "/address"),
            back=self._get_draft_url(draft_sudo),
        )

    def _render_cart_address(self, cart_sudo, typed, errors):
        return self._render_address(
            cart_sudo.partner_id,
            cart_sudo.line_ids.order_id.partner_shipping_id,
            typed,
            errors,
            draft=None,
            chosen=cart_sudo.return_address_id,
            other_count=0,
            action=f"/my/returns/cart/address?cart={cart_sudo.id}",
            back="/my/returns/cart",
        )

    def _render_address(self, customer_sudo, delivered_to_sudo, typed, errors, **values):
        chosen = typed.get("address") or str(values["chosen"].id)
        return self._render(
            "rma_cso.portal_address",
            **{**values, "chosen": "new" if errors else chosen},
            step_names=self._get_step_names(),
            addresses=customer_sudo._get_return_addresses(delivered_to_sudo),
            address_questions=customer_sudo._get_return_address_questions(),
            countries=request.env["res.country"].search([]),
            default_country=delivered_to_sudo[:1].country_id or customer_sudo.country_id,
            typed=typed,
            errors=errors,
        )

    def _clean_address(self, address, typed):
        """Return what was chosen and typed as it is kept: known names, plain and short."""
        names = (*ADDRESS_FIELDS, "country_id")
        return {
            "address": read_text(address, 10),
            **{name: read_text(typed.get(name)) for name in names},
        }

    def _get_address_sudo(self, customer_sudo, delivered_to_sudo, typed):
        """Return the chosen address: one that was offered or the new one, else 404."""
        if typed["address"] == "new":
            values = {**typed, "country_id": read_id(typed["country_id"])}
            # Portal users may not create contacts: the model takes care of fields and company.
            return customer_sudo._create_return_address(values)
        offered_sudo = customer_sudo._get_return_addresses(delivered_to_sudo)
        address_sudo = offered_sudo.filtered(lambda one: str(one.id) == typed["address"])
        if not address_sudo:
            raise request.not_found()
        return address_sudo
