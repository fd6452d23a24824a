from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from .common import ReturnsController, read_id, read_text


class CartPortal(ReturnsController):
    """The cart: positions that are not submitted yet, of one customer or several."""

    @route(
        "/my/returns/cart", type="http", auth="user", methods=["GET"], readonly=True, website=True
    )
    def cart(self, **kwargs):
        """Show the positions of the cart, each with what speaks against it today."""
        self._get_domain("cso.rma")
        return self._render_cart(self._get_carts_sudo())

    @route(
        ["/my/returns/cart/remove", "/my/returns/cart/submit"],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def cart_again(self, **kwargs):
        """Lead to the cart who looks at an address that only acts, as after a new sign-in."""
        return request.redirect("/my/returns/cart")

    @route("/my/returns/cart/remove", type="http", auth="user", methods=["POST"])
    def cart_remove(self, position=None, **kwargs):
        """Take a position out of the cart, with its files."""
        self._get_domain("cso.rma")
        lines_sudo = self._get_carts_sudo().line_ids
        lines_sudo.filtered(lambda line: line.id == read_id(position)).unlink()
        return request.redirect("/my/returns/cart")

    @route("/my/returns/cart/submit", type="http", auth="user", methods=["POST"], website=True)
    def cart_submit(self, reference=None, **kwargs):
        """Submit what the page showed once, all or nothing; a second time leads to the cases.

        Positions of each customer and company become a case of their own.
        """
        carts_sudo = self._find_posted_carts_sudo()
        open_sudo = carts_sudo.filtered(lambda cart: not cart.submitted_on)
        try:
            with request.env.cr.savepoint():
                for cart_sudo in open_sudo.filtered("line_ids"):
                    cart_sudo.reference = read_text(reference)
                    cart_sudo.with_company(cart_sudo.company_id)._submit()
        except UserError as error:
            return self._render_cart(open_sudo, str(error), read_text(reference))
        return request.redirect(self._get_submitted_url(carts_sudo.filtered("submitted_on")))

    def _find_posted_carts_sudo(self):
        """Return the carts that the page showed, in the order of their making; else 404."""
        numbers = request.httprequest.form.getlist("cart") or [""]
        domain = Domain("user_id", "=", request.env.uid)
        carts_sudo = [self._find_sudo("cso.rma", number, domain) for number in numbers]
        return request.env["cso.rma"].sudo().union(*carts_sudo).sorted("id")

    def _get_submitted_url(self, cases_sudo):
        if len(cases_sudo) == 1:
            return f"/my/returns/{cases_sudo.id}?submitted=1"
        return "/my/returns/status?submitted=1" if cases_sudo else "/my/returns/cart"

    def _render_cart(self, carts_sudo, error="", reference=""):
        carts_sudo = carts_sudo.filtered("line_ids")
        return self._render(
            "rma_cso.portal_cart",
            carts=carts_sudo,
            objections=self._get_objections(carts_sudo),
            reference=reference or carts_sudo[:1].reference,
            error=error,
        )

    def _get_objections(self, carts_sudo):
        """Return ``{position id: [texts]}`` of the positions that are not possible (any more)."""
        return {
            line.id: [objection["text"] for objection in objections]
            for cart in carts_sudo
            for line, objections in self._assess(cart).items()
            if objections
        }

    def _assess(self, cart_sudo):
        return cart_sudo.with_company(cart_sudo.company_id).line_ids._get_objections()
