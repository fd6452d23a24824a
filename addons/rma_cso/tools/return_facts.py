import math
from dataclasses import dataclass, field
from typing import Any

# Pieces of a dozen are no round figures: what is smaller than this is nothing.
TINY = 1e-6


@dataclass
class ReturnSlot:
    """Units of an order line that share one invoice line (or none): first in, first out."""

    quantity: float
    invoice_date: Any  # date of the invoice, else the ship date
    unit_value: float  # net, in company currency, at the invoice's rate


@dataclass
class ReturnShipment:
    """Units of an order line that left together, in the order of leaving."""

    quantity: float
    ship_date: Any
    receipt_date: Any  # not stated by the customer: ship date and transit days


@dataclass
class ReturnFacts:
    """All that the return rules need to know of one order line; quantities in its unit."""

    kind: str
    today: Any
    company: Any
    currency: Any
    policy: Any
    lots: Any
    free_lots: Any
    categ_ids: frozenset = frozenset()  # of the article and all above it
    is_tracked: bool = False
    is_returnable: bool = True
    is_special_order: bool = False
    is_invoiced: bool = False
    total: float = 0.0
    gone: float = 0.0  # returned or credited outside of positions
    claimed: float = 0.0
    slots: list = field(default_factory=list)
    shipments: list = field(default_factory=list)
    lot_places: dict = field(default_factory=dict)  # id of a serial to its place among the units
    lot_size: float = 1.0  # what one serial is in the unit of the line
    closed_claims: list = field(default_factory=list)  # positions (sudo) that were open before
    known: dict = field(default_factory=dict)  # many reasons ask for the same units

    def get_left(self, request):
        """Return what can still be claimed."""
        left = self.total - self.gone - self.claimed
        if self.is_tracked:
            left = min(left, len(self.free_lots) * self.lot_size)
        return max(round(left - request.taken, 6), 0.0)

    def get_quantity(self, request):
        """Return the quantity that is judged: what was asked, else all that is left."""
        if request.quantity is not None:
            return request.quantity
        return self.get_left(request) if request.reason.takes_units else self.total

    def get_ranges(self, request):
        """Return which units are asked: pairs of place and quantity, by the order of leaving.

        Serials have their place; other units are taken first in, first out, after what is gone.
        """
        wanted, ranges = self.get_quantity(request), []
        for lot_id in self._get_asked_lots(request):
            if wanted > TINY:
                ranges.append((self.lot_places[lot_id], min(self.lot_size, wanted)))
                wanted -= self.lot_size
        if wanted > TINY and (not ranges or not self.is_tracked):
            skip = self.gone + self.claimed + request.taken
            ranges.append((skip if request.reason.takes_units else 0.0, wanted))
        return ranges

    def _get_asked_lots(self, request):
        """Return the ids of the chosen serials, then of those that are free, by their places."""
        chosen = [lot.id for lot in request.lots or () if lot.id in self.lot_places]
        if not self.is_tracked or not (chosen or request.reason.takes_units):
            return chosen
        free = (self.lot_places.keys() & self.free_lots._ids) - set(chosen)
        free = sorted(free, key=self.lot_places.get)
        return chosen + (free[round(request.taken / self.lot_size) :] if not chosen else free)

    def get_allotted(self, request):
        """Return the slots of the asked units as pairs of quantity and slot."""
        return self._get_parts(request)[0]

    def get_shipments(self, request):
        """Return the shipments that the asked units were part of."""
        parts = self._get_parts(request)[1]
        return [shipment for _quantity, shipment in parts] or self.shipments[-1:]

    def _get_parts(self, request):
        """Return slots and shipments of the asked units, each as pairs of quantity and part."""
        lot_ids = request.lots and request.lots._ids
        key = (request.quantity, lot_ids, request.taken, request.reason.takes_units)
        if key not in self.known:
            ranges = self.get_ranges(request)
            self.known[key] = (self._cut(self.slots, ranges), self._cut(self.shipments, ranges))
        return self.known[key]

    def _cut(self, parts, ranges):
        """Return pairs of quantity and part where the ranges of units fall into the parts."""
        found = []
        for place, quantity in ranges:
            start = 0.0
            for part in parts:
                end = start + part.quantity
                overlap = min(end, place + quantity) - max(start, place)
                if overlap > TINY:
                    found.append((overlap, part))
                start = end
        return found

    def get_window_start(self, request):
        """Return the day from which the window of the reason counts, or False."""
        if request.reason.window_start == "receipt":
            return self.get_receipt_date(request)
        slots = [slot for _quantity, slot in self.get_allotted(request)] or self.slots[-1:]
        return self._pick([slot.invoice_date for slot in slots], request)

    def get_receipt_date(self, request):
        """Return the day on which the customer had the units, as stated or reckoned, or False."""
        if request.received_on:
            return request.received_on
        return self._pick([part.receipt_date for part in self.get_shipments(request)], request)

    def get_ship_date(self, request):
        """Return the day on which the first of the units left, or False."""
        days = [part.ship_date for part in self.get_shipments(request)]
        return min((day for day in days if day), default=False)

    def _pick(self, days, request):
        """Return the earliest day where units are claimed; what takes none is about the latest."""
        days = [day for day in days if day]
        choose = min if request.reason.takes_units or request.lots else max
        return choose(days, default=False)

    def get_value(self, request):
        """Return the net value of the asked units, in company currency."""
        return sum(quantity * slot.unit_value for quantity, slot in self.get_allotted(request))

    def get_affordable_quantity(self, request, limit):
        """Return how many whole units stay within `limit` of company currency."""
        units, step = 0.0, min(self.lot_size, 1.0) if self.is_tracked else 1.0
        for quantity, slot in self.get_allotted(request):
            fitting = quantity
            if slot.unit_value:
                fitting = min(quantity, (limit + TINY) / slot.unit_value)
            fitting = math.floor(fitting / step + TINY) * step
            units += fitting
            limit -= fitting * slot.unit_value
            if fitting + TINY < math.floor(quantity / step + TINY) * step:
                break
        return round(units, 6)
