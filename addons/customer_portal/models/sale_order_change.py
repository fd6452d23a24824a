from hashlib import sha256

from odoo import api, models
from odoo.tools import SQL

from .sale_order_line import INVOICE_TYPES


class SaleOrderChange(models.AbstractModel):
    """What a customer may ask to have changed of an order, and what is to be known beforehand.

    The page, the submission, the dialog of the account manager and the answer ask it here. Orders
    come with sudo: they were found inside the access domain of the user.
    """

    _name = "sale.order.change"
    _description = "Rules of Changing Orders"

    # --- what may be asked ------------------------------------------------------------------------

    @api.model
    def _get_limits(self, order):
        """What a customer may still ask for.

        Nothing of the order may be invoiced; a draft is being invoiced. Down payments are no
        invoice of the goods. Articles may be added on the day of the first invoice too (the
        company's time zone).

        :return: ``{'change': bool, 'add': bool, 'cancel': bool (the whole order), 'refusal': text,
            empty when everything may be asked}``
        :rtype: dict
        """
        order.ensure_one()
        if order.state != "sale":
            refusal = self.env._("This order is cancelled.")
            return {"change": False, "add": False, "cancel": False, "refusal": refusal}
        bills = self._get_bills(order)
        is_free = not bills
        shipped = any(line.customer_shipped_qty > 0 for line in self._get_lines(order))
        is_today = self._get_invoice_day(bills) in (None, order.company_id._get_today())
        return {
            "change": is_free,
            "add": is_free or is_today,
            "cancel": is_free and not shipped,
            "refusal": "" if is_free else self._get_invoice_refusal(bills, is_today),
        }

    @api.model
    def _is_offered(self, order, invoice_days):
        """Whether the page of the order leads to its changes, by what that page knows already.

        :param set invoice_days: days (date) of the posted invoices of its lines
        """
        is_today = not invoice_days or min(invoice_days) == order.company_id._get_today()
        return order.state == "sale" and is_today

    @api.model
    def _get_bills(self, order):
        """Invoice lines of the order (``account.move.line``), drafts too."""
        lines = order.order_line.filtered(lambda line: not line.is_downpayment)
        return lines.invoice_lines.filtered(
            lambda bill: bill.parent_state != "cancel" and bill.move_id.move_type in INVOICE_TYPES
        )

    @api.model
    def _get_invoice_day(self, bills):
        """:return: day (date) of the first invoice, None where there are drafts only"""
        posted = bills.filtered(lambda bill: bill.parent_state == "posted")
        return min(posted.move_id.mapped("invoice_date"), default=None)

    @api.model
    def _get_invoice_refusal(self, bills, is_today):
        if self._get_invoice_day(bills):
            reason = self.env._("This order has been invoiced.")
        else:
            reason = self.env._("This order is being invoiced.")
        if is_today:
            more = self.env._("Today you can still add articles; for all else ask your contact.")
        else:
            more = self.env._("What is to change now is best settled with your contact.")
        return f"{reason} {more}"

    @api.model
    def _get_lines(self, order):
        """Lines of goods and services that a customer may change."""
        return order.order_line.filtered(lambda line: line._is_to_be_shipped())

    @api.model
    def _get_addresses(self, order):
        """Where the order may go: its address first, then those of the customer's address book
        that the user may see (``res.partner``, sudo).
        """
        partner_sudo = order.partner_id.sudo()  # inside the access domain only
        return order.partner_shipping_id | partner_sudo._get_delivery_addresses()

    @api.model
    def _lock(self, order):
        """Wait until nobody else is asking for a change of the order or making one."""
        query = SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", order.id)
        self.env.execute_query(query)
        order.invalidate_recordset()

    # --- days -------------------------------------------------------------------------------------

    @api.model
    def _get_wished_day(self, order):
        """The day (date) that was promised, where our company is; False for none."""
        if not order.commitment_date:
            return False
        return order.company_id._get_day(order.commitment_date)

    @api.model
    def _get_version(self, order):
        """A short text that is another one as soon as what can be changed of an order is."""
        lines = [(line.id, line.product_uom_qty) for line in self._get_lines(order)]
        facts = (order.state, order.partner_shipping_id.id, order.commitment_date)
        text = repr((*facts, order.client_order_ref, lines))
        return sha256(text.encode()).hexdigest()[:16]

    # --- what is to be known beforehand -----------------------------------------------------------

    @api.model
    def _get_facts(self, lines):
        """How far the goods of lines are, in a fixed number of queries.

        :param lines: ``sale.order.line`` (sudo)
        :return: ``{line_id: {'shipped', 'packed', 'reserved', 'purchased': quantities in the unit
            of the line, 'direct': whether a vendor ships to the customer}}``; reserved is not
            packed yet, purchased is what was ordered for this line and has not arrived
        :rtype: dict
        """
        supply = self.env["sale.line.eta"]
        moves = supply._get_open_moves(lines)
        bought = supply._get_direct_sources(lines, moves)[0]
        return {
            line.id: self._prepare_facts(line, moves[line.id], bought[line.id]) for line in lines
        }

    @api.model
    def _prepare_facts(self, line, moves, bought):
        supply = self.env["sale.line.eta"]
        factor = supply._get_factor(line)
        sent = bought.filtered(lambda one: one.order_id.state == "purchase")
        packed = sum(self._get_packed(move) for move in moves)
        reserved = sum(supply._get_reserved(move) for move in moves) - packed
        purchased = sum(supply._get_expected_quantity(one) for one in sent)
        return {
            "shipped": line.customer_shipped_qty,
            "packed": round(packed / factor, 6),
            "reserved": round(max(reserved, 0.0) / factor, 6),
            "purchased": round(min(purchased / factor, line.customer_open_qty), 6),
            "direct": any(one._is_dropshipped() for one in sent),
        }

    @api.model
    def _get_packed(self, move):
        """What of an open move is picked, in a package, or already off the shelf, in the unit of
        the product.
        """
        items = move.move_line_ids
        if move.location_id in (
            move.warehouse_id.wh_pack_stock_loc_id | move.warehouse_id.wh_output_stock_loc_id
        ):
            return sum(items.mapped("quantity_product_uom"))
        handled = items.filtered(lambda item: item.picked or item.result_package_id)
        return sum(handled.mapped("quantity_product_uom"))

    @api.model
    def _get_fact_texts(self, facts, fmt):
        """What is to be known before a line is changed, as whole sentences.

        :param dict facts: of one line, see ``_get_facts``
        :param fmt: ``PortalFormat`` of the reader
        :return: list of texts
        """
        env = self.env
        texts = []
        if facts["shipped"]:
            number = fmt.quantity(facts["shipped"])
            texts.append(env._("%(number)s shipped already: not less than that.", number=number))
        if facts["packed"]:
            number = fmt.quantity(facts["packed"])
            texts.append(env._("%(number)s packed for shipment.", number=number))
        if facts["reserved"]:
            number = fmt.quantity(facts["reserved"])
            texts.append(env._("%(number)s in stock and reserved for you.", number=number))
        if facts["purchased"]:
            number = fmt.quantity(facts["purchased"])
            texts.append(self._get_purchase_text(number, facts["direct"]))
        return texts

    @api.model
    def _get_purchase_text(self, number, is_direct):
        if is_direct:
            return self.env._(
                "%(number)s ordered from the supplier for this order, who sends them to you.",
                number=number,
            )
        return self.env._("%(number)s ordered from the supplier for this order.", number=number)
