"""What stands on the page of a cart."""

from odoo.exceptions import UserError
from odoo.tools.misc import get_lang

from ..tools.portal_format import PortalFormat
from ..tools.typed_number import write_number

# Before the id of a line in the names of inputs.
QUANTITY, SEEN = "quantity_", "seen_"


class CartPage:
    """A cart as its user reads it; what was typed and refused stands where it was typed."""

    def __init__(self, env, cart_sudo, typed=None, errors=None, changed=(), pasted=None):
        """:param cart_sudo: ``portal.cart`` of the user, may be empty
        :param dict typed: texts by name of an input
        :param dict errors: what is wrong, by field or id of a line
        :param changed: lines that are not as the user saw them
        :param str pasted: what stands in the box, when that was refused as a whole
        """
        self.env, self.cart = env, cart_sudo.with_company(cart_sudo.company_id)
        self.typed, self.errors = typed or {}, errors or {}
        self.changed, self.pasted = changed, pasted
        self.fmt = PortalFormat(env)
        self.can_see_prices = env.user._has_access_role("prices")
        self.lines = self.cart._get_open_lines() if cart_sudo else cart_sudo.line_ids
        self.order = env["sale.order"].sudo()
        if self.lines:
            self.order = self.cart._get_quotation(self.lines)

    def prepare(self):
        """:return: values of the template
        :rtype: dict
        """
        return {
            "cart": self.cart,
            "cart_numbers": self._get_numbers,
            "fmt": self.fmt,
            "order": self.order,
            "can_see_prices": self.can_see_prices,
            "rows": self._prepare_rows(),
            "ended": self._prepare_ended(),
            "amounts": self._prepare_amounts(),
            "confirms": bool(self.lines) and self.cart._confirms_at_once(self.order),
            "contact": self.env.user._get_portal_contact(),
            "same_order": self.cart._get_same_reference() if self.cart else self.order,
            **self._prepare_box(),
            **self._prepare_details(),
        }

    # --- articles ---------------------------------------------------------------------------------

    def _prepare_rows(self):
        if not self.lines:
            return []
        wanted = [(line.product_id, line.quantity) for line in self.lines]
        availability = self.cart._get_availability(wanted, self.order.warehouse_id)
        codes_sudo = self.env["product.customer.code"].sudo()  # those of the user's own company
        codes = codes_sudo._get_codes(self.cart.partner_id, self.lines.product_id)
        seen = self.cart._get_seen(self.order, self.lines)
        return [
            {
                "id": line.id,
                "product": line.product_id,
                "numbers": self._get_numbers(line.product_id, codes.get(line.product_id.id)),
                "unit": line.product_id.uom_id.name,
                "seen": seen[line.id],
                "quantity": self._get_quantity(line),
                "error": self.errors.get(line.id),
                "is_changed": line in self.changed,
                "availability": self._get_availability_text(availability[line.product_id.id]),
                **self._prepare_price(sold),
            }
            for line, sold in zip(self.lines, self.order.order_line, strict=True)
        ]

    def _get_quantity(self, line):
        if line.id in self.errors:
            return self.typed.get(f"{QUANTITY}{line.id}", "")
        return self._write_number(line.quantity)

    def _write_number(self, value):
        return write_number(value, get_lang(self.env).decimal_point)

    def _get_numbers(self, product, code=None):
        env = self.env
        numbers = [product.maker_id.name, product.maker_part_number, product.default_code]
        if product.barcode:
            numbers.append(env._("EAN %(number)s", number=product.barcode))
        if code:
            numbers.append(env._("your item %(number)s", number=code))
        return " · ".join(dict.fromkeys(filter(None, numbers)))

    def _prepare_price(self, sold):
        """Price of one after the discount, and of all, as on the quotation."""
        if not self.can_see_prices:
            return {"price": "", "amount": "", "discount": ""}
        currency, quantity = self.order.currency_id, sold.product_uom_qty
        each = sold.price_subtotal / quantity if quantity else 0
        discount = self.env._(
            "%(percent)s%% discount", percent=self._write_number(round(sold.discount, 2))
        )
        return {
            "price": self.fmt.money(each, currency),
            "amount": self.fmt.money(sold.price_subtotal, currency),
            "discount": discount if sold.discount else "",
        }

    def _get_availability_text(self, found):
        """Tone of the badge, its text, and what is to be known besides."""
        env, state = self.env, found["state"]
        day = self.fmt.day(found["day"])
        rest = env._("the rest expected %(day)s", day=day) if day else env._("the rest on request")
        if state == "part":
            here = env._("◐ %(quantity)s in stock", quantity=self.fmt.quantity(found["in_stock"]))
            return ["wa", here, rest]
        tones = {"stock": "ok", "email": "in", "service": "gr", "ordered": "in", "unknown": "gr"}
        texts = {
            "stock": env._("✓ in stock"),
            "email": env._("✉ by e-mail"),
            "service": env._("● service"),
            "ordered": env._("● on order"),
            "unknown": env._("○ delivery date on request"),
        }
        more = env._("expected %(day)s", day=day) if state == "ordered" else ""
        return [tones[state], texts[state], more]

    def _prepare_ended(self):
        """Lines that cannot be ordered any more, and what there is instead."""
        ended = (self.cart.line_ids - self.lines).with_context(active_test=False)
        products = ended.product_id
        successors = products._get_successors(self.cart.company_id) if products else {}
        return [
            {
                "id": line.id,
                "product": line.product_id,
                "successors": successors[line.product_id.id],
            }
            for line in ended
        ]

    def _prepare_amounts(self):
        if not self.can_see_prices or not self.lines:
            return {}
        amounts = self.order._get_portal_amounts()
        money = self.fmt.money
        return {
            "lines": money(amounts["lines"], self.order.currency_id),
            "taxes": [(name, money(tax, self.order.currency_id)) for name, tax in amounts["taxes"]],
            "total": money(amounts["total"], self.order.currency_id),
        }

    # --- the box, and what is said besides --------------------------------------------------------

    def _prepare_box(self):
        """The rows that are no articles yet, each with what is wrong."""
        text = self.cart.pasted if self.pasted is None else self.pasted
        try:
            answers = self.cart._check_rows(text) if text and self.cart else []
        except UserError:  # too many rows: said above the box
            answers = []
        return {"rows_text": text or "", "answers": [one for one in answers if one["problem"]]}

    def _prepare_details(self):
        cart, typed = self.cart, self.typed
        if not cart.line_ids:
            return {"details": {}, "addresses": []}
        addresses = cart._get_addresses()
        chosen = (
            cart.partner_shipping_id if cart.partner_shipping_id in addresses else addresses[:1]
        )
        kept = {
            "client_order_ref": cart.client_order_ref or "",
            "wished_date": cart.wished_date or "",
            "partner_shipping_id": str(chosen.id),
            "note": cart.note or "",
        }
        details = {name: typed.get(name, value) for name, value in kept.items()}
        return {
            "details": details,
            "addresses": [(str(one.id), self._get_address_text(one)) for one in addresses],
            "usual_address": str(addresses[:1].id),
        }

    def _get_address_text(self, address):
        name = address.name or address.parent_id.name
        town = " ".join(filter(None, [address.zip, address.city]))
        return ", ".join(filter(None, [name, address.street, town]))
