"""What happened to an order, from facts."""

from odoo.tools import groupby

from ..tools.portal_format import ELLIPSIS

NAME_LIMIT = 3


class OrderHistory:
    """The events of one order in the language of the user; no supplier and no purchase in them."""

    def __init__(self, fmt):
        self.fmt = fmt
        self.env = fmt.env

    def get_events(self, order_sudo, lines_sudo, shipments, invoices, deliveries):
        """Everything with a date, the newest first.

        :param order_sudo: ``sale.order`` inside the access domain
        :param lines_sudo: its lines that the page shows
        :param shipments: rows of ``ShipmentPortal._prepare_shipment_rows``
        :param invoices: rows of ``OrderPortal._prepare_invoices``; none without role prices
        :param deliveries: answer of ``sale.order.line._get_email_deliveries``
        :return: ``[{'day': date, 'text'}]``
        """
        # what comes last stands first; this order decides within a day
        events = [
            *self._get_invoice_events(invoices),
            *self._get_mailed_events(lines_sudo, deliveries),
            *self._get_shipment_events(shipments),
            *self._get_date_events(lines_sudo),
            *self._get_order_events(order_sudo),
        ]
        rows = [{"day": self.fmt.local_day(moment), "text": text} for moment, text in events]
        return sorted(rows, key=lambda row: row["day"], reverse=True)

    def _get_order_events(self, order_sudo):
        """Later events first: what has the same day stays in this order."""
        events = []
        if order_sudo.supplier_ordered_on:
            events.append((order_sudo.supplier_ordered_on, self.env._("Ordered from the supplier")))
        if order_sudo.confirmed_on:
            events.append((order_sudo.confirmed_on, self.env._("Order confirmed")))
        return events

    def _get_date_events(self, lines_sudo):
        """Changes of dates; several articles that moved alike at once are one event."""
        changes = lines_sudo.eta_change_ids.sorted(
            lambda change: (change.changed_on, self._get_change(change)), reverse=True
        )
        groups = groupby(changes, lambda change: (change.changed_on, self._get_change(change)))
        return [
            (moment, self._get_date_text(*change, [one.sale_line_id for one in alike]))
            for (moment, change), alike in groups
        ]

    def _get_change(self, change):
        old = self._get_period(change.old_first, change.old_last, change.old_state)
        return old, self._get_period(change.new_first, change.new_last, change.new_state)

    def _get_period(self, first, last, state):
        return self.fmt.period(first, last, state == "partial") if first else ""

    def _get_date_text(self, old, new, lines):
        articles = self._get_names([line.product_id.name or line.name for line in lines])
        if not new:
            return self.env._("%(articles)s: the supplier took the date back", articles=articles)
        if not old:
            return self.env._("%(articles)s: ETA %(new)s named", articles=articles, new=new)
        return self.env._(
            "%(articles)s: ETA moved from %(old)s to %(new)s", articles=articles, old=old, new=new
        )

    def _get_names(self, names):
        names = list(dict.fromkeys(names))
        more = f", {ELLIPSIS}" if len(names) > NAME_LIMIT else ""
        return ", ".join(names[:NAME_LIMIT]) + more

    def _get_shipment_events(self, shipments):
        return [
            (row["picking"].date_done, self._get_shipment_text(row))
            for row in shipments
            if row["picking"].state == "done"
        ]

    def _get_shipment_text(self, row):
        contents = self._get_names([self._get_content_text(one) for one in row["contents"]])
        values = {"number": row["picking"].name, "contents": contents}
        if row["is_return"]:
            return self.env._("Came back as %(number)s: %(contents)s", **values)
        return self.env._("Shipped as %(number)s: %(contents)s", **values)

    def _get_content_text(self, content):
        quantity = self.fmt.quantity(content["quantity"])
        return f"{quantity} \N{MULTIPLICATION SIGN} {content['name']}"

    def _get_mailed_events(self, lines_sudo, deliveries):
        return [
            (delivery["date"], self._get_mailed_text(line, delivery["quantity"]))
            for line in lines_sudo
            for delivery in deliveries.get(line.id, ())
        ]

    def _get_mailed_text(self, line, quantity):
        content = {"quantity": quantity, "name": line.product_id.name}
        return self.env._("Sent by e-mail: %(content)s", content=self._get_content_text(content))

    def _get_invoice_events(self, invoices):
        return [
            (row["move"].invoice_date, self._get_invoice_text(row)) for row in reversed(invoices)
        ]

    def _get_invoice_text(self, row):
        values = {"number": row["move"].name, "amount": row["amount"]}
        if row["is_credit"]:
            return self.env._("Credited with %(number)s: %(amount)s", **values)
        return self.env._("Invoiced with %(number)s: %(amount)s", **values)
