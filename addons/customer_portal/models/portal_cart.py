from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..tools.portal_format import clean_date

MAX_LINES = 500
TEXT_LENGTHS = {"client_order_ref": 64, "note": 4000, "pasted": 60_000}


class PortalCart(models.Model):
    """What a user is about to order: kept on the server, one per user and company of ours.

    Customers have no right on it: each finds the own one by ``_get_own``, with sudo.
    """

    _name = "portal.cart"
    _inherit = ["portal.cart.number", "portal.cart.paste", "portal.cart.offer", "portal.cart.send"]
    _description = "Request Cart"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", "Our Company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="user_id.partner_id", string="Customer")
    line_ids = fields.One2many("portal.cart.line", "cart_id", "Lines")
    client_order_ref = fields.Char("Customer's Reference")
    wished_date = fields.Date("Wished Delivery", help="The day the customer wants the goods.")
    partner_shipping_id = fields.Many2one(
        "res.partner",
        "Delivery Address",
        ondelete="set null",
        help="Empty: the usual one of the customer.",
    )
    note = fields.Text("Remark")
    pasted = fields.Text("Rows to be Mended", help="Rows that were typed and are no article yet.")
    request_id = fields.Many2one("portal.request", "Last Request", ondelete="set null")
    order_id = fields.Many2one("sale.order", "Last Order", ondelete="set null")

    _user_company_unique = models.Constraint(
        "UNIQUE (user_id, company_id)", "A user has one cart with each of our companies."
    )

    # --- whose ------------------------------------------------------------------------------------

    @api.model
    def _is_offered(self):
        """Whether the user orders in the portal: customers with the role for orders."""
        user = self.env.user
        return user._is_portal() and user.active and user._has_access_role("orders")

    @api.model
    def _get_own(self):
        """The cart of the user with our company; empty when nothing was put into it yet."""
        own = Domain("user_id", "=", self.env.uid) & Domain("company_id", "=", self.env.company.id)
        # sudo: customers have no right on carts; this one is theirs
        return self.sudo().search(own)

    @api.model
    def _open_own(self):
        """The cart of the user, made when there is none, and held until the request is over: who
        sends from two windows at once waits, and then sees what the other has done.
        """
        query = SQL(
            "INSERT INTO portal_cart (user_id, company_id, create_uid, create_date, write_date)"
            " VALUES (%(user)s, %(company)s, %(user)s, now() AT TIME ZONE 'UTC',"
            " now() AT TIME ZONE 'UTC') ON CONFLICT DO NOTHING",
            user=self.env.uid,
            company=self.env.company.id,
        )
        # Who presses a button twice is no error of the database: Odoo does the second once more.
        self.env.cr.execute(query, log_exceptions=False)
        cart_sudo = self._get_own()
        query = SQL("SELECT id FROM portal_cart WHERE id = %s FOR UPDATE", cart_sudo.id)
        self.env.cr.execute(query, log_exceptions=False)
        return cart_sudo

    # --- lines ------------------------------------------------------------------------------------

    def _add_products(self, wanted):
        """Put articles into the cart; of one that is there already there are more then.

        :param list wanted: ``(product, quantity in its unit)``
        :raise UserError: when the cart is full
        """
        self.ensure_one()
        lines = {line.product_id: line for line in self.line_ids}
        new = {}
        for product, quantity in wanted:
            if product in lines:
                lines[product]._set_quantity(lines[product].quantity + quantity)
            else:
                new[product] = new.get(product, 0) + quantity
        if len(lines) + len(new) > MAX_LINES:
            raise UserError(self._get_full_text())
        first = max(self.line_ids.mapped("sequence"), default=0) + 1
        self.env["portal.cart.line"].create(
            [
                self._prepare_line(product, quantity, number)
                for number, (product, quantity) in enumerate(new.items(), first)
            ]
        )

    def _prepare_line(self, product, quantity, sequence):
        quantity = self.env["portal.cart.line"]._get_sane(quantity, product)
        return {
            "cart_id": self.id,
            "product_id": product.id,
            "quantity": quantity,
            "sequence": sequence,
        }

    def _replace(self, line_id, product_id):
        """Take the successor of an article that is no longer for sale instead of it."""
        line = self.line_ids.filtered(lambda one: one.id == line_id)
        ended = line.product_id
        successors = ended._get_successors(self.company_id).get(ended.id, ended.browse())
        product = successors.filtered(lambda one: one.id == product_id)
        if product:
            quantity = line.quantity
            line.unlink()
            self._add_products([(product, quantity)])

    def _get_full_text(self):
        return self.env._(
            "A cart holds %(limit)s articles. Send this one first, then fill the next.",
            limit=MAX_LINES,
        )

    def _add_order_lines(self, lines_sudo):
        """Order lines once more: articles for sale go into the cart, the others into the box, where
        their row is answered with what to do.

        :param lines_sudo: ``sale.order.line`` inside the access domain of the user
        :return: number of articles that were put into the cart
        """
        lines_sudo = lines_sudo.filtered(
            lambda line: (
                line._is_customer_line() and not line.is_delivery and line.product_uom_qty >= 0
            )
        )
        orderable_sudo = self._filter_orderable(lines_sudo.product_id, self.company_id)
        wanted, rows = [], []
        for line in lines_sudo:
            product = line.product_id
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, product.uom_id, raise_if_failure=False
            )
            if product in orderable_sudo:
                wanted.append((product, quantity or 1))
            elif product:
                rows.append(self._get_row_text(product, quantity or 1))
        self._add_products(wanted)
        self._keep_rows(rows)
        return len({product for product, _quantity in wanted})

    # --- what is typed ----------------------------------------------------------------------------

    def _save(self, typed, quantities):
        """Keep what was typed on the page of the cart; what is wrong is answered, not kept.

        :param dict typed: texts of ``client_order_ref``, ``wished_date``, ``partner_shipping_id``,
            ``note``; keys that are left out stay as they are
        :param dict quantities: text by id of a line; lines of other carts are passed over
        :return: what is wrong: ``{field or id of a line: text}``
        :rtype: dict
        """
        self.ensure_one()
        errors = {}
        vals = {name: typed[name] for name in ("client_order_ref", "note") if name in typed}
        if "wished_date" in typed:
            vals["wished_date"], error = self._read_wished_date(typed["wished_date"])
            errors.update(error)
        if "partner_shipping_id" in typed:
            address, error = self._read_address(typed["partner_shipping_id"])
            vals["partner_shipping_id"] = address.id
            errors.update(error)
        self.write({name: value for name, value in vals.items() if name not in errors})
        for line in self.line_ids.filtered(lambda line: line.id in quantities):
            if quantity := self._read_quantity(quantities[line.id]):
                line._set_quantity(quantity)
            else:
                errors[line.id] = self._get_quantity_text()
        return errors

    def _read_wished_date(self, text):
        day = clean_date(text)
        if text and not day:
            return False, {"wished_date": self.env._("This is no date.")}
        if day and day < self.company_id._get_today():
            return False, {"wished_date": self.env._("This day is over.")}
        return day, {}

    def _read_address(self, text):
        """An address of the customer's own address book; anything else is refused."""
        if not text:
            return self.env["res.partner"], {}
        found = self._get_addresses().filtered(lambda address: str(address.id) == str(text))
        return found, {} if found else {
            "partner_shipping_id": self.env._("This address is not there any more. Choose another.")
        }

    def _get_addresses(self):
        """Where the user may have goods delivered: the company, its branches and their addresses,
        the usual one first (``res.partner``, sudo).
        """
        self.ensure_one()
        # sudo: what lies above the user's company is not readable for everybody
        partner_sudo = self.env.user.sudo().partner_id
        usual = partner_sudo.browse(partner_sudo.address_get(["delivery"])["delivery"])
        return usual | partner_sudo._get_delivery_addresses()

    def _prepare_order(self, lines, **line_values):
        """Values of the quotation with these lines; everything else is computed by Odoo.

        :param line_values: of all order lines
        """
        self.ensure_one()
        wished = self.wished_date
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "client_order_ref": self.client_order_ref,
            "commitment_date": wished and self.company_id._get_noon(wished),
            "order_line": [
                Command.create({**line._prepare_order_line(), **line_values}) for line in lines
            ],
        }
        # the customer may be with another company since it was chosen
        if self.partner_shipping_id.active and self.partner_shipping_id in self._get_addresses():
            vals["partner_shipping_id"] = self.partner_shipping_id.id
        return vals
