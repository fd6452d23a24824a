from dataclasses import dataclass
from typing import Any


@dataclass
class ReturnRequest:
    """What somebody wants to claim: units of one order line for one reason.

    `quantity` is in the unit of the order line, None means all that can still be claimed; `taken`
    is what other positions of the same submission claim before; `lots` None means not chosen yet.
    """

    line: Any
    reason: Any
    quantity: float | None = None
    lots: Any = None
    taken: float = 0.0
