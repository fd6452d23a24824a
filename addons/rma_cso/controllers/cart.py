from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from .common import ReturnsController, read_id, read_text


class CartPortal(ReturnsController):
    """The cart: positions that are not submitted yet."""

    @route(
        "/my/returns/cart", type="http", auth="user", methods=["GET"], readonly=True, website=True
    )
    def cart(self, **kwargs):
        """Show the positions of the cart, each with what speaks against it today."""
        self._get_domain("cso.rma")
        return self._render_cart(self._get_cart_sudo())

    @route("/my/returns/cart/remove", type="http", auth="user", methods=["POST"])
    def cart_remove(self, position=None, **kwargs):
        """Take a position out of the cart, with its files."""
        self._get_domain("cso.rma")
        self._get_cart_sudo().line_ids.filtered(lambda line: line.id == read_id(position)).unlink()
        return request.redirect("/my/returns/cart")

    @route("/my/returns/cart/submit", type="http", auth="user", methods=["POST"], website=True)
    def cart_submit(self, cart=None, reference=None, **kwargs):
        """Submit the cart once; a second time leads to the case that it became."""
        domain = Domain("user_id", "=", request.env.uid)
        cart_sudo = self._find_sudo("cso.rma", cart, domain)
        if not cart_sudo.submitted_on:
            if not cart_sudo.line_ids:
                return request.redirect("/my/returns/cart")
            cart_sudo.reference = read_text(reference)
            try:
                with request.env.cr.savepoint():
                    cart_sudo._submit()
            except UserError as error:
                return self._render_cart(cart_sudo, str(error))
        return request.redirect(f"/my/returns/{cart_sudo.id}?submitted=1")

    def _render_cart(self, cart_sudo, error=""):
        return self._render(
            "rma_cso.portal_cart",
            cart=cart_sudo,
            objections=self._get_objections(cart_sudo),
            error=error,
        )

    def _get_objections(self, cart_sudo):
        """Return ``{position id: [texts]}`` of the positions that are not possible (any more)."""
        return {
            line.id: [objection["text"] for objection in objections]
            for line, objections in cart_sudo.line_ids._get_objections().items()
            if objections
        }
