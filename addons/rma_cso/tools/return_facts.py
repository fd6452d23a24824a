from dataclasses import dataclass, field
from typing import Any


@dataclass
class ReturnSlot:
    """Units of an order line that share one invoice line (or none): first in, first out."""

    quantity: float
    invoice_date: Any  # date of the invoice, else the ship date
    unit_value: float  # net, in company currency, at the invoice's rate


@dataclass
class ReturnFacts:
    """All that the return rules need to know of one order line; quantities in its unit."""

    kind: str
    today: Any
    currency: Any
    policy: Any
    lots: Any
    free_lots: Any
    is_tracked: bool = False
    is_returnable: bool = True
    is_special_order: bool = False
    is_invoiced: bool = False
    total: float = 0.0
    gone: float = 0.0  # returned or credited outside of positions
    claimed: float = 0.0
    receipt_date: Any = False
    slots: list = field(default_factory=list)

    def get_left(self, request):
        """Return what can still be claimed."""
        left = self.total - self.gone - self.claimed - request.taken
        if self.is_tracked:
            left = min(left, len(self.free_lots) - request.taken)
        return max(request.line.product_uom_id.round(left), 0.0)

    def get_quantity(self, request):
        """Return the quantity that is judged: what was asked, else all that is left."""
        if request.quantity is not None:
            return request.quantity
        return self.get_left(request) if request.reason.takes_units else self.total

    def get_allotted(self, request):
        """Return the slots of the asked units as pairs of quantity and slot."""
        is_taking = request.reason.takes_units
        skip = self.gone + self.claimed + request.taken if is_taking else 0.0
        wanted, allotted = self.get_quantity(request), []
        for slot in self.slots:
            passed = min(skip, slot.quantity)
            skip -= passed
            quantity = min(slot.quantity - passed, wanted)
            if quantity > 0:
                allotted.append((quantity, slot))
                wanted -= quantity
        return allotted

    def get_window_start(self, request):
        """Return the day from which the window of the reason counts, or False."""
        if request.reason.window_start == "receipt":
            return self.receipt_date
        allotted = self.get_allotted(request)
        slots = [slot for _quantity, slot in allotted] or self.slots[-1:]
        dates = [slot.invoice_date for slot in slots if slot.invoice_date]
        if not dates:
            return False
        return min(dates) if request.reason.takes_units else max(dates)

    def get_value(self, request):
        """Return the net value of the asked units, in company currency."""
        return sum(quantity * slot.unit_value for quantity, slot in self.get_allotted(request))

    def get_affordable_quantity(self, request, limit):
        """Return how many whole units stay within `limit` of company currency."""
        units = 0
        for quantity, slot in self.get_allotted(request):
            if not slot.unit_value:
                units += int(quantity)
                continue
            fitting = int(min(quantity, (limit + 1e-6) // slot.unit_value))
            units += fitting
            limit -= fitting * slot.unit_value
            if fitting < quantity:
                break
        return float(units)
