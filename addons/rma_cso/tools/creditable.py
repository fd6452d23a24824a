from typing import NamedTuple


class CreditPart(NamedTuple):
    """Units of an invoice line that are credited, in its unit, and their net amount."""

    bill: object
    quantity: float
    net: float


class Creditable:
    """What no credit note takes yet of an invoice line: units, in its unit, and net amount."""

    def __init__(self, bill):
        """Begin with all that was invoiced.

        :param bill: ``account.move.line`` of an invoice
        """
        self.bill, self.quantity, self.net = bill, bill.quantity, bill.price_subtotal

    def reduce(self, quantity, net):
        """Take away what a credit note takes.

        :param float quantity: in the unit of the invoice line
        :param float net: before tax, in the currency of the invoice
        """
        self.quantity -= quantity
        self.net -= net

    def take(self, wanted):
        """Take units, as many as are left.

        :param float wanted: in the unit of the invoice line
        :return: ``CreditPart``, or None where no unit is left
        """
        quantity = min(wanted, self.quantity)
        if self.bill.product_uom_id.compare(quantity, 0.0) <= 0:
            return None
        net = self._get_net(quantity)
        self.reduce(quantity, net)
        return CreditPart(self.bill, quantity, net)

    def _get_net(self, quantity):
        """Return the net amount of units: the last ones take all that is left.

        What was credited as an amount lowers what the units are worth; cents of rounding do not.
        """
        currency = self.bill.currency_id
        if self.bill.product_uom_id.compare(quantity, self.quantity) >= 0:
            return max(currency.round(self.net), 0.0)
        invoiced = self.bill._get_cso_amount(quantity)
        left = currency.round(self.net * quantity / self.quantity)
        is_rounding = abs(invoiced - left) < 2 * currency.rounding
        return max(invoiced if is_rounding else left, 0.0)
