"""The quantities of the monthly series: what each is, and which facts of a ledger it is made of."""

from __future__ import annotations

from typing import NamedTuple

from exportsim.lifecycle import Fact


class Quantity(NamedTuple):
    """One quantity of the series."""

    name: str
    what: str
    stock: bool
    """Standing at the end of the month, rather than flowing in it."""


FLOWS: dict[str, tuple[Fact, str]] = {
    "ordered": (Fact.ORDERED, "orders placed, and their value"),
    "applied": (Fact.APPLIED, "applications made, and the value applied for"),
    "approved": (Fact.APPROVED, "permits issued (without application in exempt cells), and the value authorised"),
    "denied": (Fact.DENIED, "applications denied, and the value that was open"),
    "withdrawn": (Fact.WITHDRAWN, "attempts ended by the buyer's patience in review or suspension, and the value open"),
    "cancelled": (Fact.CANCELLED, "permits cancelled, and the value authorised and undelivered"),
    "expired": (Fact.EXPIRED, "permits expired, and the value authorised and undelivered"),
    "delivered": (Fact.DELIVERED, "parts delivered, and their value"),
    "lost": (Fact.LOST, "orders of which nobody will deliver the rest, and the value of the rest"),
}
STOCKS: dict[str, tuple[tuple[Fact, ...], str]] = {
    "in_review": ((Fact.APPLIED, Fact.REFERRED), "applications at a stage of review, and the value applied for"),
    "held": ((Fact.HELD,), "applications reviewed and undecided, and the value applied for"),
    "in_force": (
        (Fact.APPROVED, Fact.REINSTATED, Fact.DELIVERED),
        "permits in force and not used up, and the value authorised and undelivered",
    ),
    "suspended": ((Fact.SUSPENDED,), "permits suspended, and the value authorised and undelivered"),
    "unserved": ((Fact.UNSERVED,), "orders that no source may serve now, and the value open"),
}
SPEND = "spend"
OPEN = "open"

#: Every quantity, in the order of its number.
SERIES: tuple[Quantity, ...] = (
    *(Quantity(name, what, False) for name, (_, what) in FLOWS.items()),
    Quantity(SPEND, "what buyers pay for the parts delivered: value × price", False),
    *(Quantity(name, what, True) for name, (_, what) in STOCKS.items()),
    Quantity(OPEN, "orders neither delivered nor lost, and the value open", True),
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
        )
    )
}

#: Facts that change where an order stands. Reviews, finished and stranded parts may belong to an ended attempt.
TURNING = (
    Fact.ORDERED,
    Fact.SOURCED,
    Fact.UNSERVED,
    Fact.APPLIED,
    Fact.REFERRED,
    Fact.HELD,
    Fact.APPROVED,
    Fact.DENIED,
    Fact.WITHDRAWN,
    Fact.SUSPENDED,
    Fact.REINSTATED,
    Fact.CANCELLED,
    Fact.EXPIRED,
    Fact.DELIVERED,
    Fact.LOST,
)
