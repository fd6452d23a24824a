from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal_cart import TEXT_LENGTHS
from ..tools.record_id import MAX_ID
from .portal_cart_page import QUANTITY, SEEN, CartPage

TEXTS = ("client_order_ref", "wished_date", "partner_shipping_id", "note")


def read_id(text):
    """A record id typed into an address or a form; 0 for what cannot be one."""
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) <= 10 and int(text) <= MAX_ID else 0


class CartPortal(CustomerPortal):
    @http.route("/my/cart", type="http", auth="user", website=True, readonly=True)
    def portal_my_cart(self, added=None, sent=None, **kw):
        """What the user is about to order, with today's prices and availability."""
        cart_sudo = self._get_cart()
        is_sent = sent and not cart_sudo.line_ids
        return self._render_cart(cart_sudo, added=read_id(added), is_sent=is_sent)

    @http.route(
        [
            "/my/cart/add",
            "/my/cart/choose",
            "/my/cart/again",
            "/my/cart/save",
            "/my/cart/send",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_cart_after_sign_in(self, **kw):
        """Whose session was over when a form was sent signs in and comes back to the cart."""
        return request.redirect("/my/cart", code=303)

    # --- articles ---------------------------------------------------------------------------------

    @http.route("/my/cart/add", type="http", auth="user", website=True, methods=["POST"])
    def portal_cart_add(self, rows="", **kw):
        """Put typed or pasted articles into the cart; rows that are none stay in the box."""
        cart_sudo = self._open_cart()
        rows = self._clean("pasted", rows)
        try:
            with request.env.cr.savepoint():
                added = cart_sudo._add_pasted(rows)
        except UserError as error:
            return self._render_cart(cart_sudo, rows=rows, errors={"rows": str(error)})
        return request.redirect(f"/my/cart?added={added}", code=303)

    @http.route("/my/cart/choose", type="http", auth="user", website=True, methods=["POST"])
    def portal_cart_choose(self, row="", product=None, **kw):
        """Take one of the articles that a row of the box was answered with."""
        cart_sudo = self._open_cart()
        try:
            is_added = cart_sudo._choose(row, read_id(product))
        except UserError as error:
            return self._render_cart(cart_sudo, errors={"rows": str(error)})
        return request.redirect("/my/cart?added=1" if is_added else "/my/cart", code=303)

    @http.route("/my/cart/again", type="http", auth="user", website=True, methods=["POST"])
    def portal_cart_again(self, order=None, **kw):
        """Order again: all articles of an order, or chosen order lines."""
        lines_sudo = self._find_order_lines(order, request.httprequest.form.getlist("line"))
        cart_sudo = self._open_cart()
        try:
            with request.env.cr.savepoint():
                added = cart_sudo._add_order_lines(lines_sudo)
        except UserError as error:
            return self._render_cart(cart_sudo, errors={"rows": str(error)})
        return request.redirect(f"/my/cart?added={added}", code=303)

    def _find_order_lines(self, order, lines):
        """Lines (sudo) that the user may see: chosen ones, else all of an order; else 404."""
        user = request.env.user
        lines_sudo = request.env["sale.order.line"].sudo()  # inside the access domain only
        domain = user._get_access_domain("sale.order.line")
        if lines:
            wanted = {read_id(line) for line in lines}
            domain &= Domain("id", "in", list(wanted))
        else:
            wanted = set()
            domain &= Domain("order_id", "=", read_id(order))
        found_sudo = lines_sudo.search(domain)
        if not found_sudo or (wanted and len(found_sudo) != len(wanted)):
            raise NotFound()
        return found_sudo

    # --- what is typed ----------------------------------------------------------------------------

    @http.route("/my/cart/save", type="http", auth="user", website=True, methods=["POST"])
    def portal_cart_save(self, remove=None, replace=None, **kw):
        """Keep what was typed; take a line out, or its successor instead.

        :param remove: id of a line
        :param replace: ids of a line and of a product
        """
        cart_sudo = self._open_cart()
        errors = self._save(cart_sudo, kw)
        if remove:
            removed_id = read_id(remove)
            cart_sudo.line_ids.filtered(lambda line: line.id == removed_id).unlink()
            errors.pop(removed_id, None)
        if replace:
            cart_sudo._replace(*map(read_id, replace.partition("-")[::2]))
        if errors:
            return self._render_cart(cart_sudo, typed=kw, errors=errors)
        return request.redirect("/my/cart", code=303)

    @http.route("/my/cart/update", type="jsonrpc", auth="user", website=True)
    def portal_cart_update(self, values=None, uid=None, **kw):
        """Keep what is typed while the page is open.

        :param dict values: texts of the form by their names
        :param int uid: user of the page
        :return: ``{'errors', 'lines', 'amounts', 'note'}``: texts by id of a line or name of a
            field; or ``{'other_user': name}`` when somebody else signed in meanwhile
        """
        if uid != request.env.uid:
            return {"other_user": request.env.user.name}
        cart_sudo = self._open_cart()
        typed = values if isinstance(values, dict) else {}
        errors = self._save(cart_sudo, {key: str(value) for key, value in typed.items()})
        page = CartPage(request.env, cart_sudo).prepare()
        render = request.env["ir.qweb"]._render
        names = ("quantity", "price", "amount", "discount", "seen", "availability")
        return {
            "errors": {str(key): text for key, text in errors.items()},
            "lines": {str(row["id"]): {name: row[name] for name in names} for row in page["rows"]},
            "amounts": str(render("customer_portal.portal_cart_amounts", page)),
            "reference": str(render("customer_portal.portal_cart_reference", page)),
        }

    def _save(self, cart_sudo, typed):
        quantities = {
            read_id(key.removeprefix(QUANTITY)): text
            for key, text in typed.items()
            if key.startswith(QUANTITY)
        }
        texts = {name: self._clean(name, typed[name]) for name in TEXTS if name in typed}
        return cart_sudo._save(texts, quantities)

    def _clean(self, name, text):
        """What somebody typed, without what no database can hold."""
        text = str(text or "").replace("\x00", "").encode("utf-8", "ignore").decode()
        if name not in ("note", "pasted"):
            text = " ".join(text.split())  # a line of its own would be one of a mail's head
        return text.replace("\r\n", "\n").strip()[: TEXT_LENGTHS.get(name, 64)]

    # --- sending ----------------------------------------------------------------------------------

    @http.route("/my/cart/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_cart_send(self, is_same=None, **kw):
        """Send the cart as the page showed it; what is not as it was is shown once more.

        :param is_same: ticked to send it although the reference was used before
        """
        cart_sudo = self._open_cart()
        seen = {
            read_id(key.removeprefix(SEEN)): text
            for key, text in kw.items()
            if key.startswith(SEEN)
        }
        if not cart_sudo.line_ids and cart_sudo.order_id:  # sent by another window or click
            return request.redirect("/my/cart?sent=1", code=303)
        if errors := self._save(cart_sudo, kw):
            return self._render_cart(cart_sudo, typed=kw, errors=errors)
        if changes := cart_sudo._get_changes(seen):
            return self._render_cart(cart_sudo, changes=changes)
        if not is_same and cart_sudo._get_same_reference():
            text = request.env._("This reference was used before. Tick below to send it anyway.")
            return self._render_cart(cart_sudo, errors={"is_same": text})
        return self._send(cart_sudo)

    def _send(self, cart_sudo):
        try:
            with request.env.cr.savepoint():
                order_sudo = cart_sudo._send()
        except UserError as error:
            return self._render_cart(cart_sudo, errors={"send": str(error)})
        if order_sudo.confirmed_on:
            return request.redirect(f"/my/orders/{order_sudo.id}", code=303)
        return request.redirect("/my/cart?sent=1", code=303)

    # --- the page ---------------------------------------------------------------------------------

    def _get_cart(self):
        if not request.env["portal.cart"]._is_offered():
            raise NotFound()
        return request.env["portal.cart"]._get_own()

    def _open_cart(self):
        if not request.env["portal.cart"]._is_offered():
            raise NotFound()
        return request.env["portal.cart"]._open_own()

    def _render_cart(self, cart_sudo, typed=None, errors=None, changes=None, rows=None, **values):
        changed = changes["changed"] if changes else ()
        values = {
            **self._prepare_portal_layout_values(),
            **CartPage(request.env, cart_sudo, typed, errors, changed, rows).prepare(),
            "errors": errors or {},
            "changes": changes or {},
            "page_name": "cart",
            "portal_page": "cart",
            "added": 0,
            "is_sent": False,
            **values,
        }
        status = 400 if errors else 200
        response = request.render("customer_portal.portal_my_cart", values, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
