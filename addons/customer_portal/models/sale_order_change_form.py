from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import formatLang
from odoo.tools.misc import get_lang

from ..tools.portal_format import clean_date, clean_text
from ..tools.typed_number import read_number
from .portal_cart_number import MAX_QUANTITY

MAX_NOTE_LENGTH = 2000
MAX_DAYS = 1000
SMALLEST = 1e-6


class SaleOrderChangeForm(models.AbstractModel):
    """Reads what a customer typed to have an order changed; every answer stands at its field.

    ``typed`` has texts: ``quantity-<id of the line>``, ``address`` (id), ``date`` (YYYY-MM-DD),
    ``reference``, ``articles`` (one a row) and ``note``.
    """

    _name = "sale.order.change.form"
    _description = "Form That Asks to Change an Order"

    @api.model
    def _read(self, order, typed):
        """Changes of an order (sudo, inside the access domain) that a customer asks for.

        :param dict typed: texts, see the model; what is missing stays as it is
        :return: ``(changes, errors)``: values of ``portal.request.change``, and ``{name of the
            field: text}``
        :rtype: tuple
        :raise MissingError: for a line of another order, or an address that was not offered
        """
        errors = {}
        limits = self.env["sale.order.change"]._get_limits(order)
        changes = []
        if limits["change"]:
            changes += self._read_quantities(order, typed, errors)
            changes += self._read_address(order, typed)
            changes += self._read_date(order, typed, errors)
            changes += self._read_reference(order, typed)
        if limits["add"]:
            changes += self._read_articles(order, typed, errors)
        if not errors and not changes:
            errors["form"] = limits["refusal"] or self.env._("Nothing is to change yet.")
        return self._join_changes(order, changes), errors

    @api.model
    def _read_cancellation(self, order):
        """As ``_read``, of the whole order; where something was shipped, of the rest of it.

        :return: ``(changes, errors)``
        """
        limits = self.env["sale.order.change"]._get_limits(order)
        if limits["cancel"]:
            return [{"kind": "cancel"}], {}
        open_lines = self.env["sale.order.change"]._get_lines(order).filtered("customer_open_qty")
        if not limits["change"] or not open_lines:
            reason = limits["refusal"] or self.env._("Everything has been shipped already.")
            return [], {"form": reason}
        return [self._prepare_quantity(line, line.customer_shipped_qty) for line in open_lines], {}

    @api.model
    def _join_changes(self, order, changes):
        """Nothing left of any line is the whole order."""
        lines = self.env["sale.order.change"]._get_lines(order)
        gone = {one["line_id"] for one in changes if "line_id" in one and not one["new_quantity"]}
        is_added = any(one["kind"] == "add" for one in changes)
        if gone and not is_added and all(line.id in gone for line in lines if line.product_uom_qty):
            return [{"kind": "cancel"}]
        return changes

    # --- lines ------------------------------------------------------------------------------------

    @api.model
    def _read_quantities(self, order, typed, errors):
        lines = self.env["sale.order.change"]._get_lines(order)
        names = {f"quantity-{line.id}": line for line in lines}
        if any(name.startswith("quantity-") and name not in names for name in typed):
            raise MissingError(self.env._("This line is not one of the order."))
        changes = []
        for name, line in names.items():
            quantity, error = self._read_line_quantity(line, typed.get(name))
            if error:
                errors[name] = error
            elif quantity is not None and line.product_uom_id.compare(
                quantity, line.product_uom_qty
            ):
                changes.append(self._prepare_quantity(line, quantity))
        return changes

    @api.model
    def _read_line_quantity(self, line, text):
        """:return: ``(quantity or None for what stays, text of what is wrong)``"""
        if text is None:
            return None, ""
        quantity, error = self._read_quantity(text, line.product_uom_id)
        if not error and line.product_uom_id.compare(quantity, line.customer_shipped_qty) < 0:
            shipped = self._write_quantity(line.customer_shipped_qty)
            error = self.env._("%(shipped)s were shipped already: not less.", shipped=shipped)
        return quantity, error

    @api.model
    def _read_quantity(self, text, unit):
        """:return: ``(quantity in the unit, text of what is wrong)``"""
        quantity = read_number(text, get_lang(self.env).decimal_point)
        if quantity is None:
            return 0.0, self.env._("Please enter a number, 0 for nothing.")
        if quantity > MAX_QUANTITY:
            return 0.0, self.env._("So many are best discussed with your contact.")
        return quantity, self._get_unit_problem(unit, quantity)

    @api.model
    def _get_unit_problem(self, unit, quantity):
        if abs(unit.round(quantity) - quantity) > SMALLEST:
            return self.env._("%(unit)s cannot be split like this.", unit=unit.name)
        return ""

    @api.model
    def _prepare_quantity(self, line, quantity):
        return {
            "kind": "quantity",
            "line_id": line.id,
            "product_id": line.product_id.id,
            "old_quantity": line.product_uom_qty,
            "new_quantity": quantity,
        }

    @api.model
    def _write_quantity(self, quantity):
        return formatLang(self.env, quantity, digits=0 if float(quantity).is_integer() else 2)

    # --- the order --------------------------------------------------------------------------------

    @api.model
    def _read_address(self, order, typed):
        text = typed.get("address") or str(order.partner_shipping_id.id)
        addresses = self.env["sale.order.change"]._get_addresses(order)
        address = addresses.filtered(lambda one: str(one.id) == text)
        if not address:
            raise MissingError(self.env._("This address is not one of yours."))
        if address == order.partner_shipping_id:
            return []
        old = order.partner_shipping_id
        return [{"kind": "address", "old_address_id": old.id, "new_address_id": address.id}]

    @api.model
    def _read_date(self, order, typed, errors):
        text = typed.get("date")
        old = self.env["sale.order.change"]._get_wished_day(order)
        if text is None:
            return []
        new = clean_date(text.strip()) or False
        error = self._get_day_error(order, text, new) if new != old or not new else ""
        if error:
            errors["date"] = error
        if error or new == old:
            return []
        return [{"kind": "date", "old_date": old, "new_date": new}]

    @api.model
    def _get_day_error(self, order, text, day):
        """What is wrong with a day that was typed; no day is as soon as possible."""
        today = order.company_id._get_today()
        if text.strip() and not day:
            return self.env._("Please enter a date.")
        if day and day < today:
            return self.env._("This day is over.")
        if day and (day - today).days > MAX_DAYS:
            return self.env._("This day is too far away.")
        return ""

    @api.model
    def _read_reference(self, order, typed):
        old = order.client_order_ref or False
        new = " ".join(clean_text(typed.get("reference", old)).split()) or False
        if new == old:
            return []
        return [{"kind": "reference", "old_reference": old, "new_reference": new}]

    # --- further articles -------------------------------------------------------------------------

    @api.model
    def _read_articles(self, order, typed, errors):
        """Rows of the box, read as those that are pasted into the cart."""
        cart = self.env["portal.cart"].with_company(order.company_id)
        quantities, wrong = {}, []
        for answer in cart._check_rows(typed.get("articles") or ""):
            product = answer["products"]
            problem = self._get_article_problem(answer)
            if problem:
                wrong.append(f"{answer['text']}: {problem}")
            else:
                quantities[product.id] = quantities.get(product.id, 0) + answer["quantity"]
        if wrong:
            errors["articles"] = "\n".join(wrong)
        return [
            {"kind": "add", "product_id": product_id, "new_quantity": quantity}
            for product_id, quantity in quantities.items()
        ]

    @api.model
    def _get_article_problem(self, answer):
        """What is wrong with a row; the articles it may mean are named."""
        problem = answer["problem"]
        if not problem:
            return self._get_unit_problem(answer["products"].uom_id, answer["quantity"])
        names = [" ".join(filter(None, (one.default_code, one.name))) for one in answer["choices"]]
        return " ".join([problem, ", ".join(names)]).strip()

    @api.model
    def _clean_note(self, text):
        return (text or "").replace("\x00", "").strip()[:MAX_NOTE_LENGTH]
