from odoo import models
from odoo.exceptions import UserError

from ..tools.pasted_rows import read_rows
from ..tools.portal_format import PortalFormat
from .portal_cart_number import MAX_QUANTITY

MAX_ROWS = 500


class PortalCartPaste(models.AbstractModel):
    """Rows of numbers and quantities become lines; the others stay, each with what is wrong."""

    _name = "portal.cart.paste"
    _description = "Request Cart: Pasted Rows"

    def _add_pasted(self, text):
        """Put what is clear into the cart; the rows that are not stay in the box.

        :param str text: all that stands in the box
        :return: number of rows that became articles
        :raise UserError: when there are too many; nothing is added then
        """
        answers = self._check_rows(text)
        clear = [answer for answer in answers if not answer["problem"]]
        self._add_products([(one["products"], one["quantity"]) for one in clear])
        self.pasted = "\n".join(one["text"] for one in answers if one["problem"])
        return len(clear)

    def _choose(self, text, product_id):
        """Take one of the articles that a row of the box is answered with.

        :param str text: the row
        :return: whether the row was still there and offers this article
        """
        answers = self._check_rows(self.pasted)
        chosen = next((one for one in answers if one["text"] == text), None)
        product = chosen and chosen["choices"].filtered(lambda one: one.id == product_id)
        if not product:
            return False
        self._add_products([(product, chosen["quantity"] or 1)])
        self.pasted = "\n".join(one["text"] for one in answers if one is not chosen)
        return True

    def _keep_rows(self, rows):
        """Put rows into the box, below those that are there."""
        if rows:
            self.pasted = "\n".join(filter(None, [self.pasted, *rows]))

    def _get_row_text(self, product, quantity):
        number = product.default_code or product.barcode or product.maker_part_number
        return f"{number or product.name}\t{quantity:g}"

    def _check_rows(self, text):
        """What each row of the box means.

        :return: list of ``{'text', 'number', 'quantity', 'products', 'choices', 'problem'}``; the
            products and what can be chosen instead are ``product.product`` (sudo), the problem is a
            sentence, or nothing
        :raise UserError: when there are more than ``MAX_ROWS``
        """
        rows = read_rows(text or "")
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "These are %(count)s rows. Paste at most %(limit)s at a time.",
                    count=len(rows),
                    limit=MAX_ROWS,
                )
            )
        readings = [reading for row in rows for group in row.readings for reading in group]
        company = self.company_id or self.env.company
        found = self._resolve_numbers([number for number, _quantity in readings], company)
        refused = (
            self.env["product.product"].sudo().union(*(one["refused"] for one in found.values()))
        )
        successors = refused._get_successors(company)
        return [self._check_row(row, found, successors) for row in rows]

    def _check_row(self, row, found, successors):
        """The likeliest reading of a row that is an article; those equally likely are offered."""
        group = next((one for one in row.readings if self._is_found(one, found)), row.readings[0])
        group = [reading for reading in group if self._is_found([reading], found)] or group
        products_sudo = self.env["product.product"].sudo()
        products = products_sudo.union(*(found[number]["products"] for number, _quantity in group))
        refused = products.browse().union(*(found[number]["refused"] for number, _ in group))
        number, typed = group[-1]
        quantity = self._read_quantity(typed)
        choices = products.browse()
        if len(products) > 1:
            choices = products
        elif not products:
            choices = products.union(*(successors[product.id] for product in refused))
        return {
            "text": row.text,
            "number": number,
            "quantity": quantity,
            "products": products,
            "choices": choices,
            "problem": self._get_problem(products, refused, choices, quantity),
        }

    def _is_found(self, group, found):
        return any(
            found[number]["products"] or found[number]["refused"] for number, _quantity in group
        )

    def _get_problem(self, products, refused, choices, quantity):
        env = self.env
        if not products and not refused:
            return env._("No article of ours has this number.")
        if not products:
            name = refused[0].name
            if choices:
                return env._("%(name)s is no longer for sale. Instead there is:", name=name)
            return env._("%(name)s is no longer for sale. Ask your contact person.", name=name)
        if not quantity:
            return self._get_quantity_text()
        if len(products) > 1:
            return env._("More than one article has this number. Which one is it?")
        return ""

    def _get_quantity_text(self):
        return self.env._(
            "A quantity is a number above 0, at most %(limit)s.",
            limit=PortalFormat(self.env).quantity(MAX_QUANTITY),
        )
