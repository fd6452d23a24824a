from dataclasses import dataclass
from typing import Any


@dataclass
class ReturnRequest:
    """What somebody wants to claim: units of one order line for one reason.

    `quantity` is in the unit of the order line, None means all that can still be claimed; `lots`
    None means not chosen yet; `taken` is what other positions of the same submission claim before;
    `received_on` is the day (date) on which the customer says that it arrived, if any.
    """

    line: Any
    reason: Any
    quantity: float | None = None
    lots: Any = None
    taken: float = 0.0
    received_on: Any = None
