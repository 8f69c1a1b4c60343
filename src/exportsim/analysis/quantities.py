"""The quantities of the monthly series: what each is, and which facts of a ledger it is made of."""

from __future__ import annotations

from typing import NamedTuple

from exportsim.language import text
from exportsim.lifecycle import Fact


class Quantity(NamedTuple):
    """One quantity of the series."""

    name: str
    facts: tuple[Fact, ...] = ()
    """With which it flows, or after which an order stands in it."""
    stock: bool = False
    """Standing at the end of the month, rather than flowing in it."""

    @property
    def what(self) -> str:
        """What is counted."""
        return text(f"series.{self.name}")


SPEND, OPEN = "spend", "open"

#: Every quantity, in the order of its number.
SERIES: tuple[Quantity, ...] = (
    Quantity("ordered", (Fact.ORDERED,)),
    Quantity("applied", (Fact.APPLIED,)),
    Quantity("approved", (Fact.APPROVED,)),
    Quantity("denied", (Fact.DENIED,)),
    Quantity("withdrawn", (Fact.WITHDRAWN,)),
    Quantity("cancelled", (Fact.CANCELLED,)),
    Quantity("expired", (Fact.EXPIRED,)),
    Quantity("delivered", (Fact.DELIVERED,)),
    Quantity("lost", (Fact.LOST,)),
    Quantity(SPEND),
    Quantity("in_review", (Fact.APPLIED, Fact.REFERRED, Fact.ANSWERED), stock=True),
    Quantity("returned", (Fact.RETURNED,), stock=True),
    Quantity("held", (Fact.HELD,), stock=True),
    Quantity("in_force", (Fact.APPROVED, Fact.REINSTATED, Fact.DELIVERED), stock=True),
    Quantity("suspended", (Fact.SUSPENDED,), stock=True),
    Quantity("unserved", (Fact.UNSERVED,), stock=True),
    Quantity(OPEN, stock=True),
)
#: Where each quantity is in a table that plays are counted into: what one fact changes lies side by side. In the slot
#: of what is open stands what is in no other stock, since an order that is open stands in one of them or in none.
SLOT = {
    name: slot
    for slot, name in enumerate(
        (
            *("delivered", "spend", "in_force", "open"),
            *("ordered", "applied", "in_review", "approved"),
            *("held", "denied", "withdrawn", "suspended"),
            *("cancelled", "expired", "lost", "unserved"),
            "returned",
        )
    )
}
